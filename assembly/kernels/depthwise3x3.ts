// depthwise3x3: one 3x3 filter of one channel, step one, down columns of four pixels with the nine weights in registers.
//
//   c[h][w] = bias + sum over i, j of weights[3 i + j] * b[h + i][w + j]
//
// Each input row is read once a column and goes into three outputs: it ends one, is the middle of the next, begins a third.
// Not taken: two rows x four pixels at a time; V8 11.3 loads all twelve vectors first and spills: 0.67 of the speed.

import { madd } from '../simd';

/** Computes `rows` x `width` outputs, width at least 4. `step` and `row`: bytes between rows of input and output. */
export function depthwise3x3(
  weights: usize,
  bias: usize,
  b: usize,
  step: usize,
  c: usize,
  row: usize,
  rows: i32,
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
  const last = <usize>(width - 4) << 2;
  let w: usize = 0;
  while (true) {
    let p = b + w;
    let q = c + w;
    const end = q + <usize>rows * row;

    // Rows 0 and 1 begin the first two outputs.
    let x0 = v128.load(p);
    let x1 = v128.load(p, 4);
    let x2 = v128.load(p, 8);
    let upper = madd(w2, x2, madd(w1, x1, madd(w0, x0, v128.load32_splat(bias))));
    p += step;
    x0 = v128.load(p);
    x1 = v128.load(p, 4);
    x2 = v128.load(p, 8);
    upper = madd(w5, x2, madd(w4, x1, madd(w3, x0, upper)));
    let lower = madd(w2, x2, madd(w1, x1, madd(w0, x0, v128.load32_splat(bias))));

    while (q < end) {
      p += step;
      x0 = v128.load(p);
      x1 = v128.load(p, 4);
      x2 = v128.load(p, 8);
      v128.store(q, madd(w8, x2, madd(w7, x1, madd(w6, x0, upper))));
      upper = madd(w5, x2, madd(w4, x1, madd(w3, x0, lower)));
      lower = madd(w2, x2, madd(w1, x1, madd(w0, x0, v128.load32_splat(bias))));
      q += row;
    }
    // the last column is moved back to end with the row
    if (w == last) break;
    w = min(w + 16, last);
  }
}
