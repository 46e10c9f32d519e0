// Where the maximum of each window of max pooling lies: its indices, and where gradients go. Pooling and training share it.

import type { AxisWindows } from './recording.js';

/** The windows of an axis, also as tables. */
export interface WindowTable extends AxisWindows {
  readonly firsts: Int32Array;
  readonly counts: Int32Array;
}

/** The tables of an axis. */
export function windowTable(windows: AxisWindows): WindowTable {
  const reaches = Array.from({ length: windows.output }, (_, o) => windows.at(o));
  return {
    ...windows,
    firsts: Int32Array.from(reaches, ({ first }) => first),
    counts: Int32Array.from(reaches, ({ count }) => count),
  };
}

/** What the windows of a row of outputs have in common. */
interface Row {
  /** the index of the first output */
  readonly first: number;
  /** depths and heights of a window */
  readonly depths: number;
  readonly heights: number;
  /** the index in the map of the first row of inputs, and distances to the next depth and height */
  readonly corner: number;
  readonly nextDepth: number;
  readonly nextHeight: number;
}

/**
 * Finds the maximum of each window of a map. As in torch, it is the first of several equal ones, and the last of several NaN.
 * @param axes the tables of depth, height and width
 * @param numbers the inputs of the map
 * @param places receives the indices of the maxima in the map, -1 for a window without inputs
 */
export function findLargest(
  [depth, height, width]: readonly WindowTable[],
  numbers: Float32Array,
  places: Int32Array,
): void {
  places.fill(-1);
  const nextHeight = height.step * width.input;
  const nextDepth = depth.step * height.input * width.input;
  for (let d = 0, first = 0; d < depth.output; d++)
    for (let h = 0; h < height.output; h++, first += width.output) {
      const corner = (depth.firsts[d] * height.input + height.firsts[h]) * width.input;
      const [depths, heights] = [depth.counts[d], height.counts[h]];
      if (depths * heights > 0)
        searchRow(numbers, { first, depths, heights, corner, nextDepth, nextHeight }, width, places);
    }
}

/** Searches the windows of a row of outputs. The comparison is branch-free arithmetic, because a branch would be unpredictable. */
function searchRow(
  numbers: Float32Array,
  { first, depths, heights, corner, nextDepth, nextHeight }: Row,
  { output, step, firsts, counts }: WindowTable,
  places: Int32Array,
): void {
  for (let w = 0; w < output; w++) {
    const count = counts[w];
    if (count === 0) continue;
    let place = corner + firsts[w];
    let slice = place;
    for (let i = 0; i < depths; i++, slice += nextDepth) {
      let row = slice;
      for (let j = 0; j < heights; j++, row += nextHeight) {
        let at = row;
        for (let k = 0; k < count; k++, at += step) {
          const value = numbers[at];
          const isLarger = +(value > numbers[place]) | +Number.isNaN(value);
          place += (at - place) & -isLarger;
        }
      }
    }
    places[first + w] = place;
  }
}
