// Intervals: consecutive positions. Runs: the pieces of a staged row, each with input positions at a constant step.

import { sum } from '../core/lists.js';

/** `count` consecutive positions, beginning with `first`. */
export interface Interval {
  readonly first: number;
  readonly count: number;
}

/**
 * A part of a staged row: the `count` elements from `to` on are copies of input elements `from`, `from + step`, … each repeated
 * `repeat` times, or zeros if `from` is -1.
 */
export interface Run {
  readonly to: number;
  readonly from: number;
  readonly count: number;
  readonly step: number;
  readonly repeat: number;
  /** in a run of pairs of neighbours: the target of the second element of each pair; equal to `to` if it is not needed */
  readonly second?: number;
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

/** The number of zeros among staged positions. */
export function zerosIn(positions: Int32Array): number {
  return positions.reduce((zeros, x) => zeros + +(x < 0), 0);
}

/** The runs of rows that slices share. */
const known = new WeakMap<Int32Array, Run[]>();

/** Splits a staged row into runs. Its elements are input positions, or -1 for zeros. */
export function runsOf(positions: Int32Array): readonly Run[] {
  const shared = known.get(positions);
  if (shared) return shared;
  const runs: Run[] = [];
  known.set(positions, runs);
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

/** The shortest run with step two that is merged with its neighbour. */
const LEAST_PAIRS = 4;

/**
 * Merges two runs of even and odd elements into one run of pairs, so that each input is read once: 1.07 for
 * n1 g144 c144 f144 i56x56 k5x5 s2x2 p2x2. The rest of the longer run stays in its place.
 */
export function pairedRuns(runs: readonly Run[]): Run[] {
  const halves = runs.filter(({ step, count }) => step === 2 && count >= LEAST_PAIRS);
  const neighbourOf = (run: Run) => halves.find(({ from }) => Math.abs(from - run.from) === 1);
  return runs.flatMap((run) => {
    if (!halves.includes(run)) return [run];
    const found = neighbourOf(run);
    const other = found && neighbourOf(found) === run ? found : run;
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
  // splits 0 5 6 7 into 0 and 5 6 7 rather than 0 5 and 6 7
  if (count === 2 && step !== 1 && positions[to + 2] === next + 1)
    return { to, from, count: 1, step: 1, repeat: 1 };
  return { to, from, count, step, repeat: 1 };
}

/** A run of consecutive inputs that are each repeated equally often; or the shorter remainder of an input before such a run. */
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

/** The number of equal elements, beginning at `to`. */
function sameFrom(positions: Int32Array, to: number): number {
  let count = 0;
  while (to + count < positions.length && positions[to + count] === positions[to]) count++;
  return count;
}
