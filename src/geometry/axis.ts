// Geometry: the one equation of a convolution along an axis, and what follows from it.
//
//   stride * o + dilation * k = upsample * x + padding
//
// Every triple (x in the input, k in the kernel, o in the output) that satisfies it contributes weight[k] * input[x] to
// output[o]. phases.ts solves it for x; what follows works with positions and taps.

import { ROW_PIXELS } from '../shared/sizes.js';
import { isBlank, type Outside } from './padding.js';

/** One spatial axis of a convolution. */
export interface Axis {
  /** sizes: elements of the input, the kernel and the output */
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  /** the coefficients of the equation: `upsample` is at least 1, `stride` not 0; all but `upsample` may be negative */
  readonly stride: number;
  readonly dilation: number;
  readonly upsample: number;
  readonly padding: number;
  /**
   * The equation counts each element of the input as so many neighbouring positions, which all show it: x stands for element
   * floor(x / repeat). 1 if left out, and where there is `upsample`.
   */
  readonly repeat?: number;
}

/** The positions of an input that the equation knows. */
export function shownSize({ input, repeat = 1 }: Axis): number {
  return input * repeat;
}

/** Whether the input lies as it is, neither spread nor repeated. */
export function isPlain({ upsample, repeat = 1 }: Axis): boolean {
  return upsample === 1 && repeat === 1;
}

/** One value for each axis. */
export type PerAxis<T = number> = [depth: T, height: T, width: T];

/** What is made from the value of each axis. */
export function mapAxes<T, U>(
  [depth, height, width]: Readonly<PerAxis<T>>,
  make: (value: T, axis: number) => U,
): PerAxis<U> {
  return [make(depth, 0), make(height, 1), make(width, 2)];
}

/** What there is for each axis, with height and width exchanged or not: a turned plan's own order as that of memory, and back. */
export function turnedIf<T>(turned: boolean, [depth, height, width]: Readonly<PerAxis<T>>): PerAxis<T> {
  return turned ? [depth, width, height] : [depth, height, width];
}

/** The same axis read the other way: input and output exchanged. Its own inverse. Not for an axis that repeats its input. */
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

/** The same axis with its kernel in the order of the input, as tap sets have it. */
export function inOrder(axis: Axis): Axis {
  const { dilation, kernel, padding } = axis;
  return dilation < 0 ? { ...axis, dilation: -dilation, padding: padding - dilation * (kernel - 1) } : axis;
}

/** The last input position that any output meets, of an axis without upsampling; it may be outside of the input. */
export function lastRead({ stride, output, dilation, kernel, padding }: Axis): number {
  return stride * (output - 1) + dilation * (kernel - 1) - padding;
}

/** An axis, and how many elements of a kernel lie from one of its kernel elements to the next: it may be a part of a longer one. */
export interface StridedAxis extends Axis {
  readonly elements: number;
}

/** An axis of size one. It changes nothing. */
export const unit: Axis = { input: 1, kernel: 1, output: 1, stride: 1, dilation: 1, upsample: 1, padding: 0 };

/** Three axes at most as depth, height and width. Units stand for those that lack in front. */
export function lift(axes: readonly Axis[]): PerAxis<Axis> {
  return behind(unit, axes);
}

/** Three axes, the last of them as given. */
function behind<A extends Axis>(one: A, axes: readonly A[]): PerAxis<A> {
  const [depth, height, width] = [one, one, one, ...axes].slice(-3);
  return [depth, height, width];
}

/** The same, where elements of a kernel are counted; it has but one. */
export const point: StridedAxis = { ...unit, elements: 0 };

/**
 * Joins an axis of step one with the axis behind it, where that is pointwise: along it every output reads just its own input, so both
 * are one longer axis, whose taps lie as far apart as the inner one is long. Axes of one position are dropped. The result has the
 * longest rows that there can be, as kernels compute along the width.
 * @param outside what stands there: only zeros are the same outside of a longer axis
 */
export function fold(axes: Readonly<PerAxis<StridedAxis>>, outside: Outside): PerAxis<StridedAxis> {
  const folded: StridedAxis[] = [];
  for (const axis of axes) {
    if (isPointwise(axis) && axis.output === 1) continue;
    const outer = folded.at(-1);
    if (outer && isPointwise(axis) && isJoinable(outer, axis, outside))
      folded[folded.length - 1] = joined(outer, axis);
    else folded.push(axis);
  }
  return behind(point, folded);
}

/** Whether an axis and a pointwise one behind it can be, and should be, one. */
function isJoinable(outer: Axis, inner: Axis, outside: Outside): boolean {
  if (isPointwise(outer)) return true;
  return outer.stride === 1 && isPlain(outer) && isBlank(outside) && inner.output < ROW_PIXELS;
}

/** Every output reads just the input at its own position. */
function isPointwise(axis: Axis): boolean {
  const { kernel, stride, padding, input, output } = axis;
  return kernel === 1 && stride === 1 && padding === 0 && input === output && isPlain(axis);
}

/** An axis of step one and a pointwise one behind it, as one. */
function joined(outer: StridedAxis, { input: size }: Axis): StridedAxis {
  const { input, kernel, output, dilation, padding } = outer;
  return {
    ...outer,
    input: size * input,
    output: size * output,
    // that of a single tap is of no effect
    dilation: kernel > 1 ? size * dilation : 1,
    padding: size * padding,
  };
}
