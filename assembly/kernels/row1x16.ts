// row1x16: one filter along a row, any number of taps, sixteen or twenty-eight pixels at a time.
//
//   c[x] = bias + sum over taps of w[tap] * b[taps[tap] + x]          x = 0 .. width - 1
//
//   w        f32[count]
//   taps     u32[count]     byte offsets from b
//   bias     f32
//   c        f32[width]     width >= 16; the last step is shifted back to end with the row
//
// Sixteen pixels are four independent sums, enough to hide the latency of additions. Twenty-eight pixels are seven sums, which share the
// loads of weights and offsets: 1.3 for n1 g96 c96 f96 i56x56 k7x7 p3x3, 1.2 for n1 g108 c108 f108 i8x28x28 k3x3x3 p1x1x1. Many networks
// have maps whose width is a multiple of 28. Both give the same bits, so the result does not depend on how threads divide a row.
// Not taken: thirty-two pixels. V8 11.3 loads all eight vectors first and spills: 0.62 for n1 g64 c64 f64 i4000 k31 p15.

import { maddApart } from '../lanes';

/** Bytes of sixteen pixels. */
const PIXELS: usize = 64;

/** Bytes of twenty-eight pixels. */
const LONG: usize = 112;

/** Whether twenty-eight pixels at a time take fewer instructions: 24 per tap instead of 15, and fewer steps. */
// @ts-ignore: decorator
@inline
function takesLong(width: i32): bool {
  return width >= 28 && ((width + 27) / 28) * 8 < ((width + 15) / 16) * 5;
}

/** Computes a row of `width` outputs, at least sixteen. */
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
  if (takesLong(width)) {
    const last = ((<usize>width) << 2) - LONG;
    for (let x: usize = 0; ; x = min(x + LONG, last)) {
      let s0 = v128.load32_splat(bias);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let s4 = s0;
      let s5 = s0;
      let s6 = s0;
      let tap = taps;
      for (let k = w; k < end; k += 4, tap += 4) {
        const p = b + x + <usize>load<u32>(tap);
        const weight = v128.load32_splat(k);
        s0 = maddApart(weight, v128.load(p), s0);
        s1 = maddApart(weight, v128.load(p, 16), s1);
        s2 = maddApart(weight, v128.load(p, 32), s2);
        s3 = maddApart(weight, v128.load(p, 48), s3);
        s4 = maddApart(weight, v128.load(p, 64), s4);
        s5 = maddApart(weight, v128.load(p, 80), s5);
        s6 = maddApart(weight, v128.load(p, 96), s6);
      }
      const to = c + x;
      v128.store(to, s0);
      v128.store(to, s1, 16);
      v128.store(to, s2, 32);
      v128.store(to, s3, 48);
      v128.store(to, s4, 64);
      v128.store(to, s5, 80);
      v128.store(to, s6, 96);
      if (x == last) return;
    }
  }
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
