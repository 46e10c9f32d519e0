// taps4x4: one filter of one channel x sixteen pixels, as four vectors that may lie anywhere.
//
//   c_i[0..3] = bias + sum over taps of w[tap] * b_i[tap .. tap + 3],   i = 0..3

import { madd } from '../simd';

/** `w`: one weight a tap; `taps`: u32 byte offsets; `b0`..`b3` and `c0`..`c3`: where each vector is read and written. */
export function taps4x4(
  count: i32,
  w: usize,
  taps: usize,
  bias: usize,
  b0: usize,
  b1: usize,
  b2: usize,
  b3: usize,
  c0: usize,
  c1: usize,
  c2: usize,
  c3: usize,
): void {
  let s0 = v128.load32_splat(bias);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const end = w + (<usize>count << 2);
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
  v128.store(c0, s0);
  v128.store(c1, s1);
  v128.store(c2, s2);
  v128.store(c3, s3);
}
