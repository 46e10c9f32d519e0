// depthwise3x3: one 3x3 filter of one channel, step one or two, down columns of four outputs with the nine weights in registers.
//
//   c[h][w] = bias + sum over i, j of weights[3 i + j] * x[step h + i - top][step w + j - left]
//
// Reads the input as it is: rows outside it are a row of zeros, columns outside it (one on each side at most) are masked lanes.
// Each input row is read once or twice a column and goes into up to three outputs: it ends one, is the middle of the next, begins
// a third.
//
// Not taken: two rows x four outputs at a time; V8 11.3 loads all twelve vectors first and spills: 0.67 of the speed.
// Not taken: a padded copy of each plane; a third of the time of 14x14 planes.

import { madd } from '../simd';

// @ts-ignore: decorator
@inline
function lineOf(x: usize, row: i32, rows: i32, step: usize, zeros: usize): usize {
  return <u32>row < <u32>rows ? x + <usize>row * step : zeros;
}

// @ts-ignore: decorator
@inline
function columns(
  two: bool,
  weights: usize,
  bias: usize,
  x: usize,
  rows: i32,
  step: usize,
  top: i32,
  left: i32,
  right: i32,
  zeros: usize,
  c: usize,
  height: i32,
  width: i32,
): void {
  const w0 = v128.load32_splat(weights, 0);
  const w1 = v128.load32_splat(weights, 4);
  const w2 = v128.load32_splat(weights, 8);
  const w3 = v128.load32_splat(weights, 12);
  const w4 = v128.load32_splat(weights, 16);
  const w5 = v128.load32_splat(weights, 20);
  const w6 = v128.load32_splat(weights, 24);
  const w7 = v128.load32_splat(weights, 28);
  const w8 = v128.load32_splat(weights, 32);
  const out = <usize>width << 2;
  let w = 0;
  while (true) {
    const first = <usize>((two ? 2 * w : w) - left) << 2;
    // all ones, but for the lane outside the input
    const leftMask = i32x4.replace_lane(i32x4.splat(-1), 0, w == 0 ? left - 1 : -1);
    const rightMask = i32x4.replace_lane(i32x4.splat(-1), 3, w == width - 4 ? right - 1 : -1);
    let q = c + (<usize>w << 2);
    const end = q + <usize>height * out;

    let row = -top;
    let p = lineOf(x, row, rows, step, zeros) + first;
    let a = v128.load(p);
    let b = two ? v128.load(p, 16) : a;
    let even = two ? v128.shuffle<f32>(a, b, 0, 2, 4, 6) : a;
    let x0 = v128.and(even, leftMask);
    let x1 = two ? v128.shuffle<f32>(a, b, 1, 3, 5, 7) : v128.load(p, 4);
    let x2 = v128.and(two ? v128.shuffle<f32>(even, v128.load32_zero(p, 32), 1, 2, 3, 4) : v128.load(p, 8), rightMask);
    let upper = madd(w2, x2, madd(w1, x1, madd(w0, x0, v128.load32_splat(bias))));
    let lower = upper;
    if (!two) {
      p = lineOf(x, ++row, rows, step, zeros) + first;
      x0 = v128.and(v128.load(p), leftMask);
      x1 = v128.load(p, 4);
      x2 = v128.and(v128.load(p, 8), rightMask);
      upper = madd(w5, x2, madd(w4, x1, madd(w3, x0, upper)));
      lower = madd(w2, x2, madd(w1, x1, madd(w0, x0, v128.load32_splat(bias))));
    }

    while (q < end) {
      if (two) {
        // the middle row belongs to one output only
        p = lineOf(x, ++row, rows, step, zeros) + first;
        a = v128.load(p);
        b = v128.load(p, 16);
        even = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
        x0 = v128.and(even, leftMask);
        x1 = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
        x2 = v128.and(v128.shuffle<f32>(even, v128.load32_zero(p, 32), 1, 2, 3, 4), rightMask);
        upper = madd(w5, x2, madd(w4, x1, madd(w3, x0, upper)));
      }
      p = lineOf(x, ++row, rows, step, zeros) + first;
      a = v128.load(p);
      if (two) {
        b = v128.load(p, 16);
        even = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
        x0 = v128.and(even, leftMask);
        x1 = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
        x2 = v128.and(v128.shuffle<f32>(even, v128.load32_zero(p, 32), 1, 2, 3, 4), rightMask);
      } else {
        x0 = v128.and(a, leftMask);
        x1 = v128.load(p, 4);
        x2 = v128.and(v128.load(p, 8), rightMask);
      }
      v128.store(q, madd(w8, x2, madd(w7, x1, madd(w6, x0, upper))));
      if (!two) upper = madd(w5, x2, madd(w4, x1, madd(w3, x0, lower)));
      lower = madd(w2, x2, madd(w1, x1, madd(w0, x0, v128.load32_splat(bias))));
      if (two) upper = lower;
      q += out;
    }
    // the last column is moved back to end with the row
    if (w == width - 4) break;
    w = min(w + 4, width - 4);
  }
}

/**
 * Step one: `rows` input rows of `step` bytes from `x` on; the first output row begins `top` rows before them (or after, if negative); `left` and `right`: 1 for a column of zeros;
 * `zeros`: a row of zeros, with a vector more on both sides. `height` x `width` outputs, width at least 4.
 */
export function depthwise3x3(
  weights: usize,
  bias: usize,
  x: usize,
  rows: i32,
  step: usize,
  top: i32,
  left: i32,
  right: i32,
  zeros: usize,
  c: usize,
  height: i32,
  width: i32,
): void {
  columns(false, weights, bias, x, rows, step, top, left, right, zeros, c, height, width);
}

/** Step two, likewise. */
export function depthwise3x3s2(
  weights: usize,
  bias: usize,
  x: usize,
  rows: i32,
  step: usize,
  top: i32,
  left: i32,
  right: i32,
  zeros: usize,
  c: usize,
  height: i32,
  width: i32,
): void {
  columns(true, weights, bias, x, rows, step, top, left, right, zeros, c, height, width);
}
