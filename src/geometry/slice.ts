// Slice: the part of one axis that a block covers: the input positions it loads, how they are staged, and the outputs it computes and
// stores.

import { least, most, sum } from '../core/lists.js';
import { type Axis, mapAxes, type PerAxis, shownSize } from './axis.js';
import { type Interval, intervalsOf, positionsOf } from './intervals.js';
import type { Outside } from './padding.js';
import { type Phase, type Phases, phases } from './phases.js';
import { copiedBy, type Run, relocated } from './runs.js';
import { inputRunsOf, startsOf, type Window, windowOf } from './window.js';

/**
 * One slice of an axis. There are four kinds of positions: in the input, among the loaded input positions, among the staged ones, and in
 * the output.
 */
export interface Slice {
  /** the phases of the axis */
  readonly split: Phases;
  /** the phases with taps that it covers: all or one */
  readonly phases: readonly Phase[];
  /** the number of phases it covers, including those without taps */
  readonly covered: number;
  /** the smallest number of outputs that it has of any phase */
  readonly fewest: number;
  /** outputs computed for each phase: the largest number that it has of any phase, or more if phases share a start */
  readonly count: number;
  /** for each phase, the outputs computed before its first one */
  readonly leads: readonly number[];
  /** whether it covers all phases of the axis, all have taps, and all read the same staged positions */
  readonly alike: boolean;
  /** the output positions that it stores, and their number */
  readonly stores: readonly Interval[];
  readonly stored: number;
  /** the input positions that it loads, and their number */
  readonly loads: readonly Interval[];
  readonly loaded: number;
  /** the number of staged positions */
  readonly staged: number;
  /** the loaded positions of the staged ones, or zeros; null if they are the same, so that staging is not necessary */
  readonly runs: readonly Run[] | null;
  /** the layout of the staged positions */
  readonly window: Window;
}

/** The slices of each axis. */
export type Slices = Readonly<PerAxis<readonly Slice[]>>;

/** How an axis is cut into slices. */
export interface Cut {
  /** the phases of the axis */
  readonly split: Phases;
  /** whether a slice covers one phase (of a dilated axis) instead of all (of an upsampled one) */
  readonly separate: boolean;
  /** outputs of a phase per slice, at least 1 */
  readonly count: number;
  /** the fewest outputs of a phase in a slice: if fewer are left, the last slice includes them */
  readonly least: number;
}

/**
 * The cut that leaves an axis whole. `separate` splits a dilated axis without upsampling by its dilation, with separate slices for each
 * phase.
 */
export function uncut(axis: Axis, separate = false): Cut {
  const isSplit = separate && axis.upsample === 1;
  const split = phases(axis, isSplit ? Math.abs(axis.dilation) : 1);
  return { split, separate: isSplit, count: Math.max(1, Math.ceil(axis.output / split.period)), least: 1 };
}

/**
 * All slices of an axis.
 * @param gap fewer positions than these between needed ones are loaded as well
 */
export function slicesOf(axis: Axis, cut: Cut, outside: Outside, gap = 1): Slice[] {
  const { split, separate, count, least } = cut;
  const slices: Slice[] = [];
  // no phase has more outputs than the first
  const total = Math.ceil(axis.output / split.period);
  // a single slice loads the whole axis, so that loads of several axes merge into one contiguous piece
  const isOnly = total < count + least && (!separate || split.total <= 1);
  const add = (covered: readonly Phase[], end: number): void => {
    // of the last slice inside of the input. Most slices of a long axis load the same inputs, moved
    let inside: Reading | undefined;
    for (let begin = 0, next: number; begin < end; begin = next) {
      next = end - begin < count + least ? end : begin + count;
      const window = windowOf(split, covered, begin, next);
      const isInside = !isOnly && readsInside(window, axis);
      const inputs =
        isInside && inside?.window.length === window.length
          ? { ...inside.inputs, loads: movedBy(inside.inputs.loads, window.origin - inside.window.origin) }
          : inputsOf(window, axis, isOnly, outside, gap);
      const reading = { window, inputs };
      slices.push(sliceOf(axis, cut, covered, { first: begin, count: next - begin }, reading));
      if (isInside) inside = reading;
    }
  };
  if (separate) for (const phase of split.phases) add([phase], phase.count);
  else add(split.phases, total);
  return slices;
}

/** What a slice reads: its window, and the inputs that are loaded for it. */
interface Reading {
  readonly window: Window;
  readonly inputs: SliceInputs;
}

/** The slice of some outputs of some phases. */
function sliceOf(
  axis: Axis,
  { split, separate }: Cut,
  phases: readonly Phase[],
  { first: begin, count }: Interval,
  { window, inputs }: Reading,
): Slice {
  const { period, total } = split;
  const isOne = separate && total > 1;
  const end = begin + count;
  const stores = isOne
    ? everyNth(phases[0].first + period * begin, period, count)
    : [outputsOf(axis, period, begin, end)];
  return {
    split,
    phases,
    covered: isOne ? 1 : total,
    // the last phase has the fewest outputs
    fewest: isOne ? count : Math.max(0, Math.min(end, Math.ceil((axis.output - total + 1) / period)) - begin),
    count,
    leads: phases.map(() => 0),
    alike: phases.length === total && areAlike(phases, ({ offset }, first) => offset === first.offset),
    stores,
    stored: sum(stores.map(({ count }) => count)),
    window,
    ...inputs,
  };
}

