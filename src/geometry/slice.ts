// Slice: the part of one axis that a block of work covers: what it loads, how that is staged, what is computed and what is stored.

import { least, most } from '../core/lists.js';
import { type Axis, mapAxes, type PerAxis } from './axis.js';
import { type Interval, positionsOf } from './intervals.js';
import type { PaddingMode } from './padding.js';
import { type Phase, type Phases, phases } from './phases.js';
import { inputPositionsOf, type Window, windowOf } from './window.js';

/**
 * One slice of an axis. Positions are counted four ways: in the input, among the positions that are loaded of it, among those that
 * are staged, and in the output.
 */
export interface Slice {
  /** the phases it covers: all of the axis, or one */
  readonly phases: readonly Phase[];
  /** outputs of each phase in this slice */
  readonly counts: readonly number[];
  /** outputs that are computed for each phase: the largest of `counts`, or more where phases share what they read */
  readonly count: number;
  /** of each phase, how many are computed before the first that is an output of it */
  readonly leads: readonly number[];
  /** it covers all phases of the axis, and their taps meet the same staged positions */
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
  /** of each phase, the staged position that the first output that is computed meets at each tap */
  readonly starts: readonly (readonly number[])[];
}

/** How an axis is cut into slices. */
export interface Cut {
  /** the phases of the axis */
  readonly split: Phases;
  /** a slice covers one phase (of a dilated axis) instead of all (of an upsampled one) */
  readonly separate: boolean;
  /** outputs of a phase in a slice, at most; from 1 on */
  readonly count: number;
}

/** The cut that leaves an axis whole; `separate` splits a dilated axis by its dilation, and gives each phase slices of its own. */
export function uncut(axis: Axis, separate = false): Cut {
  const split = phases(axis, separate ? Math.abs(axis.dilation) : 1);
  return { split, separate, count: most([1, ...split.phases.map(({ count }) => count)]) };
}

/** All slices of an axis. */
export function slicesOf(axis: Axis, cut: Cut, mode: PaddingMode): Slice[] {
  const { split } = cut;
  const together = cut.separate ? split.phases.map((phase) => [phase]) : [split.phases];
  const slices: Slice[] = [];
  for (const covered of together) {
    const total = most(covered.map(({ count }) => count));
    for (let begin = 0; begin < total; begin += cut.count) {
      slices.push(sliceOf(axis, split, covered, begin, Math.min(begin + cut.count, total), mode));
    }
  }
  // the only slice loads the whole axis, so that the axes around it are loaded in one piece with it
  if (slices.length === 1) return [withWholeInput(slices[0], axis.input)];
  return slices;
}

/** The slice of the outputs `begin` to `end` of some phases. */
function sliceOf(
  axis: Axis,
  split: Phases,
  covered: readonly Phase[],
  begin: number,
  end: number,
  mode: PaddingMode,
): Slice {
  const window = windowOf(split, covered, begin, end);
  const counts = covered.map((phase) => Math.max(0, Math.min(end, phase.count) - begin));
  return {
    phases: covered,
    counts,
    count: end - begin,
    leads: covered.map(() => 0),
    alike: covered.length === split.phases.length && allEqual(window.starts),
    starts: window.starts,
    ...outputsOf(split, covered, begin, end, counts, axis),
    ...inputsOf(window, axis.input, mode),
  };
}

type SliceInputs = Pick<Slice, 'loads' | 'loaded' | 'staged' | 'positions'>;

/** What a window needs of an input of a size, and where that is staged. */
function inputsOf(window: Window, size: number, mode: PaddingMode): SliceInputs {
  const { advance, residues, origin, length } = window;
  const first = origin + (residues[0] ?? 0);
  if (advance === 1 && length > 0 && first >= 0 && first + length <= size) {
    return { loads: [{ first, count: length }], loaded: length, staged: length, positions: null };
  }
  const shown = inputPositionsOf(window, size, mode);
  const isNeeded = new Uint8Array(size);
  for (const x of shown) if (x >= 0) isNeeded[x] = 1;
  const loads = intervalsOf(isNeeded);
  const needed = positionsOf(loads);
  const loadedPosition = new Int32Array(size);
  needed.forEach((x, position) => {
    loadedPosition[x] = position;
  });
  const positions = shown.map((x) => (x < 0 ? -1 : loadedPosition[x]));
  return { loads, loaded: needed.length, staged: shown.length, positions };
}

/** The positions that are marked, as intervals. */
function intervalsOf(marks: Uint8Array): Interval[] {
  const intervals: Interval[] = [];
  for (let x = 0; x < marks.length; x++) {
    const first = x;
    while (marks[x]) x++;
    if (x > first) intervals.push({ first, count: x - first });
  }
  return intervals;
}

/**
 * The slice with all phases computed from the same staged position on, where all have equally many and equally spaced taps: then one
 * transformed or packed input serves them all. Each phase computes a few more outputs at both ends; they are ignored. Where taps
 * differ, the slice as it is.
 */
export function withSharedStart(slice: Slice): Slice {
  const first = least(slice.starts.map(([start = 0]) => start));
  const leads = slice.starts.map(([start = 0]) => start - first);
  const starts = slice.starts.map((list, phase) => list.map((start) => start - leads[phase]));
  if (!allEqual(starts)) return slice;
  return { ...slice, leads, alike: true, starts, count: slice.count + most(leads) };
}

function allEqual(starts: Slice['starts']): boolean {
  return starts.every((list) => `${list}` === `${starts[0]}`);
}

/** The outputs `begin` to `end` of some phases, as positions in the output. */
function outputsOf(
  split: Phases,
  covered: readonly Phase[],
  begin: number,
  end: number,
  counts: readonly number[],
  axis: Axis,
): { stores: Interval[]; stored: number } {
  if (covered.length === split.phases.length) {
    const first = split.period * begin;
    const count = Math.min(axis.output, split.period * end) - first;
    return { stores: [{ first, count }], stored: count };
  }
  // one phase by itself: its outputs lie apart
  const [phase] = covered;
  const [stored] = counts;
  const stores = Array.from({ length: stored }, (_, j) => ({
    first: phase.first + split.period * (begin + j),
    count: 1,
  }));
  return { stores, stored };
}

/** The slice, but loading the whole axis. */
function withWholeInput(slice: Slice, input: number): Slice {
  const isWhole = slice.positions === null && slice.loaded === input;
  return {
    ...slice,
    loads: [{ first: 0, count: input }],
    loaded: input,
    positions: isWhole ? null : inputPositions(slice),
  };
}

/** The input position, or -1 for zeros, that each staged position shows; `positions` counts in what is loaded instead. */
export function inputPositions(slice: Slice): Int32Array {
  const loaded = positionsOf(slice.loads);
  return slice.positions ? slice.positions.map((x) => (x < 0 ? -1 : loaded[x])) : loaded;
}

/** The largest of a number of each axis's slices: sizes that suffice for every block. */
export function largest(
  slices: Readonly<PerAxis<readonly Slice[]>>,
  numberOf: (slice: Slice) => number,
): PerAxis {
  return mapAxes(slices, (list) => most(list.map(numberOf)));
}
