// Slice: a stretch of one axis that a block of work covers, with what it loads, how it is staged and what it stores.

import { least, most } from '../core/lists.js';
import type { Axis } from './axis.js';
import { type Interval, positionsOf } from './intervals.js';
import type { PaddingMode } from './padding.js';
import { type Phase, type Phases, phases } from './phases.js';
import { mapOf, windowOf } from './window.js';

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
  readonly map: Int32Array | null;
  /** staged position of each phase's taps for the first output that is computed */
  readonly starts: readonly (readonly number[])[];
}

/** How an axis is cut into slices. */
export interface Cut {
  /** outputs of a phase in a slice, at most */
  readonly count: number;
  /** the phases are taken one by one (a dilated axis) instead of together (an upsampled one) */
  readonly separate: boolean;
}

/** The phases of an axis as a cut wants them: a dilated axis that is taken phase by phase is split by its dilation. */
export function phasesFor(axis: Axis, separate: boolean): Phases {
  return phases(axis, separate ? Math.abs(axis.dilation) : 1);
}

/** All slices of an axis. */
export function slicesOf(axis: Axis, cut: Cut, mode: PaddingMode): Slice[] {
  const split = phasesFor(axis, cut.separate);
  const bands = cut.separate ? split.phases.map((phase) => [phase]) : [split.phases];
  const slices: Slice[] = [];
  for (const band of bands) {
    const total = band.reduce((most, phase) => Math.max(most, phase.count), 0);
    for (let begin = 0; begin < total; begin += cut.count) {
      slices.push(sliceOf(axis, split, band, begin, Math.min(begin + cut.count, total), mode));
    }
  }
  // only one: load the whole axis, in one piece with the axes around it
  if (slices.length === 1) return [withWholeInput(slices[0], axis.input)];
  return slices;
}

function sliceOf(
  axis: Axis,
  split: Phases,
  band: readonly Phase[],
  begin: number,
  end: number,
  mode: PaddingMode,
): Slice {
  const window = windowOf(split, band, begin, end);
  const counts = band.map((phase) => Math.max(0, Math.min(end, phase.count) - begin));
  const common = {
    phases: band,
    counts,
    count: end - begin,
    leads: band.map(() => 0),
    alike: band.length === split.phases.length && allEqual(window.starts),
    starts: window.starts,
    ...outputsOf(split, band, begin, end, counts, axis),
  };

  const first = window.origin + (window.residues[0] ?? 0);
  if (window.advance === 1 && window.stretch > 0 && first >= 0 && first + window.stretch <= axis.input) {
    const loads = [{ first, count: window.stretch }];
    return { ...common, loads, loaded: window.stretch, staged: window.stretch, map: null };
  }

  const map = mapOf(window, axis.input, mode);
  const needed = new Uint8Array(axis.input);
  for (const x of map) if (x >= 0) needed[x] = 1;
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
    staged: map.length,
    map: map.map((x) => (x < 0 ? -1 : place[x])),
  };
}

/**
 * The slice with all its phases computed from the same positions on, if they meet as many taps as far apart: a transform of what
 * they read serves all. What a phase computes before its first output and behind its last one nobody reads.
 */
export function sharing(slice: Slice): Slice {
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
  band: readonly Phase[],
  begin: number,
  end: number,
  counts: readonly number[],
  axis: Axis,
): { stores: Interval[]; stored: number } {
  if (band.length === split.phases.length) {
    const first = split.period * begin;
    const count = Math.min(axis.output, split.period * end) - first;
    return { stores: [{ first, count }], stored: count };
  }
  const [phase] = band as [Phase];
  const stored = counts[0];
  const stores = Array.from({ length: stored }, (_, j) => ({
    first: phase.first + split.period * (begin + j),
    count: 1,
  }));
  return { stores, stored };
}

function withWholeInput(slice: Slice, input: number): Slice {
  const isWhole = slice.map === null && slice.loaded === input;
  return {
    ...slice,
    loads: [{ first: 0, count: input }],
    loaded: input,
    map: isWhole ? null : inputMap(slice),
  };
}

/** The input position, or -1 for zeros, of each staged position: `map` in terms of the input instead of what is loaded of it. */
export function inputMap(slice: Slice): Int32Array {
  const places = positionsOf(slice.loads);
  return slice.map ? slice.map.map((x) => (x < 0 ? -1 : places[x])) : places;
}
