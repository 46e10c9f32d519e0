// Geometry: the one equation of a convolution along an axis, and what follows from it.
//
//   stride * o + dilation * k = upsample * x + padding
//
// Every triple (x in the input, k in the kernel, o in the output) that satisfies it contributes weight[k] * input[x] to
// output[o]. Nothing after this file divides by a stride.

/** One spatial axis of a convolution. */
export interface Axis {
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  readonly dilation: number;
  readonly upsample: number;
  readonly padding: number;
}

/** A number for each axis. */
export type PerAxis = [depth: number, height: number, width: number];

/** The same axis read the other way: input and output exchanged. Its own inverse. */
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

/** An axis of size one, which changes nothing. */
export const unit: Axis = { input: 1, kernel: 1, output: 1, stride: 1, dilation: 1, upsample: 1, padding: 0 };

/** One to three axes as three, depth, height, width; the missing ones lead and are units. */
export function lift(axes: readonly Axis[]): [Axis, Axis, Axis] {
  const lifted = [unit, unit, ...axes].slice(-3);
  return [lifted[0], lifted[1], lifted[2]];
}

/** Joins neighbouring axes along which every output reads just its own input: they are one longer axis. The width is longer than one, if any is. */
export function fold(axes: readonly [Axis, Axis, Axis]): [Axis, Axis, Axis] {
  let [depth, height, width] = axes;
  for (let i = 0; i < 2 && isPointwise(width) && width.output === 1; i++)
    [depth, height, width] = [unit, depth, height];
  if (isPointwise(height) && isPointwise(width)) [height, width] = [unit, joined(height, width)];
  if (isPointwise(depth) && isPointwise(height)) [depth, height] = [unit, joined(depth, height)];
  if (isPointwise(height) && isPointwise(width)) [height, width] = [unit, joined(height, width)];
  return [depth, height, width];
}

function isPointwise(axis: Axis): boolean {
  return (
    axis.kernel === 1 &&
    axis.stride === 1 &&
    axis.upsample === 1 &&
    axis.padding === 0 &&
    axis.input === axis.output
  );
}

function joined(outer: Axis, inner: Axis): Axis {
  return { ...unit, input: outer.input * inner.input, output: outer.output * inner.output };
}
