// Intervals: neighbouring positions, and runs of positions a constant step apart.

/** Neighbouring positions: `count` from `first` on. */
export interface Interval {
  readonly first: number;
  readonly count: number;
}

/** How a staged row is put together: `count` elements from `from` on (-1 for zeros), `step` apart. */
export interface Run {
  readonly to: number;
  readonly from: number;
  readonly count: number;
  readonly step: number;
}

/** The positions of some intervals, one after another. */
export function positionsOf(intervals: readonly Interval[]): Int32Array {
  const positions = new Int32Array(intervals.reduce((sum, { count }) => sum + count, 0));
  let at = 0;
  for (const { first, count } of intervals) for (let i = 0; i < count; i++) positions[at++] = first + i;
  return positions;
}

/** The input positions of a staged row, -1 for zeros, as runs of a constant step. */
export function runsOf(positions: Int32Array): Run[] {
  const runs: Run[] = [];
  for (let to = 0; to < positions.length; ) {
    const run = positions[to] < 0 ? zerosAt(positions, to) : copyAt(positions, to);
    runs.push(run);
    to += run.count;
  }
  return runs;
}

function zerosAt(positions: Int32Array, to: number): Run {
  let count = 1;
  while (positions[to + count] === -1) count++;
  return { to, from: -1, count, step: 0 };
}

function copyAt(positions: Int32Array, to: number): Run {
  const from = positions[to];
  const next = positions[to + 1] ?? -1;
  if (next < 0) return { to, from, count: 1, step: 1 };
  const step = next - from;
  let count = 2;
  while (positions[to + count] >= 0 && positions[to + count] === from + count * step) count++;
  // a pair that is no pair of neighbours must not take the first of a longer run
  if (count === 2 && step !== 1 && positions[to + 2] === next + 1) return { to, from, count: 1, step: 1 };
  return { to, from, count, step };
}
