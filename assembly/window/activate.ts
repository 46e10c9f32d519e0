// Activate: relu and relu6, which clamp, and leaky relu over the outputs of a block, while they are still in a cache.

import { CHUNK } from '../../src/shared/sizes';
import { ActivateTask, Desk } from '../../src/shared/task';

// @ts-ignore: decorator
@inline
function chunkEnd(task: ActivateTask, end: i32): usize {
  return <usize>task.target + ((<usize>min(end * CHUNK, task.count)) << 2);
}

/** min(max(x, 0), operand) over the chunks `begin` to `end` of `count` outputs at `target`; NaN stays NaN. */
export function clamp(task: ActivateTask, _desk: Desk, begin: i32, end: i32): void {
  const last = chunkEnd(task, end);
  const zero = f32x4.splat(0);
  const most = f32x4.splat(reinterpret<f32>(task.operand));
  let p = <usize>task.target + ((<usize>(begin * CHUNK)) << 2);
  for (; p + 16 <= last; p += 16) v128.store(p, f32x4.pmin(f32x4.pmax(v128.load(p), zero), most));
  // behind the last may be channels of somebody else
  for (; p < last; p += 4) v128.store32_lane(p, f32x4.pmin(f32x4.pmax(v128.load32_splat(p), zero), most), 0);
}

/** x where it is positive, operand x elsewhere, likewise. */
export function leakyRelu(task: ActivateTask, _desk: Desk, begin: i32, end: i32): void {
  const last = chunkEnd(task, end);
  const slope = f32x4.splat(reinterpret<f32>(task.operand));
  let p = <usize>task.target + ((<usize>(begin * CHUNK)) << 2);
  for (; p + 16 <= last; p += 16) v128.store(p, leaky(v128.load(p), slope));
  for (; p < last; p += 4) v128.store32_lane(p, leaky(v128.load32_splat(p), slope), 0);
}

// @ts-ignore: decorator
@inline
function leaky(x: v128, slope: v128): v128 {
  return v128.bitselect(f32x4.mul(slope, x), x, f32x4.lt(x, f32x4.splat(0)));
}
