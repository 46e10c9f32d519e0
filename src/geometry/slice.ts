// Slice: the part of one axis that a block of work covers, with what it loads, how it is staged and what it stores.

import { least, most } from '../core/lists.js';
import type { Axis } from './axis.js';
import { type Interval, positionsOf } from './intervals.js';
import type { PaddingMode } from './padding.js';
import { type Phase, type Phases, phases } from './phases.js';
import { inputPositionsOf, windowOf } from './window.js';

/** One slice of an axis. */
export interface Slice {
  /** the phases it covers, with their places in the axis's list */
  readonly phases: readonly Phase[];
  /** outputs of each phase in this slice */
  readonly counts: readonly number[];
  /** outputs that are computed for each phase: the most of them, or more where phases share what they read */
  readonly count: number;
  /** the first of these that is an output of the phase */
  readonly leads: readonly number[];
  /** all phases of the axis are here and read the same */
  readonly alike: boolean;
  /** outputs of all phases in this slice, as positions in the output */
  readonly stores: readonly Interval[];
  readonly stored: number;
  /** positions of the input it needs */
  readonly loads: readonly Interval[];
  readonly loaded: number;
  readonly staged: number;
  /** loaded position, or -1 for zeros, of each staged position; null where both are the same and nothing needs a copy */
  readonly positions: Int32Array | null;
  /** staged position of each phase's taps for the first output that is computed */
  readonly starts: readonly (readonly number[])[];
}

/** How an axis is cut into slices. */
export interface Cut {
  /** the phases of the axis */
  readonly split: Phases;
  /** they are taken one by one (a dilated axis) instead of together (an upsampled one) */
  readonly separate: boolean;
  /** outputs of a phase in a slice, at most */
  readonly count: number;
}

/** The cut that leaves an axis whole; `separate` splits a dilated axis by its dilation, and takes phase by phase. */
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
  // only one: load the whole axis, in one piece with the axes around it
  if (slices.length === 1) return [withWholeInput(slices[0], axis.input)];
  return slices;
}

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
  const common = {
    phases: covered,
    counts,
    count: end - begin,
    leads: covered.map(() => 0),
    alike: covered.length === split.phases.length && allEqual(window.starts),
    starts: window.starts,
    ...outputsOf(split, covered, begin, end, counts, axis),
  };

  const first = window.origin + (window.residues[0] ?? 0);
  if (window.advance === 1 && window.length > 0 && first >= 0 && first + window.length <= axis.input) {
    const loads = [{ first, count: window.length }];
    return { ...common, loads, loaded: window.length, staged: window.length, positions: null };
  }

  const positions = inputPositionsOf(window, axis.input, mode);
  const needed = new Uint8Array(axis.input);
  for (const x of positions) if (x >= 0) needed[x] = 1;
  const loads: { first: number; count: number }[] = [];
  const place = new Int32Array(axis.input);
  let loaded = 0;
  for (let x = 0; x < axis.input; x++) {
    if (!needed[x]) continue;
    if (x > 0 && needed[x - 1]) (loads.at(-1) as { count: number }).count++;
    else loads.push({ first: x, count: 1 });
    place[x] = loaded++;
  }
  return {
    ...common,
    loads,
    loaded,
    staged: positions.length,
    positions: positions.map((x) => (x < 0 ? -1 : place[x])),
  };
}

/**
 * The slice with all phases computed from the same staged position on, if their taps are equally many and equally spaced: then one
 * transformed or packed input serves them all. Each phase computes a few more outputs at both ends; they are ignored. Any other
 * slice is returned as it is.
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
  const [phase] = covered as [Phase];
  const stored = counts[0];
  const stores = Array.from({ length: stored }, (_, j) => ({
    first: phase.first + split.period * (begin + j),
    count: 1,
  }));
  return { stores, stored };
}

function withWholeInput(slice: Slice, input: number): Slice {
  const isWhole = slice.positions === null && slice.loaded === input;
  return {
    ...slice,
    loads: [{ first: 0, count: input }],
    loaded: input,
    positions: isWhole ? null : inputPositions(slice),
  };
}

/** The input position, or -1 for zeros, that each staged position shows: `positions`, counted in the input instead of what is loaded. */
export function inputPositions(slice: Slice): Int32Array {
  const loaded = positionsOf(slice.loads);
  return slice.positions ? slice.positions.map((x) => (x < 0 ? -1 : loaded[x])) : loaded;
}