/** The output positions of outputs `begin` to `end` of all phases. */
function outputsOf({ output }: Axis, period: number, begin: number, end: number): Interval {
  const first = period * begin;
  return { first, count: Math.min(output, period * end) - first };
}

/** `count` single positions, a period apart. */
function everyNth(first: number, period: number, count: number): Interval[] {
  return Array.from({ length: count }, (_, j) => ({ first: first + period * j, count: 1 }));
}

type SliceInputs = Pick<Slice, 'loads' | 'loaded' | 'staged' | 'runs'>;

/** Whether a window reads positions of the input only. */
function readsInside({ advance, residues, origin, length }: Window, axis: Axis): boolean {
  const isIn = (x: number) => x >= 0 && x < axis.input;
  return (
    length > 0 &&
    shownSize(axis) === axis.input &&
    residues.every((residue) => isIn(origin + residue) && isIn(origin + residue + advance * (length - 1)))
  );
}

function movedBy(intervals: readonly Interval[], by: number): Interval[] {
  return intervals.map(({ first, count }) => ({ first: first + by, count }));
}

/** The input positions to load for a window (or the whole axis), and how they are staged. */
function inputsOf(window: Window, axis: Axis, isWhole: boolean, outside: Outside, gap: number): SliceInputs {
  const { advance, origin, length } = window;
  const { input: size } = axis;
  const isPart = advance === 1 && readsInside(window, axis);
  if (isPart && (!isWhole || length === size))
    return { loads: [{ first: origin, count: length }], loaded: length, staged: length, runs: null };
  const shown = inputRunsOf(window, size, outside, axis.repeat);
  const staged = window.residues.length * length;
  if (isWhole) return { loads: [{ first: 0, count: size }], loaded: size, staged, runs: shown };
  const { first, marks } = copiedBy(shown);
  const loads = intervalsOf(marks, first, gap);
  const placeOf = new Int32Array(marks.length);
  let loaded = 0;
  for (const each of loads) for (let i = 0; i < each.count; i++) placeOf[each.first - first + i] = loaded++;
  return { loads, loaded, staged, runs: relocated(shown, (x) => placeOf[x - first]) };
}

/**
 * Lets all phases begin at the same staged position, so that they can share one transformed or packed input. Each phase then computes a
 * few more outputs at both ends, which are ignored. Returns the slice unchanged if the phases' taps differ in number or spacing.
 */
export function withSharedStart(slice: Slice): Slice {
  const { phases, covered, split } = slice;
  if (phases.length < covered) return slice;
  const behindFirst = ({ offset }: Phase) => (offset - phases[0].offset) / split.advance;
  if (!areAlike(phases, (phase) => Number.isInteger(behindFirst(phase)))) return slice;
  const first = least(phases.map(behindFirst));
  const leads = phases.map((phase) => behindFirst(phase) - first);
  return { ...slice, leads, alike: true, count: slice.count + most(leads) };
}

/** The slice with completed phases, which read the same staged positions as before. */
export function withPhases(slice: Slice, split: Phases): Slice {
  return split === slice.split ? slice : { ...slice, split, phases: split.phases, alike: true };
}

/** Whether phases have the same number of taps, at least one, and each satisfies a condition relative to the first. */
function areAlike(phases: readonly Phase[], isLike: (phase: Phase, first: Phase) => boolean): boolean {
  const [first] = phases;
  return first?.taps > 0 && phases.every((phase) => phase.taps === first.taps && isLike(phase, first));
}

/** For each tap, the staged position that the first computed output of a phase reads. */
export function startsIn({ split, phases, window, leads }: Slice, phase: number): Int32Array {
  const starts = startsOf(window, split, phases[phase]);
  return leads[phase] === 0 ? starts : starts.map((start) => start - leads[phase]);
}

/** The positions of the staged positions in the whole input or in its loaded part, or zeros. */
export function shownRuns({ runs, loads, staged }: Slice, isWhole: boolean): readonly Run[] {
  const own = runs ?? [{ to: 0, from: 0, count: staged, step: 1, repeat: 1 }];
  if (!isWhole || loads.length === 0) return own;
  const [{ first }] = loads;
  const loaded = loads.length > 1 ? positionsOf(loads) : undefined;
  return relocated(own, (place) => (loaded ? loaded[place] : first + place));
}

/** For each axis, the maximum of a number over its slices: a size that suffices for every block. */
export function largest(slices: Slices, numberOf: (slice: Slice) => number): PerAxis {
  return mapAxes(slices, (list) => most(list.map(numberOf)));
}

/** For each axis, the minimum of a number over its slices. */
export function smallest(slices: Slices, numberOf: (slice: Slice) => number): PerAxis {
  return mapAxes(slices, (list) => least(list.map(numberOf)));
}

/** Whether every block must be staged: along some axis, every slice must be. */
export function isAlwaysStaged(slices: Slices): boolean {
  return slices.some((list) => list.every(({ runs }) => runs !== null));
}

/** Whether any block must be staged, because it does not read contiguous input positions. */
export function isStaged(slices: Slices): boolean {
  return slices.some((list) => list.some(({ runs }) => runs !== null));
}
