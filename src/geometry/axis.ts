// Geometry: the one equation of a convolution along an axis, and what follows from it.
//
//   stride * o + dilation * k = upsample * x + padding
//
// Every triple (x in the input, k in the kernel, o in the output) that satisfies it contributes weight[k] * input[x] to
// output[o]. phases.ts solves it for x; what follows works with positions and taps.

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

/** The last input position that any output meets, of an axis without upsampling; it may be outside of the input. */
export function lastRead({ stride, output, dilation, kernel, padding }: Axis): number {
  return stride * (output - 1) + dilation * (kernel - 1) - padding;
}

/** An axis of size one. It changes nothing. */
export const unit: Axis = { input: 1, kernel: 1, output: 1, stride: 1, dilation: 1, upsample: 1, padding: 0 };

/** One to three axes as depth, height and width. Units stand for those that lack in front. */
export function lift(axes: readonly Axis[]): PerAxis<Axis> {
  const [depth, height, width] = [unit, unit, ...axes].slice(-3);
  return [depth, height, width];
}

/**
 * Joins neighbouring axes that are pointwise: along these every output reads just its own input, so that two of them are one longer
 * axis. The result has the longest rows that there can be, as kernels compute along the width.
 */
export function fold(axes: Readonly<PerAxis<Axis>>): PerAxis<Axis> {
  let [depth, height, width] = axes;
  // a pointwise width of one output makes room for the axis before it
  for (let i = 0; i < 2 && isPointwise(width) && width.output === 1; i++)
    [depth, height, width] = [unit, depth, height];
  // the height joins the width, the depth joins the height, and the height that this gives joins the width
  if (isPointwise(height) && isPointwise(width)) [height, width] = [unit, joined(height, width)];
  if (isPointwise(depth) && isPointwise(height)) [depth, height] = [unit, joined(depth, height)];
  if (isPointwise(height) && isPointwise(width)) [height, width] = [unit, joined(height, width)];
  return [depth, height, width];
}

/** Every output reads just the input at its own position. */
function isPointwise(axis: Axis): boolean {
  return (
    axis.kernel === 1 &&
    axis.stride === 1 &&
    axis.upsample === 1 &&
    axis.padding === 0 &&
    axis.input === axis.output
  );
}

/** Two pointwise axes as one. */
function joined(outer: Axis, inner: Axis): Axis {
  return { ...unit, input: outer.input * inner.input, output: outer.output * inner.output };
}
