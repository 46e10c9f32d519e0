// Groups of taps that are contiguous both in a staged signal and in a staged kernel, line by line.

import { extentOf } from './parts.js';

/** The taps of an axis, for outputs `stride` positions apart. */
export interface TapLine {
  readonly stride: number;
  readonly count: number;
  readonly taps: number;
  /** distance between elements of the staged axis, in numbers */
  readonly pitch: number;
}

/** An entry of the table of assembly/signal/rows.ts. Distances are in numbers. */
export type Group = readonly [lines: number, taps: number, signal: number, weights: number];

/** The groups of a kernel, for its axes from outermost to innermost. The last two axes become the lines and taps of groups. */
export function groupsOf(axes: readonly TapLine[]): Group[] {
  const last = axes.length - 1;
  const rows = splitOf(axes[last]);
  if (last === 0) return rows.map(({ taps, signal, before }) => [1, taps, signal, before]);
  // for each position of the outer taps, the offsets of its signal and its weights
  let outer = [{ signal: 0, weights: 0 }];
  for (const axis of axes.slice(0, -2))
    outer = outer.flatMap(({ signal, weights }) =>
      splitOf(axis).flatMap((phase) =>
        Array.from({ length: phase.taps }, (_, tap) => ({
          signal: signal + phase.signal + tap * axis.pitch,
          weights: weights * axis.taps + phase.before + tap,
        })),
      ),
    );
  const lines = axes[last - 1];
  const groups: Group[] = [];
  for (const { signal, weights } of outer)
    for (const line of splitOf(lines))
      for (const row of rows)
        groups.push([
          line.taps,
          row.taps,
          signal + line.signal + row.signal,
          (weights * lines.taps + line.before) * axes[last].taps + row.before,
        ]);
  return groups;
}

/** The phases of an axis: the number of taps of each, its offset in the staged line, and the number of preceding taps. */
function splitOf({ stride, count, taps, pitch }: TapLine) {
  const length = Math.ceil(extentOf(stride, count, taps) / stride);
  const phases: { taps: number; signal: number; before: number }[] = [];
  let before = 0;
  for (let phase = 0; phase < Math.min(stride, taps); phase++) {
    const own = Math.ceil((taps - phase) / stride);
    phases.push({ taps: own, signal: pitch * phase * length, before });
    before += own;
  }
  return phases;
}
