// Slice: the part of one axis that a block of work covers: what it loads, how that is staged, what is computed and what is stored.

import { least, most, sum } from '../core/lists.js';
import { type Axis, mapAxes, type PerAxis, shownSize } from './axis.js';
import { type Interval, intervalsOf, positionsOf } from './intervals.js';
import type { Outside } from './padding.js';
import { type Phase, type Phases, phases } from './phases.js';
import { inputPositionsOf, startsOf, type Window, windowOf } from './window.js';

/**
 * One slice of an axis. Positions are counted four ways: in the input, among the positions that are loaded of it, among those that
 * are staged, and in the output.
 */
export interface Slice {
  /** the phases of the axis, and those with taps that it covers: of all, or one */
  readonly split: Phases;
  readonly phases: readonly Phase[];
  /** how many phases it covers, with those that have no taps */
  readonly covered: number;
  /** outputs of the phase of which it has the fewest */
  readonly fewest: number;
  /** outputs that are computed for each phase: the most that it has of one, or more where phases share what they read */
  readonly count: number;
  /** of each phase, how many are computed before the first that is an output of it */
  readonly leads: readonly number[];
  /** it covers all phases of the axis, all have taps, and these meet the same staged positions */
  readonly alike: boolean;
  /** the positions in the output that it computes, and how many these are */
  readonly stores: readonly Interval[];
  readonly stored: number;
  /** the positions of the input that it needs, and how many these are */
  readonly loads: readonly Interval[];
  readonly loaded: number;
  /** how many positions are staged */
  readonly staged: number;
  /** loaded position, or -1 for zeros, that each staged position shows; null where that is the same position, so that a copy is needless */
  readonly positions: Int32Array | null;
  /** what is staged, as the phases read it */
  readonly window: Window;
}

/** The slices of each axis. */
export type Slices = Readonly<PerAxis<readonly Slice[]>>;

/** How an axis is cut into slices. */
export interface Cut {
  /** the phases of the axis */
  readonly split: Phases;
  /** a slice covers one phase (of a dilated axis) instead of all (of an upsampled one) */
  readonly separate: boolean;
  /** outputs of a phase in a slice; from 1 on */
  readonly count: number;
  /** outputs of a phase in a slice, at least: where fewer are left, the last slice has them too */
  readonly least: number;
}

/**
 * The cut that leaves an axis whole; `separate` splits a dilated axis without upsampling by its dilation, and gives each phase slices
 * of its own.
 */
export function uncut(axis: Axis, separate = false): Cut {
  const isSplit = separate && axis.upsample === 1;
  const split = phases(axis, isSplit ? Math.abs(axis.dilation) : 1);
  return { split, separate: isSplit, count: Math.max(1, Math.ceil(axis.output / split.period)), least: 1 };
}

/** All slices of an axis. */
export function slicesOf(axis: Axis, cut: Cut, outside: Outside): Slice[] {
  const { split, separate, count, least } = cut;
  const slices: Slice[] = [];
  // no phase has more outputs than the first
  const total = Math.ceil(axis.output / split.period);
  // the only slice loads the whole axis, so that the axes around it are loaded in one piece with it
  const isOnly = total < count + least && (!separate || split.total <= 1);
  const add = (covered: readonly Phase[], end: number): void => {
    for (let begin = 0, next: number; begin < end; begin = next) {
      next = end - begin < count + least ? end : begin + count;
      slices.push(sliceOf(axis, cut, covered, begin, next, isOnly, outside));
    }
  };
  if (separate) for (const phase of split.phases) add([phase], phase.count);
  else add(split.phases, total);
  return slices;
}

/** The slice of the outputs `begin` to `end` of some phases. */
function sliceOf(
  axis: Axis,
  { split, separate }: Cut,
  phases: readonly Phase[],
  begin: number,
  end: number,
  isOnly: boolean,
  outside: Outside,
): Slice {
  const { period, total } = split;
  const window = windowOf(split, phases, begin, end);
  const isOne = separate && total > 1;
  const stores = isOne
    ? everyNth(phases[0].first + period * begin, period, end - begin)
    : [woven(axis, period, begin, end)];
  return {
    split,
    phases,
    covered: isOne ? 1 : total,
    // the last phase has no more outputs than any other
    fewest: isOne
      ? end - begin
      : Math.max(0, Math.min(end, Math.ceil((axis.output - total + 1) / period)) - begin),
    count: end - begin,
    leads: phases.map(() => 0),
    alike: phases.length === total && areAlike(phases, ({ offset }, first) => offset === first.offset),
    stores,
    stored: sum(stores.map(({ count }) => count)),
    window,
    ...inputsOf(window, axis, isOnly, outside),
  };
}

