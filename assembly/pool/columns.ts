// Combines the columns of a window to an output.

import { PoolTask } from '../../src/shared/pool-task';
import { combine, identity, storeFirst } from './combine';

/** The windows of a row, four at a time. `divisor` is that of the other axes. Reads up to 28 bytes past the row. */
// @ts-ignore: decorator
@inline
export function combineColumns(isMax: bool, task: PoolTask, from: usize, to: usize, divisor: f32): void {
  const kernel = task.kernel;
  const width = task.width;
  const stride = <usize>task.stride;
  const dilation = <usize>task.dilation;
  const divisors = <usize>task.divisors;
  if (stride == 4) {
    for (let o = 0; o < width; o += 4) {
      let sum = identity(isMax);
      let at = from + ((<usize>o) << 2);
      for (let k = kernel; k > 0; k--, at += dilation) sum = combine(sum, v128.load(at), isMax);
      finish(isMax, to, sum, o, width, divisors, divisor);
    }
    return;
  }
  if (stride == 8) {
    for (let o = 0; o < width; o += 4) {
      let sum = identity(isMax);
      let at = from + ((<usize>o) << 3);
      let k = kernel;
      if (dilation == 4) {
        // two elements of each window at a time: the even and the odd ones of eight numbers
        for (; k > 1; k -= 2, at += 8) {
          const low = v128.load(at);
          const high = v128.load(at, 16);
          sum = combine(sum, v128.shuffle<f32>(low, high, 0, 2, 4, 6), isMax);
          sum = combine(sum, v128.shuffle<f32>(low, high, 1, 3, 5, 7), isMax);
        }
      }
      for (; k > 0; k--, at += dilation)
        sum = combine(sum, v128.shuffle<f32>(v128.load(at), v128.load(at, 16), 0, 2, 4, 6), isMax);
      finish(isMax, to, sum, o, width, divisors, divisor);
    }
    return;
  }
  for (let o = 0; o < width; o += 4) {
    let sum = identity(isMax);
    // there may be no memory after the last window, so excess lanes read the same as it
    let at = from + <usize>o * stride;
    const second = o + 1 < width ? stride : 0;
    const third = o + 2 < width ? second + stride : second;
    const fourth = o + 3 < width ? third + stride : third;
    for (let k = kernel; k > 0; k--, at += dilation) {
      let x = v128.load32_zero(at);
      x = v128.load_lane<f32>(at + second, x, 1);
      x = v128.load_lane<f32>(at + third, x, 2);
      x = v128.load_lane<f32>(at + fourth, x, 3);
      sum = combine(sum, x, isMax);
    }
    finish(isMax, to, sum, o, width, divisors, divisor);
  }
}

/** Stores the outputs from `o` on. */
// @ts-ignore: decorator
@inline
function finish(isMax: bool, to: usize, sum: v128, o: i32, width: i32, divisors: usize, divisor: f32): void {
  const at = (<usize>o) << 2;
  if (!isMax) sum = f32x4.div(sum, f32x4.mul(f32x4.splat(divisor), v128.load(divisors + at)));
  storeFirst(to + at, sum, width - o);
}

/** The windows of a row one by one, each of consecutive columns; lengths may differ. */
// @ts-ignore: decorator
@inline
export function combineRanges(isMax: bool, task: PoolTask, from: usize, to: usize, divisor: f32): void {
  let entry = <usize>task.columnTable;
  for (const end = to + ((<usize>task.width) << 2); to < end; to += 4, entry += 12) {
    const sum = combineRange(isMax, from + load<u32>(entry), load<i32>(entry, 4));
    store<f32>(to, isMax ? sum : sum / (divisor * load<f32>(entry, 8)));
  }
}

/** Combines `count` consecutive elements. */
// @ts-ignore: decorator
@inline
function combineRange(isMax: bool, at: usize, count: i32): f32 {
  let a = identity(isMax);
  let left = count;
  if (left >= 16) {
    let b = a;
    let c = a;
    let d = a;
    for (; left >= 16; left -= 16, at += 64) {
      a = combine(a, v128.load(at), isMax);
      b = combine(b, v128.load(at, 16), isMax);
      c = combine(c, v128.load(at, 32), isMax);
      d = combine(d, v128.load(at, 48), isMax);
    }
    a = combine(combine(a, b, isMax), combine(c, d, isMax), isMax);
  }
  for (; left >= 4; left -= 4, at += 16) a = combine(a, v128.load(at), isMax);
  a = combine(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1), isMax);
  a = combine(a, v128.shuffle<f32>(a, a, 1, 0, 3, 2), isMax);
  for (; left > 0; left--, at += 4) a = combine(a, v128.load32_splat(at), isMax);
  return f32x4.extract_lane(a, 0);
}
