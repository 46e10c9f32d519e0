// Staging: copies the window of the input that a block reads, with padding, and with rows split by the stride.

import { StageTask } from '../../src/shared/task';
import { quotient } from './quotient';

/** Bytes of an entry of the table of runs. */
export const RUN_BYTES: usize = 20;

/** Bytes of a row below which a plane whose rows begin with zeros is zeroed as a whole before it is copied to. */
const SHORT_ROW: usize = 32 << 2;

/** The address of a map's input. Must not be inlined into stageMap: V8 11.3 would repeat the division for every run of every row. */
export function sourceOf(task: StageTask, map: i32): usize {
  const group = quotient(map, task.channels);
  const image = quotient(group, task.groups);
  return (
    <usize>task.source +
    <usize>image * <usize>task.sourceImage +
    <usize>(group - image * task.groups) * <usize>task.sourceGroup +
    <usize>(map - group * task.channels) * <usize>task.sourceChannel
  );
}

/** Stages the map at `from` to `to`. Writes the zeros around it only if `padding` is set. */
export function stageMap(task: StageTask, from: usize, to: usize, padding: bool): void {
  stageRows(task, from, to, padding, 0, task.stagedDepths, 0, task.stagedRows);
}

/** Stages a range of depths and rows of a map, at the positions that they have in the whole staged map. */
export function stageRows(
  task: StageTask,
  from: usize,
  to: usize,
  padding: bool,
  firstDepth: i32,
  lastDepth: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  const runs = <usize>task.runs;
  const runEnd = runs + <usize>task.runCount * RUN_BYTES;
  const sourceRow = task.sourceRow;
  const stagedRow = <usize>task.stagedRow;
  const rowTable = <usize>task.rowTable + ((<usize>firstRow) << 2);
  const rowEnd = <usize>task.rowTable + ((<usize>lastRow) << 2);
  const depthEnd = <usize>task.depthTable + ((<usize>lastDepth) << 2);
  const plane = <usize>task.stagedRows * stagedRow;
  const bytes = <usize>(lastRow - firstRow) * stagedRow;
  to += <usize>firstDepth * plane + <usize>firstRow * stagedRow;

  // Loop over the depths, the runs of a row, and the rows: what a run is is asked once for all rows: 1.65 for maps of 8x8 to 16x16.
  for (let d = <usize>task.depthTable + ((<usize>firstDepth) << 2); d < depthEnd; d += 4, to += plane) {
    const depth = load<i32>(d);
    // Zeros first. They may extend beyond their place, into what is then copied.
    const isWhole = depth < 0 || (stagedRow < SHORT_ROW && load<i32>(runs, 4) == -1);
    if (padding && isWhole) zeros(to, <i32>(bytes >> 2));
    else if (padding) {
      for (let r = rowTable, at = to; r < rowEnd; r += 4, at += stagedRow)
        if (load<i32>(r) < 0) zeros(at, task.stagedRow >> 2);
      for (let run = runs; run < runEnd; run += RUN_BYTES) {
        if (load<i32>(run, 4) != -1) continue;
        const at = to + load<u32>(run);
        for (let row: usize = 0; row < bytes; row += stagedRow) zeros(at + row, load<i32>(run, 8));
      }
    }
    if (depth < 0) continue;
    const first = from + <usize>(depth * task.sourceDepth);
    for (let run = runs; run < runEnd; run += RUN_BYTES) {
      const begin = load<i32>(run, 4);
      // not a test of the sign: in a row of 2 GiB or more an offset is negative too
      if (begin == -1) continue;
      const count = load<i32>(run, 8);
      const step = load<i32>(run, 12);
      const repeat = load<i32>(run, 16);
      const isVectors = step == 1 && repeat == 1 && count >= 4;
      for (let r = rowTable, at = to + load<u32>(run); r < rowEnd; r += 4, at += stagedRow) {
        const row = load<i32>(r);
        if (row < 0) continue;
        const line = first + <usize>(row * sourceRow + begin);
        if (isVectors) copy(at, line, count);
        else if (repeat == 0) copyPairs(at, at + <usize>step - load<u32>(run), line, count);
        else if (repeat > 1) copyRepeated(at, line, count, step, repeat);
        else copySteps(at, line, count, step);
      }
    }
  }
}

/** Writes `count` zeros, and up to three more. */
// @ts-ignore: decorator
@inline
function zeros(to: usize, count: i32): void {
  const zero = f32x4.splat(0);
  for (const end = to + ((<usize>count) << 2); to < end; to += 16) v128.store(to, zero);
}

/** Copies `count` contiguous elements, at least four. */
// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, count: i32): void {
  // the last vector is shifted back to end with the run
  const last = (<usize>(count - 4)) << 2;
  for (let i: usize = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i));
  v128.store(to + last, v128.load(from + last));
}

/** Copies `count` elements with a stride of `step` elements to contiguous memory. */
// @ts-ignore: decorator
@inline
function copySteps(to: usize, from: usize, count: i32, step: i32): void {
  const stride = <usize>(step << 2);
  if (count < 4) {
    for (const end = to + ((<usize>count) << 2); to < end; to += 4, from += stride)
      store<f32>(to, load<f32>(from));
    return;
  }
  // the last vector is shifted back to end with the run
  const rest = <usize>(count - 4);
  const last = to + (rest << 2);
  const back = from + rest * stride;
  for (; to < last; to += 16, from += stride << 2) v128.store(to, gather(from, stride));
  v128.store(last, gather(back, stride));
}

/** Four elements that are `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function gather(from: usize, stride: usize): v128 {
  const one = v128.load32_zero(from);
  const two = v128.load32_lane(from + stride, one, 1);
  const three = v128.load32_lane(from + 2 * stride, two, 2);
  return v128.load32_lane(from + 3 * stride, three, 3);
}

/**
 * Deinterleaves `count` pairs, at least four: the first elements to `first`, the second ones to `second`. If both are equal, only the first
 * elements are kept. Reads up to one element past the end.
 */
// @ts-ignore: decorator
@inline
function copyPairs(first: usize, second: usize, from: usize, count: i32): void {
  // the last four are shifted back to end with the run
  const last = (<usize>(count - 4)) << 2;
  for (let i: usize = 0; ; i = min(i + 16, last)) {
    const a = v128.load(from + (i << 1));
    const b = v128.load(from + (i << 1), 16);
    v128.store(second + i, v128.shuffle<f32>(a, b, 1, 3, 5, 7));
    v128.store(first + i, v128.shuffle<f32>(a, b, 0, 2, 4, 6));
    if (i == last) break;
  }
}

/** Copies elements with a stride of `step` elements, each `repeat` times, to `count` contiguous elements. */
function copyRepeated(to: usize, from: usize, count: i32, step: i32, repeat: i32): void {
  const end = to + ((<usize>count) << 2);
  if (repeat == 2 && step == 1) {
    // 0 1 2 3 -> 0 0 1 1 | 2 2 3 3
    for (; to + 32 <= end; to += 32, from += 16) {
      const x = v128.load(from);
      v128.store(to, v128.shuffle<f32>(x, x, 0, 0, 1, 1));
      v128.store(to, v128.shuffle<f32>(x, x, 2, 2, 3, 3), 16);
    }
  }
  for (; to < end; from += step << 2) {
    const x = load<f32>(from);
    for (const next = min(to + ((<usize>repeat) << 2), end); to < next; to += 4) store<f32>(to, x);
  }
}
