// taps1x16: one filter of one channel along a row, sixteen pixels at a time.
//
//   c[0..width) = bias + sum over taps of w[tap] * b[tap + 0 .. tap + width)

import { madd } from '../lanes';
import { three1x16 } from './three1x16';

/** Computes a row of at least sixteen outputs; `w`: one weight a tap, `taps`: u32 byte offsets. */
export function taps1x16(
  count: i32,
  w: usize,
  taps: usize,
  bias: usize,
  b: usize,
  c: usize,
  width: i32,
): void {
  if (count == 3) {
    three1x16(w, taps, bias, b, c, width);
    return;
  }
  const end = w + ((<usize>count) << 2);
  const last = (<usize>(width - 16)) << 2;
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
      s0 = madd(weight, v128.load(p), s0);
      s1 = madd(weight, v128.load(p, 16), s1);
      s2 = madd(weight, v128.load(p, 32), s2);
      s3 = madd(weight, v128.load(p, 48), s3);
    }
    const to = c + x;
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
    // the last sixteen are moved back to end with the row
    if (x == last) break;
    x = min(x + 64, last);
  }
}
