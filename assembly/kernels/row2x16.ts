// row2x16: two filters along a row, any number of taps, sixteen pixels at a time.
//
//   c[f][x] = bias[f] + sum over taps of w[f][tap] * b[taps[tap] + x]          f = 0, 1   x = 0 .. width - 1
//
//   w        f32[2][count]
//   taps     u32[count]     byte offsets from b
//   bias     f32[2]
//   c        two rows of f32[width], `row` bytes apart; width >= 16; the last step is shifted back to end with the row
//
// Each vector of pixels is loaded once for both filters. Eight independent sums hide the latency of additions.

import { madd } from '../lanes';

/** Bytes of sixteen pixels. */
const PIXELS: usize = 64;

/** Computes two rows of `width` outputs, at least sixteen. */
export function row2x16(
  count: i32,
  w: usize,
  taps: usize,
  bias: usize,
  b: usize,
  c: usize,
  row: usize,
  width: i32,
): void {
  const filter = (<usize>count) << 2;
  const end = w + filter;
  const last = c + ((<usize>width) << 2) - PIXELS;
  while (true) {
    let c00 = v128.load32_splat(bias);
    let c01 = c00;
    let c02 = c00;
    let c03 = c00;
    let c10 = v128.load32_splat(bias, 4);
    let c11 = c10;
    let c12 = c10;
    let c13 = c10;
    let tap = taps;
    for (let k = w; k < end; k += 4, tap += 4) {
      const p = b + <usize>load<u32>(tap);
      const b0 = v128.load(p);
      const b1 = v128.load(p, 16);
      const b2 = v128.load(p, 32);
      const b3 = v128.load(p, 48);
      const w0 = v128.load32_splat(k);
      c00 = madd(w0, b0, c00);
      c01 = madd(w0, b1, c01);
      c02 = madd(w0, b2, c02);
      c03 = madd(w0, b3, c03);
      const w1 = v128.load32_splat(k + filter);
      c10 = madd(w1, b0, c10);
      c11 = madd(w1, b1, c11);
      c12 = madd(w1, b2, c12);
      c13 = madd(w1, b3, c13);
    }
    const d = c + row;
    v128.store(c, c00);
    v128.store(c, c01, 16);
    v128.store(c, c02, 32);
    v128.store(c, c03, 48);
    v128.store(d, c10);
    v128.store(d, c11, 16);
    v128.store(d, c12, 32);
    v128.store(d, c13, 48);
    if (c == last) break;
    const step = min(PIXELS, last - c);
    b += step;
    c += step;
  }
}
