// columns1x4k3x3, columns1x4k3x3s2: one 3x3 filter with stride one or two, down columns of four outputs.
//
//   c[h][w] = bias + sum over i, j of weights[i][j] * x[step h + i - top][step w + j - left]
//
//   weights   f32[3][3]
//   bias      f32
//   x         the rows of inputs
//   rows      byte offset of row step h + i from x, or of a row of zeros
//   c         f32[height][width]     the last column is shifted back to end with the row; in rows shorter than a vector
//                                    it extends past the end, by up to three elements after the last row
//
// Padding columns, at most one on each side, are masked lanes. Each row of inputs is read once per column. It contributes to up to three
// rows of outputs: as the last row of one, the middle of the next and the first of a third. With stride two it is the last of one and
// the first of the next, or the middle of one.
//
// Nine weights, the inputs of a row and two partial sums are at most 13 live vectors. With a product these are 14 of the 15 registers
// that V8 uses on x64, so there is no room for a second vector of outputs.
// The three products of a row are summed before they are added to an output, which shortens the dependency chain: 1.05.
//
// Not taken: loading the weights for each column, which saves nine parameters: 0.93 of the speed for 14x14 planes.
// Not taken: two rows x four outputs at a time: 0.67; V8 11.3 loads all twelve vectors first and spills.
// Not taken: a padded copy of each plane, which takes a third of the time for 14x14 planes.

import { madd } from '../lanes';

/** Masks the lanes outside of the input, in a column at an edge. */
// @ts-ignore: decorator
@inline
function within(edge: bool, x: v128, mask: v128): v128 {
  return edge ? v128.and(x, mask) : x;
}

/** The products of one row of the kernel. */
// @ts-ignore: decorator
@inline
function products(w0: v128, w1: v128, w2: v128, x0: v128, x1: v128, x2: v128): v128 {
  return madd(w2, x2, madd(w1, x1, f32x4.mul(w0, x0)));
}

/** The bias and the products of the first row of the kernel. */
// @ts-ignore: decorator
@inline
function begun(w0: v128, w1: v128, w2: v128, x0: v128, x1: v128, x2: v128, bias: usize): v128 {
  return madd(w2, x2, madd(w1, x1, madd(w0, x0, v128.load32_splat(bias))));
}

/** One column with stride one: the outputs at q, q + out, … before `end`. */
// @ts-ignore: decorator
@inline
function column(
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
  let x0 = within(edge, v128.load(p), leftMask);
  let x1 = v128.load(p, 4);
  let x2 = within(edge, v128.load(p, 8), rightMask);
  // `upper` is missing one row of the kernel, `lower` two
  let upper = begun(w0, w1, w2, x0, x1, x2, bias);
  row += 4;
  p = x + <usize>load<u32>(row);
  x0 = within(edge, v128.load(p), leftMask);
  x1 = v128.load(p, 4);
  x2 = within(edge, v128.load(p, 8), rightMask);
  upper = f32x4.add(upper, products(w3, w4, w5, x0, x1, x2));
  let lower = begun(w0, w1, w2, x0, x1, x2, bias);
  while (q < end) {
    row += 4;
    p = x + <usize>load<u32>(row);
    x0 = within(edge, v128.load(p), leftMask);
    x1 = v128.load(p, 4);
    x2 = within(edge, v128.load(p, 8), rightMask);
    v128.store(q, f32x4.add(upper, products(w6, w7, w8, x0, x1, x2)));
    upper = f32x4.add(lower, products(w3, w4, w5, x0, x1, x2));
    lower = begun(w0, w1, w2, x0, x1, x2, bias);
    q += out;
  }
}

/** The inputs of the first tap, among eight consecutive ones. */
// @ts-ignore: decorator
@inline
function even(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 2, 4, 6);
}

/** The inputs of the second tap. */
// @ts-ignore: decorator
@inline
function odd(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 1, 3, 5, 7);
}

/** The inputs of the third tap: those of the first shifted by one, and the ninth input. */
// @ts-ignore: decorator
@inline
function evenNext(evens: v128, p: usize): v128 {
  return v128.shuffle<f32>(evens, v128.load32_zero(p, 32), 1, 2, 3, 4);
}

/** One column with stride two. */
// @ts-ignore: decorator
@inline
function columnS2(
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
  let b = v128.load(p, 16);
  let x0 = even(a, b);
  let x1 = odd(a, b);
  let x2 = within(edge, evenNext(x0, p), rightMask);
  x0 = within(edge, x0, leftMask);
  let sum = begun(w0, w1, w2, x0, x1, x2, bias);
  while (q < end) {
    row += 8;
    // the middle row contributes to one output only
    p = x + <usize>load<u32>(row - 4);
    a = v128.load(p);
    b = v128.load(p, 16);
    x0 = even(a, b);
    x1 = odd(a, b);
    x2 = within(edge, evenNext(x0, p), rightMask);
    x0 = within(edge, x0, leftMask);
    sum = f32x4.add(sum, products(w3, w4, w5, x0, x1, x2));
    p = x + <usize>load<u32>(row);
    a = v128.load(p);
    b = v128.load(p, 16);
    x0 = even(a, b);
    x1 = odd(a, b);
    x2 = within(edge, evenNext(x0, p), rightMask);
    x0 = within(edge, x0, leftMask);
    v128.store(q, f32x4.add(sum, products(w6, w7, w8, x0, x1, x2)));
    sum = begun(w0, w1, w2, x0, x1, x2, bias);
    q += out;
  }
}

/** All columns of a plane, with stride one or two. */
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
  const last = max(0, width - 4);
  const rightLane = min(width, 4) - 1;
  let w = 0;
  while (true) {
    const from = x + ((<usize>((two ? 2 * w : w) - left)) << 2);
    // all ones, except for the lane outside of the input
    const leftMask = i32x4.replace_lane(i32x4.splat(-1), 0, w == 0 ? left - 1 : -1);
    const rightMask = i32x4.ne(i32x4(0, 1, 2, 3), i32x4.splat(w == last && right ? rightLane : -1));
    const q = c + ((<usize>w) << 2);
    const end = q + <usize>height * out;
    const edge = w == 0 || w == last;
    if (two && edge) {
      columnS2(true, w0, w1, w2, w3, w4, w5, w6, w7, w8, bias, from, rows, leftMask, rightMask, q, end, out);
    } else if (two) {
      columnS2(false, w0, w1, w2, w3, w4, w5, w6, w7, w8, bias, from, rows, leftMask, rightMask, q, end, out);
    } else if (edge) {
      column(true, w0, w1, w2, w3, w4, w5, w6, w7, w8, bias, from, rows, leftMask, rightMask, q, end, out);
    } else {
      column(false, w0, w1, w2, w3, w4, w5, w6, w7, w8, bias, from, rows, leftMask, rightMask, q, end, out);
    }
    if (w == last) break;
    w = min(w + 4, last);
  }
}

/**
 * Computes the outputs of a plane, or of some rows of it, with stride one.
 * @param rows u32[height + 2]: byte offset of each row of inputs from `x`; one more vector is readable on both sides of a row
 * @param left 1 if there is a padding column before the first column; `right`: after the last
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

/** The same with stride two; `rows` is u32[2 height + 1]. */
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
