// Depthwise rows: convolutions of one channel, row by row. A plane is staged right before it is read, while it is in the
// first-level cache; maps that are one long row are read as they are.

import { Desk, LongRowTask, StagedRowsTask, StageTask } from '../../src/shared/task';
import { vectors1x16 } from '../kernels/vectors1x16';
import { stageMap } from '../window/stage';
import { targetOf, windowOf } from './maps';
import { sumRow } from './row';

/** Computes the maps `begin` to `end` of rows of sixteen outputs or more (an item is one filter of one image). */
export function depthwiseRows(task: StagedRowsTask, desk: Desk, begin: i32, end: i32): void {
  let staged = -1;
  for (let item = begin; item < end; item++) {
    const map = item / task.filters;
    const plane = planeOf(task, desk, map, staged);
    staged = map;
    const filter = item % (task.groups * task.filters);
    let c = targetOf(task, map) + <usize>(item - map * task.filters) * <usize>task.targetFilter;
    // Loop over the rows of outputs.
    for (let d = 0; d < task.depth; d++) {
      let from = plane + <usize>d * <usize>task.windowDepth;
      for (let h = 0; h < task.height; h++, from += <usize>task.windowRow, c += (<usize>task.width) << 2) {
        sumRow(task, filter, from, c, task.width);
      }
    }
  }
}

/**
 * Computes the same maps of rows shorter than sixteen, but of four outputs at least: the vectors of all rows in order, four at a
 * time. The last vector of a row is moved back to end with it.
 */
export function depthwiseVectors(task: StagedRowsTask, desk: Desk, begin: i32, end: i32): void {
  const last = (<usize>(task.width - 4)) << 2;
  const rows = task.depth * task.height;
  const places = <usize>desk.places;
  let staged = -1;
  for (let item = begin; item < end; item++) {
    const map = item / task.filters;
    const plane = planeOf(task, desk, map, staged);
    staged = map;
    const filter = item % (task.groups * task.filters);
    const weights = <usize>task.weights + ((<usize>filter * <usize>task.terms) << 2);
    const bias = <usize>task.bias + ((<usize>filter) << 2);
    let c = targetOf(task, map) + <usize>(item - map * task.filters) * <usize>task.targetFilter;
    let place = places;
    // Loop over the rows of outputs, along each over its vectors.
    for (let row = 0; row < rows; row++, c += last + 16) {
      const d = row / task.height;
      const from =
        plane + <usize>d * <usize>task.windowDepth + <usize>(row - d * task.height) * <usize>task.windowRow;
      let w: usize = 0;
      while (true) {
        // the last call repeats its last vector
        const final = w == last && row == rows - 1;
        do {
          store<usize>(place, from + w);
          store<usize>(place, c + w, 4);
          place += 8;
        } while (final && place < places + 32);
        if (place == places + 32) {
          place = places;
          vectors1x16(task.terms, weights, <usize>task.tapTable, bias, places);
        }
        if (w == last) break;
        w = min(w + 16, last);
      }
    }
  }
}

/** Where the plane of a map is read: in the window, or on the desk, where it is staged unless it was the last one there. */
// @ts-ignore: decorator
@inline
function planeOf(task: StagedRowsTask, desk: Desk, map: i32, staged: i32): usize {
  if (task.stage == 0) return windowOf(task, map);
  const stage = changetype<StageTask>(<usize>task.stage);
  // all planes lie in one place; the zeros around them stay
  if (map != staged) stageMap(stage, map, <usize>desk.plane, staged < 0 || stage.zerosStay == 0);
  return <usize>desk.plane;
}

/** Computes maps of one long row as they are; outputs that read zeros beside it are summed one by one. */
export function depthwiseLongRows(task: LongRowTask, _desk: Desk, begin: i32, end: i32): void {
  const left = task.leftOutputs;
  const middle = task.width - task.rightOutputs;
  for (let item = begin; item < end; item++) {
    const map = item / task.filters;
    const filter = item % (task.groups * task.filters);
    const window = windowOf(task, map);
    const row = window + <usize>task.rowStart;
    const c = targetOf(task, map) + <usize>(item - map * task.filters) * <usize>task.targetFilter;
    sumRow(task, filter, window + ((<usize>left) << 2), c + ((<usize>left) << 2), middle - left);
    // Loop over the outputs before the middle, then over those behind it.
    for (let w = 0; w < task.width; w++) {
      if (w == left) w = middle;
      if (w == task.width) break;
      store<f32>(c + ((<usize>w) << 2), sumInside(task, filter, window + ((<usize>w) << 2), row));
    }
  }
}

/** The sum of one output, whose taps outside of the row meet zeros. */
function sumInside(task: LongRowTask, filter: i32, from: usize, row: usize): f32 {
  const weights = <usize>task.weights + ((<usize>filter * <usize>task.terms) << 2);
  let sum = load<f32>(<usize>task.bias + ((<usize>filter) << 2));
  for (let tap: usize = 0; tap < (<usize>task.terms) << 2; tap += 4) {
    const p = from + <usize>load<u32>(<usize>task.tapTable + tap);
    if (p - row < <usize>task.rowBytes) sum += load<f32>(weights + tap) * load<f32>(p);
  }
  return sum;
}
