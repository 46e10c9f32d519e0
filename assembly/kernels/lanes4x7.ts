// lanes4x7: four depthwise filters, one per lane, any number of taps, seven pixels at a time.
//
//   c[x][f] = bias[f] + sum over taps of w[tap][f] * b[taps[tap] + x][f]          x = 0 .. width - 1
//
//   w        f32[count][4]
//   taps     u32[count]            byte offsets from b, of a window that holds one filter's inputs
//   bias     f32[4]
//   b        f32[][4]
//   c        f32[width][4]         the last step is shifted back to end with the row; in a row shorter than seven it extends past the end
//
// For short rows: all lanes are used and every load is aligned. Seven pixels, because many networks have maps of width 7 and 14.
// Seven sums, seven inputs (V8 loads all of them first) and a weight need the 15 vector registers that V8 uses on x64. Eight spill: 0.65
// of the speed.

import { madd } from '../lanes';

/** Bytes of seven pixels. */
const PIXELS: usize = 112;

/** Computes a row of `width` outputs of four filters. */
export function lanes4x7(
  count: i32,
  w: usize,
  taps: usize,
  bias: usize,
  b: usize,
  c: usize,
  width: i32,
): void {
  const end = w + ((<usize>count) << 4);
  const last = c + ((<usize>max(0, width - 7)) << 4);
  while (true) {
    let s0 = v128.load(bias);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let s4 = s0;
    let s5 = s0;
    let s6 = s0;
    let tap = taps;
    for (let k = w; k < end; k += 16, tap += 4) {
      const p = b + ((<usize>load<u32>(tap)) << 2);
      const weight = v128.load(k);
      s0 = madd(weight, v128.load(p), s0);
      s1 = madd(weight, v128.load(p, 16), s1);
      s2 = madd(weight, v128.load(p, 32), s2);
      s3 = madd(weight, v128.load(p, 48), s3);
      s4 = madd(weight, v128.load(p, 64), s4);
      s5 = madd(weight, v128.load(p, 80), s5);
      s6 = madd(weight, v128.load(p, 96), s6);
    }
    v128.store(c, s0);
    v128.store(c, s1, 16);
    v128.store(c, s2, 32);
    v128.store(c, s3, 48);
    v128.store(c, s4, 64);
    v128.store(c, s5, 80);
    v128.store(c, s6, 96);
    if (c >= last) break;
    const step = min(PIXELS, last - c);
    b += step;
    c += step;
  }
}
