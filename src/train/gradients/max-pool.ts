// The gradient of max pooling: each output gradient goes to the maximum of its window. Sums are in float64 and rounded once.

import type { AxisWindows } from '../../layers/recording.js';
import { type Table, tableOf } from './windows.js';

/**
 * The gradient of max pooling. As in torch, it goes to the first of several equal maxima, and to the last of several NaN.
 * @param x the inputs, map by map
 * @param from the gradients of the outputs
 * @param to receives the gradients of the inputs; overwritten
 */
export function spreadToLargest(
  axes: readonly AxisWindows[],
  maps: number,
  x: Float32Array,
  from: Float32Array,
  to: Float32Array,
): void {
  const [depth, height, width] = axes.map(tableOf);
  const size = depth.input * height.input * width.input;
  const [nextSlice, nextRow] = [depth.step * height.input * width.input, height.step * width.input];
  const sums = new Float64Array(size);
  let first = 0;
  for (let map = 0; map < maps; map++) {
    const numbers = x.subarray(map * size, (map + 1) * size);
    sums.fill(0);
    for (let d = 0; d < depth.output; d++)
      for (let h = 0; h < height.output; h++, first += width.output) {
        const [slices, rows] = [depth.counts[d], height.counts[h]];
        if (slices * rows === 0) continue;
        const corner = (depth.firsts[d] * height.input + height.firsts[h]) * width.input;
        spreadRow({ first, corner, slices, rows, nextSlice, nextRow }, width, numbers, from, sums);
      }
    to.set(sums, map * size);
  }
}

/** A row of outputs: the index of the first one, and what their windows have in common. */
interface OutputRow {
  readonly first: number;
  /** the first input of the windows, apart from their position along the row */
  readonly corner: number;
  readonly slices: number;
  readonly rows: number;
  /** the distance of slices and rows of a window */
  readonly nextSlice: number;
  readonly nextRow: number;
}

/** Processes a row of outputs. The comparison is branch-free arithmetic, because a branch would be unpredictable. */
function spreadRow(
  { first, corner, slices, rows, nextSlice, nextRow }: OutputRow,
  { output, step, firsts, counts }: Table,
  numbers: Float32Array,
  from: Float32Array,
  sums: Float64Array,
): void {
  for (let w = 0; w < output; w++) {
    const count = counts[w];
    if (count === 0) continue;
    let place = corner + firsts[w];
    let slice = place;
    for (let i = 0; i < slices; i++, slice += nextSlice) {
      let row = slice;
      for (let j = 0; j < rows; j++, row += nextRow) {
        let at = row;
        for (let k = 0; k < count; k++, at += step) {
          const value = numbers[at];
          const isLarger = +(value > numbers[place]) | +Number.isNaN(value);
          place += (at - place) & -isLarger;
        }
      }
    }
    sums[place] += from[first + w];
  }
}
