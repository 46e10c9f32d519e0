// Direct: the convolution row by row, reading the staged window in place through the tap table.
// For layers with few filters a group, where packing panels would cost more than it saves.

import { PlanRecord } from '../src/shared/record';
import { alongRow } from './kernels/along-row';
import { correlateInPlace, tileRow } from './tiles';

/** Computes the rows `begin` to `end` (an item is one row of outputs of all filters of one group of one image). */
export function direct(plan: PlanRecord, begin: i32, end: i32): void {
  const rows = plan.depth * plan.height;
  const width = plan.width;
  const filterTiles = plan.filterTiles;
  const rowBytes = <usize>plan.targetFilter;

  // Loop over the rows of outputs.
  for (let item = begin; item < end; item++) {
    const map = item / rows;
    const line = item - map * rows;
    const group = map % plan.groups;
    const d = line / plan.height;
    const h = line - d * plan.height;
    const b =
      <usize>plan.staged +
      <usize>map * <usize>plan.channels * <usize>plan.stagedChannel +
      <usize>d * <usize>plan.stagedDepth +
      <usize>h * <usize>plan.stagedRow;
    const target =
      <usize>plan.target + <usize>map * <usize>plan.filters * rowBytes + ((<usize>line * width) << 2);
    const weights = <usize>plan.weights + ((<usize>group * plan.packedRows * plan.terms) << 2);
    const bias = <usize>plan.bias + ((<usize>group * plan.packedRows) << 2);

    // Loop over the filter tiles, which cover the filters exactly.
    for (let f = 0; f < filterTiles; f++) {
      const row = tileRow(plan, f);
      const a = weights + ((<usize>plan.terms * row) << 2);
      const c = target + <usize>row * rowBytes;
      const rows = tileRow(plan, f + 1) - row;
      const start = bias + ((<usize>row) << 2);
      if (rows == 1) {
        alongRow(plan.terms, a, plan.tapTable, start, b, c, width);
        continue;
      }

      // Loop along the row; the last tile is moved back to end with it, and computes some outputs twice.
      for (let w = 0; w < width; w += 8) {
        const offset = (<usize>min(w, width - 8)) << 2;
        correlateInPlace(rows, plan.terms, a, b + offset, plan.tapTable, c + offset, rowBytes, start);
      }
    }
  }
}
