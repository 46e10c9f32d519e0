// correlate5x1: five filters x one pixel. Filters lie along the vectors, four terms are twenty weights: five vectors.
//
//   c[f] = bias[f] + sum over terms of a[term][f] * b[8 term]
//
//   a         f32[terms][5]    packed weights
//   b         f32[terms][8]    a packed panel, of which it takes the first pixel
//   bias      f32[5]
//   c         five numbers, `row` bytes apart
//
// Odd by odd outputs are one more than a multiple of eight. For that one correlate5x4 would do all of its multiplications.

import { madd } from '../lanes';

/** Bytes of a row of the panel, and of the weights of a term. */
const PANEL_ROW: usize = 32;
const WEIGHTS: usize = 20;

export function correlate5x1(terms: i32, a: usize, b: usize, c: usize, row: usize, bias: usize): void {
  const end = a + <usize>terms * WEIGHTS;
  const fours = a + <usize>(terms >> 2) * (4 * WEIGHTS);
  // lane l of vector v is filter (4 v + l) % 5
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  for (; a < fours; a += 4 * WEIGHTS, b += 4 * PANEL_ROW) {
    const b0 = v128.load32_splat(b);
    const b1 = v128.load32_splat(b, 32);
    const b2 = v128.load32_splat(b, 64);
    const b3 = v128.load32_splat(b, 96);
    s0 = madd(v128.load(a), b0, s0);
    s1 = madd(v128.load(a, 16), v128.shuffle<f32>(b0, b1, 0, 4, 5, 6), s1);
    s2 = madd(v128.load(a, 32), v128.shuffle<f32>(b1, b2, 0, 1, 4, 5), s2);
    s3 = madd(v128.load(a, 48), v128.shuffle<f32>(b2, b3, 0, 1, 2, 4), s3);
    s4 = madd(v128.load(a, 64), b3, s4);
  }
  let sums = f32x4.add(
    f32x4.add(s0, v128.shuffle<f32>(s1, s2, 1, 2, 3, 4)),
    f32x4.add(v128.shuffle<f32>(s2, s3, 2, 3, 4, 5), v128.shuffle<f32>(s3, s4, 3, 4, 5, 6)),
  );
  let fifth =
    f32x4.extract_lane(s1, 0) +
    f32x4.extract_lane(s2, 1) +
    (f32x4.extract_lane(s3, 2) + f32x4.extract_lane(s4, 3));
  for (; a < end; a += WEIGHTS, b += PANEL_ROW) {
    sums = madd(v128.load(a), v128.load32_splat(b), sums);
    fifth += load<f32>(a, 16) * load<f32>(b);
  }
  sums = f32x4.add(sums, v128.load(bias));
  v128.store32_lane(c, sums, 0);
  v128.store32_lane(c + row, sums, 1);
  v128.store32_lane(c + 2 * row, sums, 2);
  v128.store32_lane(c + 3 * row, sums, 3);
  store<f32>(c + 4 * row, fifth + load<f32>(bias, 16));
}
