// maskAndSum: the gradient of an activation and of the bias, in one pass over memory. Sums are in float64, in a deterministic order.

import { MaskTask } from '../../src/shared/gradient-task';
import { SUM_STRETCH } from '../../src/shared/sizes';
import { Workspace } from '../../src/shared/task';

/** Processes maps `begin` to `end` (exclusive). */
export function maskAndSum(task: MaskTask, _workspace: Workspace, begin: i32, end: i32): void {
  for (let map = begin; map < end; map++) {
    const sum = <usize>task.sums + ((<usize>map) << 3);
    for (let image = 0; image < task.images; image++) {
      const at = image * task.imageStride + map * task.mapStride;
      for (let first = 0; first < task.count; first += SUM_STRETCH) {
        const count = min(SUM_STRETCH, task.count - first);
        const own = <usize>(at + (first << 2));
        const g = <usize>task.gradient + own;
        const r = <usize>task.result + own;
        const to = <usize>task.masked + own;
        const operand = reinterpret<f32>(task.operand);
        let added: f64;
        if (task.kind == 0) added = summed(g, count);
        else if (task.kind == 1) added = clamped(g, r, to, count, operand);
        else added = sloped(g, r, to, count, operand);
        // the remaining elements of a partial vector
        for (let i = (<usize>(count & ~3)) << 2; i < (<usize>count) << 2; i += 4) {
          let x = load<f32>(g + i);
          if (task.kind != 0) {
            const result = load<f32>(r + i);
            if (task.kind != 1) x = result > 0 ? x : operand * x;
            else if (result <= 0 || result >= operand) x = 0;
            store<f32>(to + i, x);
          }
          added += <f64>x;
        }
        store<f64>(sum, load<f64>(sum) + added);
      }
    }
  }
}

/** The two upper lanes as float64. */
// @ts-ignore: decorator
@inline
function promoteHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
}

// @ts-ignore: decorator
@inline
function total(low: v128, high: v128): f64 {
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** The sum of `count` elements, a whole number of vectors. */
function summed(g: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  for (const last = g + ((<usize>(count & ~3)) << 2); g < last; g += 16) {
    const x = v128.load(g);
    low = f64x2.add(low, f64x2.promote_low_f32x4(x));
    high = f64x2.add(high, promoteHigh(x));
  }
  return total(low, high);
}

/** The gradient where 0 < result < `most` or the result is NaN, else 0. */
function clamped(g: usize, r: usize, to: usize, count: i32, most: f32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  const zero = f32x4.splat(0);
  const cut = f32x4.splat(most);
  for (const last = g + ((<usize>(count & ~3)) << 2); g < last; g += 16, r += 16, to += 16) {
    const result = v128.load(r);
    const x = v128.andnot(v128.load(g), v128.or(f32x4.le(result, zero), f32x4.ge(result, cut)));
    v128.store(to, x);
    low = f64x2.add(low, f64x2.promote_low_f32x4(x));
    high = f64x2.add(high, promoteHigh(x));
  }
  return total(low, high);
}

/** The gradient, multiplied by `slope` where the result is not positive. */
function sloped(g: usize, r: usize, to: usize, count: i32, slope: f32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  const zero = f32x4.splat(0);
  const factor = f32x4.splat(slope);
  for (const last = g + ((<usize>(count & ~3)) << 2); g < last; g += 16, r += 16, to += 16) {
    const given = v128.load(g);
    const x = v128.bitselect(given, f32x4.mul(factor, given), f32x4.gt(v128.load(r), zero));
    v128.store(to, x);
    low = f64x2.add(low, f64x2.promote_low_f32x4(x));
    high = f64x2.add(high, promoteHigh(x));
  }
  return total(low, high);
}
