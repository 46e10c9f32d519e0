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

/** The positions of some stretches, one after another. */
export function positionsOf(stretches: readonly Interval[]): Int32Array {
  const positions = new Int32Array(stretches.reduce((sum, { count }) => sum + count, 0));
  let at = 0;
  for (const { first, count } of stretches) for (let i = 0; i < count; i++) positions[at++] = first + i;
  return positions;
}

/** A row's map as runs of a constant step. */
export function runsOf(map: Int32Array): Run[] {
  const runs: Run[] = [];
  for (let to = 0; to < map.length; ) {
    const from = map[to];
    const next = map[to + 1] ?? -1;
    let step = from < 0 ? 0 : next < 0 ? 1 : next - from;
    let count = 1;
    while (map[to + count] === from + count * step && (from < 0 || from + count * step >= 0)) count++;
    // a single odd element must not take the first of a longer run
    if (count === 2 && step !== 1 && from >= 0 && map[to + 2] === next + 1) count = 1;
    if (count === 1 && from >= 0) step = 1;
    runs.push({ to, from, count, step });
    to += count;
  }
  return runs;
}
