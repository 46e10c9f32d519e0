// Tap table: the offsets of a set's taps in a window, and the outputs for which taps meet inputs.

import { FLOAT_BYTES } from '../core/bytes.js';
import { combinations } from '../core/lists.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import type { Interval } from '../geometry/intervals.js';
import { elementsOf } from '../geometry/runs.js';
import { type Slice, startsIn } from '../geometry/slice.js';
import type { Plan } from '../plan/plan.js';
import type { TapSet } from '../plan/tap-sets.js';
import { alongKernels, inKernels, SINGLE_TAPS } from '../plan/transform-kernels.js';
import type { Layout } from './layout.js';

/**
 * The byte offset in the window of a group of each tap of each term, channels outermost.
 * @param indices the phases of the outputs along each axis
 */
export function tapOffsets(
  { convolution, tile }: Plan,
  slices: Readonly<PerAxis<Slice>>,
  window: Layout,
  { taps }: TapSet,
  indices: PerAxis,
): Int32Array {
  const { channels } = convolution;
  const table = new Int32Array(channels * taps);
  if (table.length === 0) return table;
  const order = tile ?? SINGLE_TAPS;
  const strides = [window.depth, window.row, window.column];
  const lists = mapAxes(slices, (slice, axis) => {
    const starts = Float64Array.from(startsIn(slice, indices[axis]));
    return alongKernels(
      starts.map((start) => start * strides[axis]),
      order.kernels[axis],
      (tile?.gaps[axis] ?? 1) * strides[axis],
    );
  });
  const offsets = inKernels(lists, order);
  for (let channel = 0; channel < channels; channel++)
    for (let tap = 0; tap < taps; tap++) table[channel * taps + tap] = channel * window.map + offsets[tap];
  return table;
}

/** For each tap along each axis, the outputs for which it meets an input: the first one and the end. */
export function tapRanges(slices: Readonly<PerAxis<Slice>>, { taps }: TapSet, indices: PerAxis): number[] {
  if (taps === 0) return [];
  return slices.flatMap((slice, axis) =>
    [...startsIn(slice, indices[axis])].flatMap((start) => {
      const { first, count } = insideOf(slice, start, slice.count);
      return [first, first + count];
    }),
  );
}

/** Rows of outputs of a map whose terms are listed, at most: blocks with longer tables would be built anew in every call. */
const MOST_LISTED_ROWS = 1 << 15;

/** Whether a variant with StagedRowsTask lists the terms of each row of outputs. Rows shorter than a tile are computed together. */
export function listsRowTerms({ axes: [depth, height], variant }: Pick<Plan, 'axes' | 'variant'>): boolean {
  return depth.output * height.output <= MOST_LISTED_ROWS && !variant.workspace.spareRows;
}

/**
 * For each row of outputs of a convolution of one channel, the terms that don't meet rows of zeros: the byte offsets of the first and of the
 * end.
 */
export function rowTerms(
  slices: Readonly<PerAxis<Slice>>,
  { along: [, high, wide] }: TapSet,
  indices: PerAxis,
): number[] {
  const [depths, heights] = slices.slice(0, 2).map((slice, axis) => {
    const starts = [...startsIn(slice, indices[axis])];
    const rows = slice.runs && elementsOf(slice.runs);
    return Array.from({ length: slice.count }, (_, output) => {
      const met = starts.map((start) => !rows || rows[start + output] >= 0);
      return [Math.max(0, met.indexOf(true)), met.lastIndexOf(true)];
    });
  });
  // a tap of the depth and one of the height have a row of taps
  const offset = (depth: number, height: number) => FLOAT_BYTES * wide * (depth * high + height);
  return combinations([depths, heights]).flatMap(([[depth, lastDepth], [height, lastHeight]]) => [
    offset(depth, height),
    offset(lastDepth, lastHeight + 1),
  ]);
}

/**
 * The outputs of a slice for which a tap meets an input. They are an interval, for the inputs are.
 * @param start the staged position that the first output meets
 * @param count how many outputs, or positions from `start` on
 */
export function insideOf({ runs }: Slice, start: number, count: number): Interval {
  if (!runs) return { first: 0, count };
  let first = 0;
  let met = 0;
  for (const run of runs) {
    const begin = Math.max(0, run.to - start);
    const end = Math.min(count, run.to - start + run.count);
    if (run.from < 0 || begin >= end) continue;
    if (met === 0) first = begin;
    met += end - begin;
  }
  return { first, count: met };
}
