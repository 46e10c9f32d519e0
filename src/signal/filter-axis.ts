// The axis that a filter runs along: shared by lfilter, upfirdn and sepfir2d.

import { countedAxis } from '../core/arguments.js';
import { describe, refuse, type Where } from '../core/errors.js';
import type { AxisSum, SumRequest } from '../sums/request.js';
import { type Samples, withShape } from '../sums/samples.js';
import { type Rows, rowsOf } from './rows.js';

/** An axis of a shape, and the rows along it. */
export interface Along extends Rows {
  readonly axis: number;
}

/**
 * Resolves an axis; negative ones count from the last.
 * @throws TypeError unless it is an integer, RangeError for an axis out of range
 */
export function alongAxis(shape: readonly number[], axis: unknown, where: Where): Along {
  const rank = shape.length;
  const outside = (given: number) =>
    `axis ${given} is out of bounds for array of dimension ${rank}: shape ${describe(shape)}`;
  const at = countedAxis(axis ?? -1, 'axis', rank, where, outside);
  return { axis: at, ...rowsOf(shape, at) };
}

/**
 * Checks a filter's coefficients.
 * @throws RangeError unless they have one axis with at least one element
 */
export function checkTaps({ shape }: Samples, name: string, where: Where): void {
  if (shape.length !== 1 || shape[0] === 0)
    refuse(where, `${name} must be 1-D with non-zero length, but got shape ${describe(shape)}`);
}

/** The axes of a request for a sum along one axis, and the kernel shaped for it. */
export function requestAlong(
  rank: number,
  { axis }: Along,
  taps: Samples,
  sum: AxisSum,
): { axes: SumRequest['axes']; kernel: Samples } {
  const shape = new Array<number>(rank).fill(1);
  shape[axis] = taps.shape[0];
  return {
    axes: shape.map((_, i) => (i === axis ? sum : 'each')),
    kernel: withShape(taps, shape),
  };
}

/** The shape with another size along the axis. */
export function resized(shape: readonly number[], { axis }: Along, size: number): number[] {
  const sizes = [...shape];
  sizes[axis] = size;
  return sizes;
}

/** Copies a part of each line along the axis to `out`: as many elements as `out` has, starting at `from`. */
export function copyPart(whole: Samples, { axis, outer, inner }: Along, from: number, out: Samples): void {
  const [size, count] = [whole.shape[axis], out.shape[axis]];
  const target = out.data;
  for (let line = 0; line < outer; line++) {
    const begin = (line * size + from) * inner;
    target.set(whole.data.subarray(begin, begin + count * inner), line * count * inner);
  }
}