/** The outputs `begin` to `end` of all phases. */
function woven({ output }: Axis, period: number, begin: number, end: number): Interval {
  const first = period * begin;
  return { first, count: Math.min(output, period * end) - first };
}

/** So many positions that lie a period apart. */
function everyNth(first: number, period: number, count: number): Interval[] {
  return Array.from({ length: count }, (_, j) => ({ first: first + period * j, count: 1 }));
}

type SliceInputs = Pick<Slice, 'loads' | 'loaded' | 'staged' | 'positions'>;

/** What a window needs of an axis's input, or all of that, and where it is staged. */
function inputsOf(window: Window, axis: Axis, isWhole: boolean, outside: Outside): SliceInputs {
  const { advance, residues, origin, length } = window;
  const { input: size } = axis;
  const first = origin + (residues[0] ?? 0);
  const fits = first >= 0 && length > 0 && first + length <= size;
  const isPart = fits && advance === 1 && shownSize(axis) === size;
  if (isPart && (!isWhole || length === size))
    return { loads: [{ first, count: length }], loaded: length, staged: length, positions: null };
  const shown = inputPositionsOf(window, size, outside, axis.repeat);
  const staged = shown.length;
  if (isWhole) return { loads: [{ first: 0, count: size }], loaded: size, staged, positions: shown };
  const from = shown.reduce((a, x) => (x < 0 ? a : Math.min(a, x)), size);
  const isNeeded = new Uint8Array(shown.reduce((a, x) => Math.max(a, x + 1), from) - from);
  for (const x of shown) if (x >= 0) isNeeded[x - from] = 1;
  const loads = intervalsOf(isNeeded, from);
  const needed = positionsOf(loads);
  const loadedPosition = new Int32Array(isNeeded.length);
  needed.forEach((x, position) => {
    loadedPosition[x - from] = position;
  });
  const positions = shown.map((x) => (x < 0 ? -1 : loadedPosition[x - from]));
  return { loads, loaded: needed.length, staged, positions };
}

/**
 * The slice with all phases computed from the same staged position on, where all have equally many and equally spaced taps: then one
 * transformed or packed input serves them all. Each phase computes a few more outputs at both ends; they are ignored. Where taps
 * differ, the slice as it is.
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

/** Whether phases have equally many taps, and some; and each fulfils a condition beside the first. */
function areAlike(phases: readonly Phase[], isLike: (phase: Phase, first: Phase) => boolean): boolean {
  const [first] = phases;
  return first?.taps > 0 && phases.every((phase) => phase.taps === first.taps && isLike(phase, first));
}

/** The staged position that the first output that is computed of a phase meets at each tap. */
export function startsIn({ split, phases, window, leads }: Slice, phase: number): Int32Array {
  const starts = startsOf(window, split, phases[phase]);
  return leads[phase] === 0 ? starts : starts.map((start) => start - leads[phase]);
}

/** The position, or -1 for zeros, that each staged position shows: of the whole input, or of what is loaded of it. */
export function shownPositions({ positions, loads, staged }: Slice, isWhole: boolean): Int32Array {
  if (!isWhole || (loads.length === 1 && loads[0].first === 0))
    return positions ?? positionsOf([{ first: 0, count: staged }]);
  const loaded = positionsOf(loads);
  return positions ? positions.map((x) => (x < 0 ? -1 : loaded[x])) : loaded;
}

/** The largest of a number of each axis's slices: sizes that suffice for every block. */
export function largest(slices: Slices, numberOf: (slice: Slice) => number): PerAxis {
  return mapAxes(slices, (list) => most(list.map(numberOf)));
}

/** The smallest, likewise. */
export function smallest(slices: Slices, numberOf: (slice: Slice) => number): PerAxis {
  return mapAxes(slices, (list) => least(list.map(numberOf)));
}

/** Whether every block is staged: along some axis, every slice has to be. */
export function isAlwaysStaged(slices: Slices): boolean {
  return slices.some((list) => list.every(({ positions }) => positions !== null));
}

/** Whether some block has to be staged: what it reads is more than positions of the input in their order. */
export function isStaged(slices: Slices): boolean {
  return slices.some((list) => list.some(({ positions }) => positions !== null));
}
