// Activate: relu, relu6 and leaky relu over the outputs of a block, while they are still in a cache.

import { PlanRecord } from '../src/record';

/** Elements of an item. */
const CHUNK: i32 = 1024;

// @ts-ignore: decorator
@inline
function chunkEnd(plan: PlanRecord, end: i32): usize {
  return <usize>plan.target + (<usize>min(end * CHUNK, plan.width) << 2);
}

/** max(x, 0) over the chunks `begin` to `end` of `width` outputs at `target`; NaN stays NaN. May write a vector past the last. */
export function relu(plan: PlanRecord, begin: i32, end: i32): void {
  const last = chunkEnd(plan, end);
  const zero = f32x4.splat(0);
  for (let p = <usize>plan.target + (<usize>(begin * CHUNK) << 2); p < last; p += 16) {
    v128.store(p, f32x4.pmax(v128.load(p), zero));
  }
}

/** min(max(x, 0), 6), likewise. */
export function relu6(plan: PlanRecord, begin: i32, end: i32): void {
  const last = chunkEnd(plan, end);
  const zero = f32x4.splat(0);
  const six = f32x4.splat(6);
  for (let p = <usize>plan.target + (<usize>(begin * CHUNK) << 2); p < last; p += 16) {
    v128.store(p, f32x4.pmin(f32x4.pmax(v128.load(p), zero), six));
  }
}

/** x where it is positive, slope x elsewhere, likewise. */
export function leakyRelu(plan: PlanRecord, begin: i32, end: i32): void {
  const last = chunkEnd(plan, end);
  const zero = f32x4.splat(0);
  const slope = f32x4.splat(reinterpret<f32>(plan.slope));
  for (let p = <usize>plan.target + (<usize>(begin * CHUNK) << 2); p < last; p += 16) {
    const x = v128.load(p);
    v128.store(p, v128.bitselect(f32x4.mul(slope, x), x, f32x4.lt(x, zero)));
  }
}
