// Where the maximum of each window of max pooling lies: its indices, and where gradients go. Pooling and training share it.

import type { AxisWindows } from './recording.js';

/** The windows of an axis as tables. */
export interface WindowTable {
  readonly input: number;
  readonly output: number;
  readonly step: number;
  readonly firsts: Int32Array;
  readonly counts: Int32Array;
}

/** The tables of an axis. */
export function windowTable({ input, output, step, at }: AxisWindows): WindowTable {
  const reaches = Array.from({ length: output }, (_, o) => at(o));
  return {
    ...{ input, output, step },
    firsts: Int32Array.from(reaches, ({ first }) => first),
    counts: Int32Array.from(reaches, ({ count }) => count),
  };
}

/**
 * Finds the maximum of each window of a map, row by row of outputs. As in torch, it is the first of several equal ones, and the last of
 * several NaN.
 * @param axes the tables of depth, height and width
 * @param numbers the inputs of the map
 * @param visit called with the indices of the maxima in the map, -1 for a window without inputs, and the index of the first output; the
 * array is reused
 */
export function eachLargest(
  [depth, height, width]: readonly WindowTable[],
  numbers: Float32Array,
  visit: (places: Int32Array, first: number) => void,
): void {
  const places = new Int32Array(width.output);
  for (let d = 0, first = 0; d < depth.output; d++)
    for (let h = 0; h < height.output; h++, first += width.output) {
      searchRow(numbers, depth, d, height, h, width, places);
      visit(places, first);
    }
}

/** Searches the windows of a row of outputs. The comparison is branch-free arithmetic, because a branch would be unpredictable. */
function searchRow(
  numbers: Float32Array,
  depth: WindowTable,
  d: number,
  height: WindowTable,
  h: number,
  { input, output, step, firsts, counts }: WindowTable,
  places: Int32Array,
): void {
  const [slices, rows] = [depth.counts[d], height.counts[h]];
  places.fill(-1);
  if (slices * rows === 0) return;
  const corner = (depth.firsts[d] * height.input + height.firsts[h]) * input;
  const [nextSlice, nextRow] = [depth.step * height.input * input, height.step * input];
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
    places[w] = place;
  }
}
