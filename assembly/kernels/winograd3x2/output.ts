// winograd3x2/output

import { firstRowOf, outputsOf } from '../tile-table';

export function output3x2(
  from: usize,
  step: usize,
  work: usize,
  bias: usize,
  tiles: usize,
  to: usize,
  row: usize,
  flag: usize,
): void {
  const zero = f32x4.splat(0);
  const start = v128.load32_splat(bias);
  // Loop over the columns of the tile: four elements to three.
  for (let w = work, end = work + 64; w < end; w += 16, from += step) {
    const m0 = v128.load(from);
    const m1 = v128.load(from + 4 * step);
    const m2 = v128.load(from + 8 * step);
    const m3 = v128.load(from + 12 * step);
    const sum = f32x4.add(m1, m2);
    v128.store(w, f32x4.add(m0, sum));
    v128.store(w, f32x4.sub(m1, m2), 64);
    v128.store(w, f32x4.add(sum, m3), 128);
  }
  // Loop over the rows: four to three again, then a transpose brings the three outputs of each tile together.
  let q0 = outputsOf(tiles, 0) + to;
  let q1 = outputsOf(tiles, 1) + to;
  let q2 = outputsOf(tiles, 2) + to;
  let q3 = outputsOf(tiles, 3) + to;
  const first0 = firstRowOf(tiles, 0);
  const first1 = firstRowOf(tiles, 1);
  const first2 = firstRowOf(tiles, 2);
  const first3 = firstRowOf(tiles, 3);
  let bad = zero;
  for (let r = 0, w = work; r < 3; r++, w += 64) {
    const m0 = v128.load(w);
    const m1 = v128.load(w, 16);
    const m2 = v128.load(w, 32);
    const m3 = v128.load(w, 48);
    const sum = f32x4.add(m1, m2);
    const y0 = f32x4.add(start, f32x4.add(m0, sum));
    const y1 = f32x4.add(start, f32x4.sub(m1, m2));
    const y2 = f32x4.add(start, f32x4.add(sum, m3));
    bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(f32x4.add(y0, y1), y2)));
    const low = v128.shuffle<f32>(y0, y1, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(y0, y1, 2, 6, 3, 7);
    if (r >= first0) {
      v128.store64_lane(q0, low, 0);
      v128.store32_lane(q0, y2, 0, 8);
    }
    if (r >= first1) {
      v128.store64_lane(q1, low, 1);
      v128.store32_lane(q1, y2, 1, 8);
    }
    if (r >= first2) {
      v128.store64_lane(q2, high, 0);
      v128.store32_lane(q2, y2, 2, 8);
    }
    if (r >= first3) {
      v128.store64_lane(q3, high, 1);
      v128.store32_lane(q3, y2, 3, 8);
    }
    q0 += row;
    q1 += row;
    q2 += row;
    q3 += row;
  }
  if (v128.any_true(f32x4.ne(bad, bad))) store<i32>(flag, 1);
}
