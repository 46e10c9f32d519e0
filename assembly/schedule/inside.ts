// inside: sums over existing inputs only, for weights that are not finite, whose products with zero padding would be NaN.

import { InsideTask, Workspace } from '../../src/shared/task';
import { inside4x8 } from '../kernels/inside4x8';
import { biasOf, targetOf, weightsOf, windowOf } from './groups';

/** Computes items `begin` to `end` (exclusive). An item is one row of outputs, for all filters of one group of one image. */
export function inside(task: InsideTask, workspace: Workspace, begin: i32, end: i32): void {
  const rows = task.depth * task.height;
  const terms = <usize>workspace.termList;
  const tile = <usize>workspace.spareTile;
  for (let item = begin; item < end; item++) {
    const group = item / rows;
    const row = item - group * rows;
    const d = row / task.height;
    const h = row - d * task.height;
    const window = windowOf(task, group) + <usize>(d * task.windowDepth + h * task.windowRow);
    const weights = weightsOf(task, group);
    const bias = biasOf(task, group);
    const target = targetOf(task, group) + ((<usize>(row * task.width)) << 2);
    const lastTerm = listTerms(task, d, h, terms);
    // Loop over the tiles of four filters, then along the row. Only the part of a tile that is inside of the output is copied.
    for (let f = 0; f < task.filters; f += 4) {
      const a = weights + ((<usize>f * <usize>task.terms) << 2);
      const start = bias + ((<usize>f) << 2);
      for (let w = 0; w < task.width; w += 8) {
        const place = (<usize>w) << 2;
        inside4x8(terms, lastTerm, a, w, start, window + place, tile);
        const bytes = (<usize>min(8, task.width - w)) << 2;
        for (let i = 0; i < min(4, task.filters - f); i++) {
          const c = target + <usize>(f + i) * <usize>task.targetFilter + place;
          memory.copy(c, tile + ((<usize>i) << 5), bytes);
        }
      }
    }
  }
}

/** Lists the terms that read an existing row of inputs for the row of outputs `d`, `h`. Returns the end of the list. */
function listTerms(task: InsideTask, d: i32, h: i32, to: usize): usize {
  for (let term = 0; term < task.terms; term++) {
    const range = <usize>task.ranges + <usize>((term % task.taps) * 24);
    if (d < load<i32>(range) || h < load<i32>(range, 4)) continue;
    if (d >= load<i32>(range, 12) || h >= load<i32>(range, 16)) continue;
    store<i32>(to, load<i32>(<usize>task.tapTable + ((<usize>term) << 2)));
    store<i32>(to, term << 4, 4);
    store<i32>(to, load<i32>(range, 8), 8);
    store<i32>(to, load<i32>(range, 20), 12);
    to += 16;
  }
  return to;
}
