// Finds windows of equal numbers in one pass per axis. Pages of text and screenshots have many of them.

import { product } from '../../core/lists.js';
import type { Samples } from '../../sums/samples.js';
import { boxOf } from '../positions.js';

/** For each window of the map, 1 if each channel's numbers are all equal. */
export function flatWindows({ data, shape }: Samples, template: readonly number[]): Uint8Array {
  const [channels, ...sizes] = shape;
  const windows = template.slice(1);
  const plane = product(sizes);
  const map = sizes.map((size, axis) => size - windows[axis] + 1);
  const result = new Uint8Array(product(map)).fill(1);
  const corners = boxOf(sizes, map);
  for (let channel = 0; channel < channels; channel++) {
    const begin = channel * plane;
    // whether the part of a window that begins here is flat, for one more axis in each pass
    const flat = new Uint8Array(plane).fill(1);
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const step = product(sizes.slice(axis + 1));
      const [size, length] = [sizes[axis], windows[axis]];
      for (let outer = 0; outer < plane; outer += size * step)
        for (let inner = 0; inner < step; inner++) {
          // from the end: how many consecutive elements are flat and equal to the first
          let run = 0;
          for (let i = size - 1, at = outer + inner + i * step; i >= 0; i--, at -= step) {
            if (flat[at] === 0) run = 0;
            else run = run > 0 && data[begin + at] === data[begin + at + step] ? run + 1 : 1;
            flat[at] = run >= length ? 1 : 0;
          }
        }
    }
    for (let i = 0; i < result.length; i++) result[i] &= flat[corners[i]];
  }
  return result;
}
