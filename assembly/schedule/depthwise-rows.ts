// Depthwise convolutions row by row. A plane is staged right before it is read, so that it is in the L1 cache; maps of a single long row
// are read in place.

import { ROW_PIXELS, SHORT_ROWS_BYTES } from '../../src/shared/sizes';
import { LongRowTask, StagedRowsTask, StageTask, Workspace } from '../../src/shared/task';
import { row1x16 } from '../kernels/row1x16';
import { sourceOf, stageMap, stageRows } from '../window/stage';
import { filterOf, groupOf, mapTargetOf, windowOf } from './groups';
import { sumRow } from './row';
import { RANGE_BYTES, termsIn } from './row-terms';

/** Bytes of the outputs of a row tile. */
const TILE_BYTES = ROW_PIXELS << 2;

/**
 * Computes items `begin` to `end` (exclusive). An item is one part of one filter of one image: some depths, or some rows if there is only
 * one depth.
 */
export function depthwiseRows(task: StagedRowsTask, workspace: Workspace, begin: i32, end: i32): void {
  const width = task.width;
  const terms = task.terms;
  const taps = <usize>task.tapTable;
  const parts = task.mapParts;
  const isDeep = task.depth > 1;
  const units = isDeep ? task.depth : task.height;
  if (width < ROW_PIXELS) clearBehind(task, workspace);
  let map = begin / parts;
  let part = begin - map * parts;
  let staged = -1;
  // whether the whole plane was staged last
  let isWhole = true;
  for (; begin < end; map++) {
    // consecutive parts of a map are computed together
    const count = min(parts - part, end - begin);
    const first = count == parts ? 0 : (part * units) / parts;
    const last = count == parts ? units : ((part + count) * units) / parts;
    begin += count;
    part = 0;
    const group = groupOf(task, map);
    let plane: usize;
    if (count == parts && isWhole) plane = planeOf(task, workspace, group, staged);
    else plane = partOf(task, workspace, group, first, last);
    isWhole = count == parts;
    staged = group;
    const filter = <usize>filterOf(task, map);
    const weights = <usize>task.weights + ((filter * <usize>terms) << 2);
    const bias = <usize>task.bias + (filter << 2);
    let c = mapTargetOf(task, map) + ((<usize>first * <usize>(isDeep ? task.height * width : width)) << 2);
    const top = isDeep ? 0 : first;
    const bottom = isDeep ? task.height : last;
    const deepest = isDeep ? last : 1;
    // Loop over the rows of outputs.
    for (let d = isDeep ? first : 0; d < deepest; d++) {
      let from = plane + <usize>d * <usize>task.windowDepth + <usize>top * <usize>task.windowRow;
      if (width < ROW_PIXELS) {
        const rows = bottom - top;
        shortRows(task, workspace, weights, bias, from, c, rows);
        c += (<usize>(rows * width)) << 2;
        continue;
      }
      let range = <usize>task.rowTerms;
      if (range != 0) range += <usize>(d * task.height + top) * RANGE_BYTES;
      for (let h = top; h < bottom; h++) {
        if (range == 0) sumRow(terms, weights, taps, bias, from, c, width);
        else {
          const skipped = <usize>load<u32>(range);
          row1x16(termsIn(range), weights + skipped, taps + skipped, bias, from, c, width);
          range += RANGE_BYTES;
        }
        from += <usize>task.windowRow;
        c += (<usize>width) << 2;
      }
    }
  }
}

/**
 * Computes rows of fewer outputs than a tile. As rows of a plane follow one another, several are computed as one long row, together with
 * the sums between them, which are left out when the outputs are copied.
 */
function shortRows(
  task: StagedRowsTask,
  workspace: Workspace,
  weights: usize,
  bias: usize,
  from: usize,
  c: usize,
  rows: i32,
): void {
  const width = task.width;
  const step = task.windowRow;
  const spare = <usize>workspace.spareRows;
  // where a row with the sums behind it exceeds a tile, one row at a time takes fewer tiles
  const atOnce = step > TILE_BYTES ? 1 : (SHORT_ROWS_BYTES - TILE_BYTES) / max(step, 4);
  const lastVector = (<usize>max(0, width - 4)) << 2;
  for (let row = 0; row < rows; row += atOnce) {
    const count = min(atOnce, rows - row);
    const outputs = max(ROW_PIXELS, (((count - 1) * step) >> 2) + width);
    sumRow(task.terms, weights, <usize>task.tapTable, bias, from, spare, outputs);
    from += <usize>(count * step);
    let p = spare;
    for (let i = 0; i < count; i++, p += step, c += (<usize>width) << 2) {
      if (width < 4) {
        for (let w: usize = 0; w < (<usize>width) << 2; w += 4) store<f32>(c + w, load<f32>(p + w));
        continue;
      }
      for (let w: usize = 0; w < lastVector; w += 16) v128.store(c + w, v128.load(p + w));
      v128.store(c + lastVector, v128.load(p + lastVector));
    }
  }
}

