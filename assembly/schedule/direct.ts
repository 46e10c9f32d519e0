// Direct: the convolution row by row, reading the window in place through the tap table.
// For layers with few filters a group, where packing panels would cost more than it saves.

import { Desk, RowsTask, SumTask } from '../../src/shared/task';
import { firstFilter } from '../weights/filter-table';
import { targetOf, windowOf } from './maps';
import { correlateInPlace } from './register-tile';
import { sumRow } from './row';

/**
 * Computes the rows `begin` to `end` by register tiles of several filters (an item is one row of outputs of all filters of one
 * group of one image).
 */
export function direct(task: SumTask, _desk: Desk, begin: i32, end: i32): void {
  const rows = task.depth * task.height;
  const width = task.width;
  const filterTiles = task.filterTiles;
  const targetFilter = <usize>task.targetFilter;

  // Loop over the rows of outputs.
  for (let item = begin; item < end; item++) {
    const map = item / rows;
    const row = item - map * rows;
    const group = map % task.groups;
    const b = inputRow(task, map, row);
    const target = targetOf(task, map) + ((<usize>row * width) << 2);
    const weights = <usize>task.weights + ((<usize>group * task.packedFilters * task.terms) << 2);
    const bias = <usize>task.bias + ((<usize>group * task.packedFilters) << 2);

    // Loop over the filter tiles, which cover the filters exactly.
    for (let f = 0; f < filterTiles; f++) {
      const first = firstFilter(task.filterTable, f);
      const filters = firstFilter(task.filterTable, f + 1) - first;
      const a = weights + ((<usize>task.terms * first) << 2);
      const c = target + <usize>first * targetFilter;
      const start = bias + ((<usize>first) << 2);

      // Loop along the row; the last tile is moved back to end with it, and computes some outputs twice.
      for (let w = 0; w < width; w += 8) {
        const offset = (<usize>min(w, width - 8)) << 2;
        correlateInPlace(filters, task.terms, a, b + offset, task.tapTable, c + offset, targetFilter, start);
      }
    }
  }
}

/** Computes the same rows one filter at a time, sixteen pixels at once. */
export function directRows(task: RowsTask, _desk: Desk, begin: i32, end: i32): void {
  const rows = task.depth * task.height;
  // Loop over the rows of outputs, then over the filters.
  for (let item = begin; item < end; item++) {
    const map = item / rows;
    const row = item - map * rows;
    const group = map % task.groups;
    const b = inputRow(task, map, row);
    let c = targetOf(task, map) + ((<usize>row * task.width) << 2);
    let filter = group * task.filters;
    for (const last = filter + task.filters; filter < last; filter++, c += <usize>task.targetFilter) {
      sumRow(task, filter, b, c, task.width);
    }
  }
}

/** What the first output of a row reads at tap 0. */
// @ts-ignore: decorator
@inline
function inputRow(task: SumTask, map: i32, row: i32): usize {
  const d = row / task.height;
  const h = row - d * task.height;
  return windowOf(task, map) + <usize>d * <usize>task.windowDepth + <usize>h * <usize>task.windowRow;
}
