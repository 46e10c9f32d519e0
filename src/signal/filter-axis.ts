// The axis that a filter runs along: shared by lfilter, upfirdn and sepfir2d.

import { countedAxis } from '../core/arguments.js';
import { describe, refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { AxisSum, SumRequest } from '../sums/request.js';
import { type Samples, withShape } from '../sums/samples.js';

/** An axis of a shape: its index and size, and the products of the sizes before and after it. */
export interface Along {
  readonly axis: number;
  readonly size: number;
  readonly outer: number;
  readonly inner: number;
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
  return {
    axis: at,
    size: shape[at],
    outer: product(shape.slice(0, at)),
    inner: product(shape.slice(at + 1)),
  };
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