/** Writes zeros after the staged plane, where tiles read past its last row: denormals there would be slow to multiply. */
function clearBehind(task: StagedRowsTask, workspace: Workspace): void {
  if (task.stage == 0) return;
  const stage = changetype<StageTask>(<usize>task.stage);
  const bytes = stage.stagedDepths * stage.stagedRows * stage.stagedRow;
  memory.fill(workspace.plane + bytes, 0, TILE_BYTES);
}

/** The plane of a group: in the window, or staged in the workspace unless it is already there. */
// @ts-ignore: decorator
@inline
function planeOf(task: StagedRowsTask, workspace: Workspace, group: i32, staged: i32): usize {
  if (task.stage == 0) return windowOf(task, group);
  const stage = changetype<StageTask>(<usize>task.stage);
  const plane = <usize>workspace.plane;
  // all planes are staged at the same address, so the zeros around them need to be written only once
  if (group != staged) stageMap(stage, sourceOf(stage, group), plane, staged < 0 || stage.zerosStay == 0);
  return plane;
}

/** The plane of a group for outputs `first` to `last` only (depths, or rows if there is only one depth): stages what they read. */
function partOf(task: StagedRowsTask, workspace: Workspace, group: i32, first: i32, last: i32): usize {
  if (task.stage == 0) return windowOf(task, group);
  const stage = changetype<StageTask>(<usize>task.stage);
  const plane = <usize>workspace.plane;
  const from = sourceOf(stage, group);
  const depths = stage.stagedDepths;
  const rows = stage.stagedRows;
  // every output reads equally far from its own position
  if (task.depth > 1) stageRows(stage, from, plane, true, first, last + depths - task.depth, 0, rows);
  else stageRows(stage, from, plane, true, 0, depths, first, last + rows - task.height);
  return plane;
}

/**
 * Computes maps of a single long row in place. Outputs that read padding are summed one by one. An item is one part of a map; the first
 * part includes the outputs that read padding before the row, the last one those that read padding after it.
 */
export function depthwiseLongRows(task: LongRowTask, _workspace: Workspace, begin: i32, end: i32): void {
  const left = task.leftOutputs;
  const middle = task.width - task.rightOutputs;
  const terms = task.terms;
  const taps = <usize>task.tapTable;
  const parts = task.mapParts;
  let map = begin / parts;
  let part = begin - map * parts;
  for (; begin < end; map++) {
    // consecutive parts of a map are computed together
    const count = min(parts - part, end - begin);
    const first = count == parts ? left : left + startOf(part, parts, middle - left);
    const last = part + count == parts ? middle : left + startOf(part + count, parts, middle - left);
    begin += count;
    part = 0;
    const window = windowOf(task, groupOf(task, map));
    const filter = <usize>filterOf(task, map);
    const weights = <usize>task.weights + ((filter * <usize>terms) << 2);
    const bias = <usize>task.bias + (filter << 2);
    const c = mapTargetOf(task, map);
    const from = window + ((<usize>first) << 2);
    sumRow(terms, weights, taps, bias, from, c + ((<usize>first) << 2), last - first);
    // Loop over the outputs that read padding before the row, then over those that read padding after it.
    for (let w = first == left ? 0 : middle; w < (last == middle ? task.width : left); w++) {
      if (w == left) w = middle;
      if (w == task.width) break;
      const place = (<usize>w) << 2;
      store<f32>(c + place, sumInside(task, weights, bias, window + place, window + <usize>task.rowStart));
    }
  }
}

/** The first output of a part, a multiple of sixteen. */
function startOf(part: i32, parts: i32, outputs: i32): i32 {
  return ((part * (outputs >> 4)) / parts) << 4;
}

/** One output at `from`, summed over the taps inside of the row. */
function sumInside(task: LongRowTask, weights: usize, bias: usize, from: usize, row: usize): f32 {
  let sum = load<f32>(bias);
  for (let tap: usize = 0; tap < (<usize>task.terms) << 2; tap += 4) {
    const p = from + <usize>load<u32>(<usize>task.tapTable + tap);
    if (p - row < <usize>task.rowBytes) sum += load<f32>(weights + tap) * load<f32>(p);
  }
  return sum;
}
