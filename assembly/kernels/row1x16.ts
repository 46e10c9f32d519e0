// row1x16: one filter along a row, any taps, sixteen pixels at a time.
//
//   c[x] = bias + sum over taps of w[tap] * b[taps[tap] + x]          x = 0 .. width - 1
//
//   w        f32[count]
//   taps     u32[count]     byte offsets from b
//   bias     f32
//   c        f32[width]     width >= 16; the last sixteen pixels are moved back to end with the row
//
// Sixteen pixels are four sums: an addition waits for the one before it, four chains keep processors busy.
// Not taken: thirty-two pixels. V8 11.3 loads all eight vectors first and spills: 0.62 for n1 g64 c64 f64 i4000 k31 p15.

import { maddApart } from '../lanes';

/** Bytes of sixteen pixels. */
const PIXELS: usize = 64;

/** Computes a row of `width` outputs, sixteen or more. */
export function row1x16(
  count: i32,
  w: usize,
  taps: usize,
  bias: usize,
  b: usize,
  c: usize,
  width: i32,
): void {
  const end = w + ((<usize>count) << 2);
  const last = ((<usize>width) << 2) - PIXELS;
  let x: usize = 0;
  while (true) {
    let s0 = v128.load32_splat(bias);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let tap = taps;
    for (let k = w; k < end; k += 4, tap += 4) {
      const p = b + x + <usize>load<u32>(tap);
      const weight = v128.load32_splat(k);
      s0 = maddApart(weight, v128.load(p), s0);
      s1 = maddApart(weight, v128.load(p, 16), s1);
      s2 = maddApart(weight, v128.load(p, 32), s2);
      s3 = maddApart(weight, v128.load(p, 48), s3);
    }
    const to = c + x;
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
    if (x == last) break;
    x = min(x + PIXELS, last);
  }
}
