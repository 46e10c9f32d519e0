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

/** What stands outside the input. */
export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular';

/** A kernel element that meets a phase: output `first + period * j` reads input `advance * j + offset`. */
export interface Tap {
  readonly kernel: number;
  readonly offset: number;
}

/** A class of outputs, `first + period * j` for j below `count`, that share their taps. */
export interface Phase {
  readonly first: number;
  readonly count: number;
  readonly taps: readonly Tap[];
}

/** The phases of an axis; between neighbouring outputs of a phase the input advances by whole steps. */
export interface Phases {
  readonly period: number;
  readonly advance: number;
  readonly phases: readonly Phase[];
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

/**
 * Splits the outputs of an axis into phases.
 *
 * The shortest period is upsample / gcd(stride, upsample). A multiple of it is allowed: a dilated axis split by its dilation
 * gives phases that are convolutions without dilation.
 */
export function phases(axis: Axis, multiple = 1): Phases {
  const period = (axis.upsample / gcd(axis.stride, axis.upsample)) * multiple;
  const result: Phase[] = [];
  for (let first = 0; first < Math.min(period, axis.output); first++) {
    const taps: Tap[] = [];
    for (let kernel = 0; kernel < axis.kernel; kernel++) {
      const x = axis.stride * first + axis.dilation * kernel - axis.padding;
      if (x % axis.upsample === 0) taps.push({ kernel, offset: x / axis.upsample });
    }
    // a transposed axis meets its kernel backwards
    taps.sort((a, b) => a.offset - b.offset);
    result.push({ first, count: Math.ceil((axis.output - first) / period), taps });
  }
  return { period, advance: (axis.stride * period) / axis.upsample, phases: result };
}

/** The input position that stands at `x`, which may lie outside; -1 for a zero, and for what no output can reach. */
export function sourceOf(x: number, size: number, mode: PaddingMode): number {
  if (x >= 0 && x < size) return x;
  if (mode === 'zeros') return -1;
  if (mode === 'replicate') return x < 0 ? 0 : size - 1;
  const mirrored = mode === 'reflect' ? (x < 0 ? -x : 2 * (size - 1) - x) : x < 0 ? x + size : x - size;
  return mirrored >= 0 && mirrored < size ? mirrored : -1;
}

/**
 * The staged form of a part of an axis: one stretch of positions for each residue of the input position by the advance, so that
 * neighbouring outputs meet neighbouring staged positions.
 */
export interface Window {
  readonly advance: number;
  readonly residues: readonly number[];
  /** input position of a stretch's first staged position, less the residue */
  readonly origin: number;
  /** staged positions for each residue */
  readonly stretch: number;
  /** staged position that the first output of a phase meets, per phase and tap */
  readonly starts: readonly (readonly number[])[];
}

/** The window that outputs `begin` to `end` of some phases of an axis read. */
export function windowOf(split: Phases, which: readonly Phase[], begin: number, end: number): Window {
  const { advance } = split;
  const residues: number[] = [];
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const phase of which) {
    for (const { offset } of phase.taps) {
      const quotient = Math.floor(offset / advance);
      low = Math.min(low, quotient);
      high = Math.max(high, quotient);
      const residue = offset - quotient * advance;
      if (!residues.includes(residue)) residues.push(residue);
    }
  }
  if (residues.length === 0) return { advance, residues, origin: 0, stretch: 0, starts: which.map(() => []) };
  residues.sort((a, b) => a - b);

  const stretch = end - begin + high - low;
  const starts = which.map((phase) =>
    phase.taps.map(({ offset }) => {
      const quotient = Math.floor(offset / advance);
      return residues.indexOf(offset - quotient * advance) * stretch + quotient - low;
    }),
  );
  return { advance, residues, origin: advance * (begin + low), stretch, starts };
}

/** The input position, or -1 for zero, that each staged position of a window shows. */
export function mapOf(window: Window, size: number, mode: PaddingMode): Int32Array {
  const { advance, residues, origin, stretch } = window;
  const map = new Int32Array(residues.length * stretch);
  residues.forEach((residue, slot) => {
    for (let i = 0; i < stretch; i++)
      map[slot * stretch + i] = sourceOf(origin + advance * i + residue, size, mode);
  });
  return map;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
