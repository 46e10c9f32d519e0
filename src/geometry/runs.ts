// Runs: the pieces of a staged row, each with input positions at a constant step. So a row with millions of zeros is three runs.

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

/** What is before the first run. */
const NOTHING: Run = { to: 0, from: Number.NaN, count: 0, step: 0, repeat: 1 };

/** Appends a run behind the others, or continues the last one with it. */
export function addRun(runs: Run[], from: number, count: number, step = 1, repeat = 1): void {
  if (count <= 0) return;
  const last = runs[runs.length - 1] ?? NOTHING;
  const to = last.to + last.count;
  // a single element goes with any step
  const lastStep = last.count > 1 ? last.step : from - last.from;
  const follows =
    last.repeat * repeat === 1 &&
    from === last.from + last.count * lastStep &&
    (count === 1 || step === lastStep);
  if (from < 0 ? last.from < 0 : last.from >= 0 && follows)
    runs[runs.length - 1] = { ...last, count: last.count + count, step: lastStep };
  else runs.push({ to, from, count, step, repeat });
}

/** The input element that element `i` of a run copies. */
function elementOf({ from, step, repeat }: Run, i: number): number {
  return from + step * Math.floor(i / repeat);
}

/**
 * The runs of the same row where each input element lies elsewhere.
 * @param placeOf where an element lies, in the order of the elements
 */
export function relocated(runs: readonly Run[], placeOf: (element: number) => number): Run[] {
  const others: Run[] = [];
  for (const run of runs) {
    const { from, count, step, repeat } = run;
    const last = elementOf(run, count - 1);
    if (from < 0) addRun(others, from, count);
    // nothing between its elements is left out or added
    else if (placeOf(last) - placeOf(from) === last - from)
      addRun(others, placeOf(from), count, step, repeat);
    else for (let i = 0; i < count; i++) addRun(others, placeOf(elementOf(run, i)), 1);
  }
  return others;
}

/** Marks the input elements that runs copy, from element `first` to `end` (exclusive). */
export function copiedBy(runs: readonly Run[]): { first: number; marks: Uint8Array } {
  let first = Number.POSITIVE_INFINITY;
  let end = 0;
  const copies = runs.filter(({ from }) => from >= 0);
  for (const run of copies) {
    const last = elementOf(run, run.count - 1);
    first = Math.min(first, run.from, last);
    end = Math.max(end, run.from + 1, last + 1);
  }
  const marks = new Uint8Array(Math.max(0, end - first));
  for (const run of copies) {
    const elements = run.step === 0 ? 1 : run.count;
    for (let i = 0; i < elements; i++) marks[elementOf(run, i) - first] = 1;
  }
  return { first, marks };
}

/** Every element of a row: the input element that it copies, or -1 for zeros. */
export function elementsOf(runs: readonly Run[]): Int32Array {
  const last = runs[runs.length - 1];
  const elements = new Int32Array(last ? last.to + last.count : 0);
  for (const run of runs)
    for (let i = 0; i < run.count; i++) elements[run.to + i] = run.from < 0 ? -1 : elementOf(run, i);
  return elements;
}

/** The number of zeros in a row. */
export function zerosIn(runs: readonly Run[]): number {
  return runs.reduce((zeros, { from, count }) => (from < 0 ? zeros + count : zeros), 0);
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
