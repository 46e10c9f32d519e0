// columns1x4k3x3: one 3x3 filter of one channel, step one or two, down columns of four outputs with the nine weights in registers.
//
//   c[h][w] = bias + sum over i, j of weights[3 i + j] * x[step h + i - top][step w + j - left]
//
// Reads the input as it is: a list says where each row lies, those outside are one row of zeros; columns outside (one on each side
// at most) are masked lanes.
// Each input row is read once or twice a column and goes into up to three outputs: it ends one, is the middle of the next, begins
// a third.
//
// The products of a row are summed before they are added to an output: chains of additions are short, 1.05.
//
// Not taken: two rows x four outputs at a time; V8 11.3 loads all twelve vectors first and spills: 0.67 of the speed.
// Not taken: a padded copy of each plane; a third of the time of 14x14 planes.

import { madd } from '../lanes';

/** What the first tap of a row reads, but for the mask: four neighbours, or every other of eight. */
// @ts-ignore: decorator
@inline
function tap0(two: bool, a: v128, b: v128): v128 {
  return two ? v128.shuffle<f32>(a, b, 0, 2, 4, 6) : a;
}

// @ts-ignore: decorator
@inline
function tap1(two: bool, p: usize, a: v128, b: v128): v128 {
  return two ? v128.shuffle<f32>(a, b, 1, 3, 5, 7) : v128.load(p, 4);
}

/** What the third tap reads: of every other element, those of the first tap moved on by one. */
// @ts-ignore: decorator
@inline
function tap2(two: bool, p: usize, x0: v128): v128 {
  return two ? v128.shuffle<f32>(x0, v128.load32_zero(p, 32), 1, 2, 3, 4) : v128.load(p, 8);
}

// @ts-ignore: decorator
@inline
function masked(edge: bool, x: v128, mask: v128): v128 {
  return edge ? v128.and(x, mask) : x;
}

/** One column of four outputs; `edge`: it touches the left or right edge. */
// @ts-ignore: decorator
@inline
function column(
  two: bool,
  edge: bool,
  w0: v128,
  w1: v128,
  w2: v128,
  w3: v128,
  w4: v128,
  w5: v128,
  w6: v128,
  w7: v128,
  w8: v128,
  bias: usize,
  x: usize,
  row: usize,
  leftMask: v128,
  rightMask: v128,
  q: usize,
  end: usize,
  out: usize,
): void {
  let p = x + <usize>load<u32>(row);
  let a = v128.load(p);
  let b = two ? v128.load(p, 16) : a;
  let x0 = tap0(two, a, b);
  let x1 = tap1(two, p, a, b);
  let x2 = masked(edge, tap2(two, p, x0), rightMask);
  x0 = masked(edge, x0, leftMask);
  let upper = madd(w2, x2, madd(w1, x1, madd(w0, x0, v128.load32_splat(bias))));
  let lower = upper;
  if (!two) {
    row += 4;
    p = x + <usize>load<u32>(row);
    a = v128.load(p);
    b = two ? v128.load(p, 16) : a;
    x0 = tap0(two, a, b);
    x1 = tap1(two, p, a, b);
    x2 = masked(edge, tap2(two, p, x0), rightMask);
    x0 = masked(edge, x0, leftMask);
    upper = f32x4.add(upper, madd(w5, x2, madd(w4, x1, f32x4.mul(w3, x0))));
    lower = madd(w2, x2, madd(w1, x1, madd(w0, x0, v128.load32_splat(bias))));
  }
  while (q < end) {
    row += two ? 8 : 4;
    if (two) {
      // the middle row belongs to one output only
      p = x + <usize>load<u32>(row - 4);
      a = v128.load(p);
      b = two ? v128.load(p, 16) : a;
      x0 = tap0(two, a, b);
      x1 = tap1(two, p, a, b);
      x2 = masked(edge, tap2(two, p, x0), rightMask);
      x0 = masked(edge, x0, leftMask);
      upper = f32x4.add(upper, madd(w5, x2, madd(w4, x1, f32x4.mul(w3, x0))));
    }
    p = x + <usize>load<u32>(row);
    a = v128.load(p);
    b = two ? v128.load(p, 16) : a;
    x0 = tap0(two, a, b);
    x1 = tap1(two, p, a, b);
    x2 = masked(edge, tap2(two, p, x0), rightMask);
    x0 = masked(edge, x0, leftMask);
    v128.store(q, f32x4.add(upper, madd(w8, x2, madd(w7, x1, f32x4.mul(w6, x0)))));
    if (!two) upper = f32x4.add(lower, madd(w5, x2, madd(w4, x1, f32x4.mul(w3, x0))));
    lower = madd(w2, x2, madd(w1, x1, madd(w0, x0, v128.load32_splat(bias))));
    if (two) upper = lower;
    q += out;
  }
}

// @ts-ignore: decorator
@inline
function columns(
  two: bool,
  weights: usize,
  bias: usize,
  x: usize,
  rows: usize,
  left: i32,
  right: i32,
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
  const out = (<usize>width) << 2;
  let w = 0;
  while (true) {
    const from = x + ((<usize>((two ? 2 * w : w) - left)) << 2);
    // all ones, but for the lane outside the input
    const leftMask = i32x4.replace_lane(i32x4.splat(-1), 0, w == 0 ? left - 1 : -1);
    const rightMask = i32x4.replace_lane(i32x4.splat(-1), 3, w == width - 4 ? right - 1 : -1);
    const q = c + ((<usize>w) << 2);
    const end = q + <usize>height * out;

    if (w == 0 || w == width - 4) {
      column(
        two,
        true,
        w0,
        w1,
        w2,
        w3,
        w4,
        w5,
        w6,
        w7,
        w8,
        bias,
        from,
        rows,
        leftMask,
        rightMask,
        q,
        end,
        out,
      );
    } else {
      column(
        two,
        false,
        w0,
        w1,
        w2,
        w3,
        w4,
        w5,
        w6,
        w7,
        w8,
        bias,
        from,
        rows,
        leftMask,
        rightMask,
        q,
        end,
        out,
      );
    }
    // the last column is moved back to end with the row
    if (w == width - 4) break;
    w = min(w + 4, width - 4);
  }
}

/**
 * Step one: `rows` lists for each input row where it lies, in bytes from `x`; a row has a vector more on both sides. `left` and
 * `right`: 1 for a column of zeros. `height` x `width` outputs, width at least 4.
 */
export function columns1x4k3x3(
  weights: usize,
  bias: usize,
  x: usize,
  rows: usize,
  left: i32,
  right: i32,
  c: usize,
  height: i32,
  width: i32,
): void {
  columns(false, weights, bias, x, rows, left, right, c, height, width);
}

/** Step two, likewise. */
export function columns1x4k3x3s2(
  weights: usize,
  bias: usize,
  x: usize,
  rows: usize,
  left: i32,
  right: i32,
  c: usize,
  height: i32,
  width: i32,
): void {
  columns(true, weights, bias, x, rows, left, right, c, height, width);
}
