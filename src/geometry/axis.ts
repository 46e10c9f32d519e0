// Axis: the equation of a convolution along one axis, which covers plain, transposed and dilated convolutions.
//
//   stride * o + dilation * k = upsample * x + padding
//
// Every triple (x in the input, k in the kernel, o in the output) that satisfies it contributes weight[k] * input[x] to output[o].
// phases.ts solves it for x. The rest of the library works with positions and taps.

import { ROW_PIXELS } from '../shared/sizes.js';
import { isBlank, type Outside } from './padding.js';

/** One spatial axis of a convolution. */
export interface Axis {
  /** sizes of the input, the kernel and the output */
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  /** the coefficients of the equation. `upsample` is at least 1 and `stride` not 0; all except `upsample` may be negative */
  readonly stride: number;
  readonly dilation: number;
  readonly upsample: number;
  readonly padding: number;
  /**
   * Nearest-neighbour upsampling of the input: x in the equation is element floor(x / repeat) of the input. Default 1; must be 1 if
   * `upsample` is not.
   */
  readonly repeat?: number;
}

/** The size of the input in the equation, after `repeat`. */
export function shownSize({ input, repeat = 1 }: Axis): number {
  return input * repeat;
}

/** Whether the input is neither upsampled by zeros nor repeated. */
export function isPlain({ upsample, repeat = 1 }: Axis): boolean {
  return upsample === 1 && repeat === 1;
}

/** One value for each axis. */
export type PerAxis<T = number> = [depth: T, height: T, width: T];

/** Maps the values of all axes. */
export function mapAxes<T, U>(
  [depth, height, width]: Readonly<PerAxis<T>>,
  make: (value: T, axis: number) => U,
): PerAxis<U> {
  return [make(depth, 0), make(height, 1), make(width, 2)];
}

/** Exchanges height and width if `turned`: from a turned plan's order of axes to that of memory, and back. */
export function turnedIf<T>(turned: boolean, [depth, height, width]: Readonly<PerAxis<T>>): PerAxis<T> {
  return turned ? [depth, width, height] : [depth, height, width];
}

/** The adjoint axis, with input and output exchanged. Its own inverse. Not for an axis with `repeat`. */
export function adjoint(axis: Axis): Axis {
  return {
    input: axis.output,
    kernel: axis.kernel,
    output: axis.input,
    stride: axis.upsample,
    dilation: -axis.dilation,
    upsample: axis.stride,
    padding: -axis.padding,
  };
}

/** The same axis with a positive dilation, so that taps are in the order of the input, as in tap sets. */
export function inOrder(axis: Axis): Axis {
  const { dilation, kernel, padding } = axis;
  return dilation < 0 ? { ...axis, dilation: -dilation, padding: padding - dilation * (kernel - 1) } : axis;
}

/** The last input position that any output reads, for an axis without upsampling. It may be outside of the input. */
export function lastRead({ stride, output, dilation, kernel, padding }: Axis): number {
  return stride * (output - 1) + dilation * (kernel - 1) - padding;
}

/** An axis with the stride of its kernel elements in the weight, in elements. */
export interface StridedAxis extends Axis {
  readonly elements: number;
}

/** The identity axis, of size one. */
export const unit: Axis = { input: 1, kernel: 1, output: 1, stride: 1, dilation: 1, upsample: 1, padding: 0 };

/** Extends up to three axes to depth, height and width, with identity axes in front. */
export function lift(axes: readonly Axis[]): PerAxis<Axis> {
  return padFront(unit, axes);
}

function padFront<A extends Axis>(one: A, axes: readonly A[]): PerAxis<A> {
  const [depth, height, width] = [one, one, one, ...axes].slice(-3);
  return [depth, height, width];
}

/** The identity axis as a StridedAxis. */
export const point: StridedAxis = { ...unit, elements: 0 };

/**
 * Merges an axis of stride one with a following pointwise axis, along which every output reads only the input at its own position. The
 * result is one longer axis, whose dilation is the size of the inner one. Merges a pointwise axis with a following one of one output, whose
 * size becomes the stride: 0.55 of the time for n1 g16 c16 f64 i128x22 k1x22. Drops axes of one position. This makes rows as long as
 * possible, because kernels vectorize along the width.
 * @param outside the padding: only zeros are the same for the longer axis
 */
export function fold(axes: Readonly<PerAxis<StridedAxis>>, outside: Outside): PerAxis<StridedAxis> {
  const folded: StridedAxis[] = [];
  for (const axis of axes) {
    if (isPointwise(axis) && axis.output === 1) continue;
    const outer = folded.at(-1);
    if (outer && isPointwise(axis) && isJoinable(outer, axis, outside))
      folded[folded.length - 1] = joined(outer, axis);
    else if (outer && isPointwise(outer) && outer.output >= ROW_PIXELS && isInside(axis))
      folded[folded.length - 1] = {
        ...axis,
        input: outer.input * axis.input,
        output: outer.output,
        stride: axis.input,
      };
    else folded.push(axis);
  }
  return padFront(point, folded);
}

/** Whether an axis and a following pointwise one can and should be merged. */
function isJoinable(outer: Axis, inner: Axis, outside: Outside): boolean {
  if (isPointwise(outer)) return true;
  return outer.stride === 1 && isPlain(outer) && isBlank(outside) && inner.output < ROW_PIXELS;
}

/** Whether an axis has one output, which reads only inputs. */
function isInside(axis: Axis): boolean {
  const { output, dilation, padding, input } = axis;
  return output === 1 && isPlain(axis) && dilation > 0 && padding <= 0 && lastRead(axis) < input;
}

/** Whether every output reads only the input at its own position. */
function isPointwise(axis: Axis): boolean {
  const { kernel, stride, padding, input, output } = axis;
  return kernel === 1 && stride === 1 && padding === 0 && input === output && isPlain(axis);
}

/** Merges an axis of stride one with a following pointwise one. */
function joined(outer: StridedAxis, { input: size }: Axis): StridedAxis {
  const { input, kernel, output, dilation, padding } = outer;
  return {
    ...outer,
    input: size * input,
    output: size * output,
    // the dilation of a single tap has no effect
    dilation: kernel > 1 ? size * dilation : 1,
    padding: size * padding,
  };
}
