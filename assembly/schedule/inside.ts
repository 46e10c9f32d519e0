// inside: sums over existing inputs only, for weights that are not finite, whose products with zero padding would be NaN. No vectors: such a
// layer has nothing to compute fast.

import { InsideTask, Workspace } from '../../src/shared/task';
import { biasOf, targetOf, weightsOf, windowOf } from './groups';

/** Computes items `begin` to `end` (exclusive). An item is one row of outputs, for all filters of one group of one image. */
export function inside(task: InsideTask, _workspace: Workspace, begin: i32, end: i32): void {
  const rows = task.depth * task.height;
  for (let item = begin; item < end; item++) {
    const group = item / rows;
    const row = item - group * rows;
    const d = row / task.height;
    const h = row - d * task.height;
    const window = windowOf(task, group) + <usize>(d * task.windowDepth + h * task.windowRow);
    let weight = weightsOf(task, group);
    let bias = biasOf(task, group);
    let c = targetOf(task, group) + ((<usize>(row * task.width)) << 2);
    for (let f = 0; f < task.filters; f++, bias += 4, c += task.targetFilter) {
      for (let w = 0; w < task.width; w++) store<f32>(c + ((<usize>w) << 2), load<f32>(bias));
      for (let term = 0; term < task.terms; term++, weight += 4)
        addTerm(task, term, d, h, load<f32>(weight), window, c);
    }
  }
}

/** Adds a term to those outputs of the row `d`, `h` for which it meets an input. */
function addTerm(task: InsideTask, term: i32, d: i32, h: i32, weight: f32, window: usize, c: usize): void {
  const range = <usize>task.ranges + <usize>((term % task.taps) * 24);
  if (d < load<i32>(range) || h < load<i32>(range, 4)) return;
  if (d >= load<i32>(range, 12) || h >= load<i32>(range, 16)) return;
  const b = window + <usize>load<u32>(<usize>task.tapTable + ((<usize>term) << 2));
  for (let w = load<i32>(range, 8); w < load<i32>(range, 20); w++) {
    const place = (<usize>w) << 2;
    store<f32>(c + place, load<f32>(c + place) + weight * load<f32>(b + place));
  }
}
