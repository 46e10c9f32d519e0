// Intervals: positions that are neighbours. Runs: positions a constant distance apart.

import { sum } from '../core/lists.js';

/** Neighbouring positions: `count` from `first` on. */
export interface Interval {
  readonly first: number;
  readonly count: number;
}

/**
 * A part of a staged row: its `count` elements from `to` on show input elements from `from` on, `step` apart, each of them `repeat` times,
 * or zeros if `from` is -1.
 */
export interface Run {
  readonly to: number;
  readonly from: number;
  readonly count: number;
  readonly step: number;
  readonly repeat: number;
  /** of a run of pairs of neighbours: where the second of each goes, or as `to` if nowhere */
  readonly second?: number;
}

/** The positions in some intervals, one after another. */
export function positionsOf(intervals: readonly Interval[]): Int32Array {
  const positions = new Int32Array(sum(intervals.map(({ count }) => count)));
  let filled = 0;
  for (const { first, count } of intervals) for (let i = 0; i < count; i++) positions[filled++] = first + i;
  return positions;
}

/** The positions that are marked, counted from a first one, as intervals. */
export function intervalsOf(marks: Uint8Array, from = 0): Interval[] {
  const intervals: Interval[] = [];
  for (let x = 0; x < marks.length; x++) {
    const first = x;
    while (marks[x]) x++;
    if (x > first) intervals.push({ first: from + first, count: x - first });
  }
  return intervals;
}

/** How many positions show zeros. */
export function zerosIn(positions: Int32Array): number {
  return positions.reduce((sum, x) => sum + +(x < 0), 0);
}

/** Splits a staged row into runs; its elements are input positions, or -1 for zeros. */
export function runsOf(positions: Int32Array): Run[] {
  const runs: Run[] = [];
  for (let to = 0; to < positions.length; ) {
    const run =
      positions[to] < 0
        ? { to, from: -1, count: sameFrom(positions, to), step: 0, repeat: 1 }
        : copyAt(positions, to);
    runs.push(run);
    to += run.count;
  }
  return runs;
}

/** Elements of a run of every second element from which on pairs are copied. */
const LEAST_PAIRS = 4;

/**
 * Runs of every second element as runs of pairs: two that show neighbours are one, so that each input is read once, 1.07 for
 * n1 g144 c144 f144 i56x56 k5x5 s2x2 p2x2. It stands in the place of the later one, for what is written in the order of runs may go beyond its
 * end. What one has more than the other stays in its place.
 */
export function pairedRuns(runs: readonly Run[]): Run[] {
  const halves = runs.filter(({ step, count }) => step === 2 && count >= LEAST_PAIRS);
  const besides = (run: Run) => halves.find(({ from }) => Math.abs(from - run.from) === 1);
  return runs.flatMap((run) => {
    if (!halves.includes(run)) return [run];
    const found = besides(run);
    const other = found && besides(found) === run ? found : run;
    const [first, second] = run.from < other.from ? [run, other] : [other, run];
    const count = Math.min(run.count, other.count);
    const rest = { ...run, to: run.to + count, from: run.from + 2 * count, count: run.count - count };
    return [
      ...(run.to < other.to ? [] : [{ ...first, count, second: second.to }]),
      ...(rest.count > 0 ? [rest] : []),
    ];
  });
}

/** The run of input elements that begins at `to`. */
function copyAt(positions: Int32Array, to: number): Run {
  const from = positions[to];
  const next = positions[to + 1] ?? -1;
  if (next < 0) return { to, from, count: 1, step: 1, repeat: 1 };
  const repeated = repeatedAt(positions, to);
  if (repeated) return repeated;
  const step = next - from;
  let count = 2;
  while (positions[to + count] >= 0 && positions[to + count] === from + count * step) count++;
  // of 0 5 6 7 the run 5 6 7 is worth more than the pair 0 5: a pair with a gap ends before two neighbours
  if (count === 2 && step !== 1 && positions[to + 2] === next + 1)
    return { to, from, count: 1, step: 1, repeat: 1 };
  return { to, from, count, step, repeat: 1 };
}

/** The run of neighbours that are each shown equally often, more than once, or what is left of the first of them before such a run. */
function repeatedAt(positions: Int32Array, to: number): Run | undefined {
  const from = positions[to];
  const repeat = sameFrom(positions, to);
  const next = sameFrom(positions, to + repeat);
  if (next < 2 || repeat > next || positions[to + repeat] !== from + 1) return undefined;
  if (repeat < next) return { to, from, count: repeat, step: repeat === 1 ? 1 : 0, repeat: 1 };
  let count = 2 * repeat;
  while (positions[to + count] === from + Math.floor(count / repeat)) count++;
  return { to, from, count, step: 1, repeat };
}

/** How many elements from one on show the same. */
function sameFrom(positions: Int32Array, to: number): number {
  let count = 0;
  while (to + count < positions.length && positions[to + count] === positions[to]) count++;
  return count;
}
