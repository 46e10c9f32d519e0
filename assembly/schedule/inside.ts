// inside: sums over existing inputs only. For few inputs beside the taps and outputs, where nearly all other products would meet padding, and
// for weights that are not finite, whose products with zero padding would be NaN.
//
// An item is a piece of one row of outputs, for all filters of one group of one image. Vectors hold neighbouring filters of an output, so even a
// single input that a tap meets fills them; a piece is stored filter by filter when it is complete.

import { InsideTask, Workspace } from '../../src/shared/task';
import { madd } from '../lanes';
import { biasOf, targetOf, weightsOf, windowOf } from './groups';

/** Bytes of the range of a tap along an axis. */
const RANGE: usize = 8;

/** Computes pieces `begin` to `end` (exclusive). */
export function inside(task: InsideTask, workspace: Workspace, begin: i32, end: i32): void {
  const pieces = (task.width + task.piece - 1) / task.piece;
  const rows = task.depth * task.height;
  for (let item = begin; item < end; item++) {
    const row = item / pieces;
    const first = (item - row * pieces) * task.piece;
    const group = row / rows;
    const own = row - group * rows;
    const stop = min(task.width, first + task.piece);
    startPiece(task, workspace, biasOf(task, group), stop - first);
    addTaps(task, workspace, group, own, first, stop);
    const target = targetOf(task, group) + ((<usize>(own * task.width + first)) << 2);
    storePiece(task, workspace, target, stop - first);
  }
}

/** Sets the sums of all outputs of a piece to the bias. */
function startPiece(task: InsideTask, workspace: Workspace, bias: usize, count: i32): void {
  const bytes = (<usize>task.packedFilters) << 2;
  let sums = <usize>workspace.spareRows;
  for (let output = 0; output < count; output++, sums += bytes)
    for (let f: usize = 0; f < bytes; f += 16) v128.store(sums + f, v128.load(bias + f));
}

/** Adds the products of all taps that meet an input in a row, to its outputs from `first` to `stop`. */
function addTaps(task: InsideTask, workspace: Workspace, group: i32, row: i32, first: i32, stop: i32): void {
  const d = row / task.height;
  const h = row - d * task.height;
  const window = windowOf(task, group) + <usize>(d * task.windowDepth + h * task.windowRow);
  const weights = weightsOf(task, group);
  const bytes = (<usize>task.packedFilters) << 2;
  const depths = <usize>task.ranges;
  const heights = depths + <usize>task.depthTaps * RANGE;
  const widths = heights + <usize>task.rowTaps * RANGE;
  for (let depth = 0; depth < task.depthTaps; depth++) {
    if (!isIn(depths + <usize>depth * RANGE, d)) continue;
    for (let height = 0; height < task.rowTaps; height++) {
      if (!isIn(heights + <usize>height * RANGE, h)) continue;
      let tap = (depth * task.rowTaps + height) * task.columnTaps;
      const end = widths + <usize>task.columnTaps * RANGE;
      for (let range = widths; range < end; range += RANGE, tap++) {
        const from = max(first, load<i32>(range));
        const to = min(stop, load<i32>(range, 4));
        if (from >= to) continue;
        const sums = <usize>workspace.spareRows + <usize>(from - first) * bytes;
        addTap(task, tap, window + ((<usize>from) << 2), weights, sums, to - from);
      }
    }
  }
}

/** Whether an output is in the range of a tap. */
// @ts-ignore: decorator
@inline
function isIn(range: usize, output: i32): bool {
  return output >= load<i32>(range) && output < load<i32>(range, 4);
}

/** Adds the products of a tap of all channels to `count` outputs, of which the first is at `sums`, and reads its inputs from `window` on. */
function addTap(task: InsideTask, tap: i32, window: usize, weights: usize, sums: usize, count: i32): void {
  const bytes = (<usize>task.packedFilters) << 2;
  for (let term = tap; term < task.terms; term += task.taps) {
    let from = window + <usize>load<u32>(<usize>task.tapTable + ((<usize>term) << 2));
    const weight = weights + <usize>term * bytes;
    const end = from + ((<usize>count) << 2);
    for (let sum = sums; from < end; from += 4, sum += bytes) {
      const x = v128.load32_splat(from);
      for (let f: usize = 0; f < bytes; f += 16)
        v128.store(sum + f, madd(x, v128.load(weight + f), v128.load(sum + f)));
    }
  }
}

/** Stores the outputs of a piece at `c`, filter by filter. */
function storePiece(task: InsideTask, workspace: Workspace, c: usize, count: i32): void {
  const bytes = (<usize>task.packedFilters) << 2;
  let sums = <usize>workspace.spareRows;
  for (let filter = 0; filter < task.filters; filter++, sums += 4, c += <usize>task.targetFilter)
    for (let output = 0; output < count; output++)
      store<f32>(c + ((<usize>output) << 2), load<f32>(sums + <usize>output * bytes));
}
