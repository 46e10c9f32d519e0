// Direct: the convolution row by row, reading the window in place through the tap table.
// For layers with few filters a group, where packing panels would cost more than it saves.

import { Desk, RowsTask, SumTask } from '../../src/shared/task';
import { firstFilter } from '../weights/filter-table';
import { biasOf, targetOf, weightsOf, windowOf } from './groups';
import { correlateInPlace } from './register-tile';
import { sumRow } from './row';

/**
 * Computes the rows `begin` to `end` by register tiles of several filters (an item is one row of outputs of all filters of one
 * group of one image).
 */
export function direct(task: SumTask, _desk: Desk, begin: i32, end: i32): void {
  const rows = task.depth * task.height;
  const width = task.width;
  const terms = task.terms;
  const taps = <usize>task.tapTable;
  const filterTiles = task.filterTiles;
  const targetFilter = <usize>task.targetFilter;

  // Loop over the groups of images, then over their rows of outputs.
  for (let group = begin / rows; begin < end; group++) {
    const window = windowOf(task, group);
    const weights = weightsOf(task, group);
    const bias = biasOf(task, group);
    const first = begin - group * rows;
    const last = min(rows, first + end - begin);
    begin += last - first;
    let target = targetOf(task, group) + ((<usize>(first * width)) << 2);
    let d = first / task.height;
    let h = first - d * task.height;
    for (let row = first; row < last; row++, target += (<usize>width) << 2) {
      const b = window + <usize>(d * task.windowDepth + h * task.windowRow);

      // Loop over the filter tiles, which cover the filters exactly.
      for (let f = 0; f < filterTiles; f++) {
        const filter = firstFilter(task.filterTable, f);
        const filters = firstFilter(task.filterTable, f + 1) - filter;
        const a = weights + ((<usize>terms * filter) << 2);
        const c = target + <usize>filter * targetFilter;
        const start = bias + ((<usize>filter) << 2);

        // Loop along the row; the last tile is moved back to end with it, and computes some outputs twice.
        for (let w = 0; w < width; w += 8) {
          const offset = (<usize>min(w, width - 8)) << 2;
          correlateInPlace(filters, terms, a, b + offset, taps, c + offset, targetFilter, start);
        }
      }
      if (++h == task.height) {
        h = 0;
        d++;
      }
    }
  }
}

/** Computes the same rows one filter at a time, sixteen pixels at once. */
export function directRows(task: RowsTask, _desk: Desk, begin: i32, end: i32): void {
  const rows = task.depth * task.height;
  const width = task.width;
  const terms = task.terms;
  const taps = <usize>task.tapTable;
  const threeTaps = task.threeTaps;
  // Loop over the groups of images, then over their rows of outputs.
  for (let group = begin / rows; begin < end; group++) {
    const window = windowOf(task, group);
    const first = begin - group * rows;
    const last = min(rows, first + end - begin);
    begin += last - first;
    let target = targetOf(task, group) + ((<usize>(first * width)) << 2);
    let d = first / task.height;
    let h = first - d * task.height;
    for (let row = first; row < last; row++, target += (<usize>width) << 2) {
      const b = window + <usize>(d * task.windowDepth + h * task.windowRow);
      let weights = weightsOf(task, group);
      let bias = biasOf(task, group);
      let c = target;
      // Loop over the filters.
      for (let f = 0; f < task.filters; f++) {
        sumRow(threeTaps, terms, weights, taps, bias, b, c, width);
        weights += (<usize>terms) << 2;
        bias += 4;
        c += <usize>task.targetFilter;
      }
      if (++h == task.height) {
        h = 0;
        d++;
      }
    }
  }
}
