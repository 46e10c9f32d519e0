// Intervals: consecutive positions.

import { sum } from '../core/lists.js';

/** `count` consecutive positions, beginning with `first`. */
export interface Interval {
  readonly first: number;
  readonly count: number;
}

/** All positions of a list of intervals. */
export function positionsOf(intervals: readonly Interval[]): Int32Array {
  const positions = new Int32Array(sum(intervals.map(({ count }) => count)));
  let filled = 0;
  for (const { first, count } of intervals) for (let i = 0; i < count; i++) positions[filled++] = first + i;
  return positions;
}

/**
 * The intervals of marked positions. `marks[0]` is position `from`.
 * @param gap fewer positions than these between marked ones are included
 */
export function intervalsOf(marks: Uint8Array, from = 0, gap = 1): Interval[] {
  const intervals: { first: number; count: number }[] = [];
  let end = 0;
  for (let x = 0; x < marks.length; x++) {
    if (!marks[x]) continue;
    const last = intervals[intervals.length - 1];
    if (last && x - end < gap) last.count += x + 1 - end;
    else intervals.push({ first: from + x, count: 1 });
    end = x + 1;
  }
  return intervals;
}
