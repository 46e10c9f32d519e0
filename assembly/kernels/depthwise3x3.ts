// depthwise3x3: one 3x3 filter of one channel, step one, two rows x four pixels at a time with the nine weights in registers.
//
//   c[h][w] = bias + sum over i, j of weights[3 i + j] * b[h + i][w + j]

import { madd } from '../simd';

/** Computes `rows` x `width` outputs; at least 2 x 4. `step` and `row`: bytes between rows of input and output. */
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
  for (let h = 0; h < rows; h += 2) {
    // An odd last row is computed together with the one before it, a last vector that sticks out is moved back:
    // some outputs are computed twice, none by scalar code.
    const line = <usize>min(h, rows - 2);
    const from = b + line * step;
    const to = c + line * row;
    let w: usize = 0;
    while (true) {
      let p = from + w;
      const q = to + w;
      let x = v128.load(p);
      let s0 = madd(w0, x, v128.load32_splat(bias));
      x = v128.load(p, 4);
      s0 = madd(w1, x, s0);
      x = v128.load(p, 8);
      s0 = madd(w2, x, s0);
      p += step;
      x = v128.load(p);
      s0 = madd(w3, x, s0);
      let s1 = madd(w0, x, v128.load32_splat(bias));
      x = v128.load(p, 4);
      s0 = madd(w4, x, s0);
      s1 = madd(w1, x, s1);
      x = v128.load(p, 8);
      s0 = madd(w5, x, s0);
      s1 = madd(w2, x, s1);
      p += step;
      x = v128.load(p);
      s0 = madd(w6, x, s0);
      s1 = madd(w3, x, s1);
      x = v128.load(p, 4);
      s0 = madd(w7, x, s0);
      s1 = madd(w4, x, s1);
      x = v128.load(p, 8);
      s0 = madd(w8, x, s0);
      s1 = madd(w5, x, s1);
      p += step;
      x = v128.load(p);
      s1 = madd(w6, x, s1);
      x = v128.load(p, 4);
      s1 = madd(w7, x, s1);
      x = v128.load(p, 8);
      s1 = madd(w8, x, s1);
      v128.store(q, s0);
      v128.store(q + row, s1);
      if (w == last) break;
      w = min(w + 16, last);
    }
  }
}
