// vectors1x16: one filter, any number of taps, sixteen pixels as four vectors at arbitrary addresses.
//
//   c_i[0..3] = bias + sum over taps of w[tap] * b_i[taps[tap] + 0..3]          i = 0 .. 3
//
//   w        f32[count]
//   taps     u32[count]             byte offsets from b_i
//   bias     f32
//   places   {b_i, c_i: address}[4]
//
// For rows shorter than sixteen, which row1x16 does not support: the vectors of several rows are computed together. Four independent sums
// hide the latency of additions.

import { madd } from '../lanes';

/** Bytes of a place: the source and the target address of a vector. */
const PLACE: usize = 8;
const WRITTEN: usize = 4;

/** Computes four vectors of outputs. */
export function vectors1x16(count: i32, w: usize, taps: usize, bias: usize, places: usize): void {
  const b0 = load<usize>(places);
  const b1 = load<usize>(places, PLACE);
  const b2 = load<usize>(places, 2 * PLACE);
  const b3 = load<usize>(places, 3 * PLACE);
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
  v128.store(load<usize>(places, WRITTEN), s0);
  v128.store(load<usize>(places, PLACE + WRITTEN), s1);
  v128.store(load<usize>(places, 2 * PLACE + WRITTEN), s2);
  v128.store(load<usize>(places, 3 * PLACE + WRITTEN), s3);
}
