// vectors1x16: one filter of one channel x sixteen pixels, as four vectors that may lie anywhere.
//
//   c_i[0..3] = bias + sum over taps of w[tap] * b_i[tap .. tap + 3],   i = 0..3

import { madd } from '../lanes';

/** `w`: one weight a tap; `taps`: u32 byte offsets; `places`: where each vector is read, and where it is written. */
export function vectors1x16(count: i32, w: usize, taps: usize, bias: usize, places: usize): void {
  const b0 = load<usize>(places);
  const b1 = load<usize>(places, 8);
  const b2 = load<usize>(places, 16);
  const b3 = load<usize>(places, 24);
  let s0 = v128.load32_splat(bias);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const end = w + ((<usize>count) << 2);
  while (w < end) {
    const offset = <usize>load<u32>(taps);
    const weight = v128.load32_splat(w);
    s0 = madd(weight, v128.load(b0 + offset), s0);
    s1 = madd(weight, v128.load(b1 + offset), s1);
    s2 = madd(weight, v128.load(b2 + offset), s2);
    s3 = madd(weight, v128.load(b3 + offset), s3);
    w += 4;
    taps += 4;
  }
  v128.store(load<usize>(places, 4), s0);
  v128.store(load<usize>(places, 12), s1);
  v128.store(load<usize>(places, 20), s2);
  v128.store(load<usize>(places, 28), s3);
}
