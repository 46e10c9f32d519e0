// Signals in tests: the sum as it is defined, over a signal that has no end, in float64; and bounds of float32 sums. Shares nothing with src.

import assert from 'node:assert/strict';
import { assertNear, assertSame } from '../helpers/compare.js';

/** Numbers of any type in C order. */
export interface Numbers {
  data: ArrayLike<number>;
  shape: readonly number[];
}

/** Borders by their own names. */
export const borders = ['zeros', 'constant', 'nearest', 'mirror', 'symmetric', 'wrap'] as const;
type BorderWord = (typeof borders)[number];

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** All positions of a shape, the last axis fastest. */
function positions(shape: readonly number[]): number[][] {
  return Array.from({ length: size(shape) }, (_, at) => {
    const position: number[] = [];
    for (const n of [...shape].reverse()) {
      position.unshift(at % n);
      at = Math.floor(at / n);
    }
    return position;
  });
}

/** The place in the data of a position within the shape. */
export const placeOf = (position: readonly number[], shape: readonly number[]): number =>
  position.reduce((at, i, axis) => at * shape[axis] + i, 0);

/** The elements of one axis with `before` and `after` more around them, as np.pad writes them out; -1 for none of the signal's. */
function paddedIndices(n: number, before: number, after: number, border: BorderWord): number[] {
  const own = Array.from({ length: n }, (_, i) => i);
  const period: Record<BorderWord, number[]> = {
    zeros: [],
    constant: [],
    nearest: [],
    mirror: n === 1 ? own : [...own, ...own.slice(1, -1).reverse()],
    symmetric: [...own, ...[...own].reverse()],
    wrap: own,
  };
  const endless = period[border];
  const at = (i: number): number => {
    if (i >= 0 && i < n) return i;
    if (border === 'nearest') return i < 0 ? 0 : n - 1;
    if (endless.length === 0) return -1;
    while (i < 0) i += endless.length;
    return endless[i % endless.length];
  };
  return Array.from({ length: before + n + after }, (_, i) => at(i - before));
}

/** A signal with elements around it, in front of and behind each axis. */
export function padded(
  { data, shape }: Numbers,
  before: readonly number[],
  after: readonly number[],
  border: BorderWord,
  cval = 0,
): { data: Float64Array; shape: number[] } {
  const indices = shape.map((n, axis) => paddedIndices(n, before[axis], after[axis], border));
  const result = indices.map((list) => list.length);
  const values = positions(result).map((position) => {
    const from = position.map((i, axis) => indices[axis][i]);
    return from.includes(-1) ? cval : data[placeOf(from, shape)];
  });
  return { data: Float64Array.from(values), shape: result };
}

/** What a sum should be: its value, and the sum of its products' absolute values. */
export interface Wanted {
  data: Float64Array;
  absSum: Float64Array;
  shape: number[];
}

/**
 * All outputs that meet anything: correlate `Σ_k in2[k] · in1[lag + k]` for lag 1 - n2 … n1 - 1, or convolve, along all axes; in1
 * goes on as the border says.
 */
export function fullSum(
  in1: Numbers,
  in2: Numbers,
  turned: boolean,
  border: BorderWord = 'zeros',
  cval = 0,
): Wanted {
  const around = in2.shape.map((n) => n - 1);
  const signal = padded(in1, around, around, border, cval);
  const shape = in1.shape.map((n, axis) => n + around[axis]);
  const taps = positions(in2.shape);
  const data = new Float64Array(size(shape));
  const absSum = new Float64Array(data.length);
  positions(shape).forEach((output, at) => {
    taps.forEach((tap, k) => {
      const from = output.map((o, axis) => o + (turned ? around[axis] - tap[axis] : tap[axis]));
      const product = in2.data[k] * signal.data[placeOf(from, signal.shape)];
      data[at] += product;
      absSum[at] += Math.abs(product);
    });
  });
  return { data, absSum, shape };
}

/** A part of a result: from a position on, of a shape. */
export function cut(
  { data, shape }: Numbers,
  begin: readonly number[],
  part: readonly number[],
): Float64Array {
  return Float64Array.from(
    positions(part),
    (position) =>
      data[
        placeOf(
          position.map((i, axis) => begin[axis] + i),
          shape,
        )
      ],
  );
}

/** The norm of numbers. */
export const norm = ({ data }: Numbers): number => Math.sqrt(Array.from(data).reduce((a, b) => a + b * b, 0));

/** 2^-24 · log2 N · ‖in1‖ · ‖in2‖, with N the points of the smallest transform that holds the whole: what an fft promises in float32. */
export function spectrumBound(in1: Numbers, in2: Numbers, norms = norm(in1) * norm(in2)): number {
  const points = in1.shape.reduce((all, n, axis) => all * (n + in2.shape[axis] - 1), 1);
  return 2 ** -24 * Math.max(2, Math.ceil(Math.log2(points))) * norms;
}

/** A case of the fixtures that has an array of outputs. */
export interface SignalCase {
  id: string;
  fn: string;
  args: Record<string, unknown>;
  output: number[];
  exact: boolean;
  check: { output: { terms?: number; abs_sum: number; norms?: number } };
}

/** Fails where a result is not equal to exact outputs, or further off than the bound of a float32 sum. Returns the share used. */
export function assertSum(
  got: Numbers,
  want: Numbers,
  { id, exact, check }: SignalCase,
  bound: number,
): number {
  assert.deepEqual(got.shape, want.shape, id);
  if (exact) assertSame(got.data, want.data, id);
  else return assertNear(got.data, want.data, bound, id) / bound;
  assert.ok(check.output.abs_sum < 2 ** 24, 'exact in float32');
  return 0;
}
