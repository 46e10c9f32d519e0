// winograd4x3sum: A^T m A of F(4x4, 3x3), and m A of F(4, 3) along the width, for four tiles at a time.

import { firstRowOf, outputsOf } from '../tile-table';
import { Factor, splat } from './points';

/** A^T times the six columns of a product, whose element e lies at `from + e * step`, to four rows of six vectors. */
export function outputColumns4x3(from: usize, step: usize, work: usize): void {
  const a = splat(Factor.A);
  const b = splat(Factor.B);
  const a2 = splat(Factor.A2);
  const b2 = splat(Factor.B2);
  const a3 = splat(Factor.A3);
  const b3 = splat(Factor.B3);
  for (let w = work, end = work + 96; w < end; w += 16, from += step) {
    const m0 = v128.load(from);
    const m1 = v128.load(from + 6 * step);
    const m2 = v128.load(from + 12 * step);
    const m3 = v128.load(from + 18 * step);
    const m4 = v128.load(from + 24 * step);
    const m5 = v128.load(from + 30 * step);
    const sumA = f32x4.add(m1, m2);
    const sumB = f32x4.add(m3, m4);
    const difA = f32x4.sub(m1, m2);
    const difB = f32x4.sub(m3, m4);
    v128.store(w, f32x4.add(m0, f32x4.add(sumA, sumB)));
    v128.store(w, f32x4.add(f32x4.mul(a, difA), f32x4.mul(b, difB)), 96);
    v128.store(w, f32x4.add(f32x4.mul(a2, sumA), f32x4.mul(b2, sumB)), 192);
    v128.store(w, f32x4.add(m5, f32x4.add(f32x4.mul(a3, difA), f32x4.mul(b3, difB))), 288);
  }
}

/**
 * `rows` rows of six vectors times A, with the bias: element e of a row lies at `from + e * step`, the next row `rowStep` further.
 * The outputs of the four tiles go to `q0` to `q3`, columns `gap` bytes apart and rows `row`, but for the rows before the tile's
 * number in `skips`. Sets `flag` where an output is not finite.
 */
export function outputRows4x3(
  from: usize,
  step: usize,
  rowStep: usize,
  rows: i32,
  bias: usize,
  biasStep: usize,
  tiles: usize,
  to: usize,
  row: usize,
  gap: usize,
  flag: usize,
): void {
  let q0 = outputsOf(tiles, 0) + to;
  let q1 = outputsOf(tiles, 1) + to;
  let q2 = outputsOf(tiles, 2) + to;
  let q3 = outputsOf(tiles, 3) + to;
  const first0 = firstRowOf(tiles, 0);
  const first1 = firstRowOf(tiles, 1);
  const first2 = firstRowOf(tiles, 2);
  const first3 = firstRowOf(tiles, 3);
  const a = splat(Factor.A);
  const b = splat(Factor.B);
  const a2 = splat(Factor.A2);
  const b2 = splat(Factor.B2);
  const a3 = splat(Factor.A3);
  const b3 = splat(Factor.B3);
  let bad = f32x4.splat(0);
  const zero = bad;
  for (let r = 0; r < rows; r++, from += rowStep, bias += biasStep) {
    const start = v128.load32_splat(bias);
    const m0 = v128.load(from);
    const m1 = v128.load(from + step);
    const m2 = v128.load(from + 2 * step);
    const m3 = v128.load(from + 3 * step);
    const m4 = v128.load(from + 4 * step);
    const m5 = v128.load(from + 5 * step);
    const sumA = f32x4.add(m1, m2);
    const sumB = f32x4.add(m3, m4);
    const difA = f32x4.sub(m1, m2);
    const difB = f32x4.sub(m3, m4);
    const y0 = f32x4.add(start, f32x4.add(m0, f32x4.add(sumA, sumB)));
    const y1 = f32x4.add(start, f32x4.add(f32x4.mul(a, difA), f32x4.mul(b, difB)));
    const y2 = f32x4.add(start, f32x4.add(f32x4.mul(a2, sumA), f32x4.mul(b2, sumB)));
    const y3 = f32x4.add(f32x4.add(start, m5), f32x4.add(f32x4.mul(a3, difA), f32x4.mul(b3, difB)));
    bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(f32x4.add(y0, y1), f32x4.add(y2, y3))));
    if (gap == 4) {
      const low01 = v128.shuffle<f32>(y0, y1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(y2, y3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(y0, y1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(y2, y3, 2, 6, 3, 7);
      if (r >= first0) v128.store(q0, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      if (r >= first1) v128.store(q1, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
      if (r >= first2) v128.store(q2, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
      if (r >= first3) v128.store(q3, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
    } else {
      if (r >= first0) {
        v128.store32_lane(q0, y0, 0);
        v128.store32_lane(q0 + gap, y1, 0);
        v128.store32_lane(q0 + 2 * gap, y2, 0);
        v128.store32_lane(q0 + 3 * gap, y3, 0);
      }
      if (r >= first1) {
        v128.store32_lane(q1, y0, 1);
        v128.store32_lane(q1 + gap, y1, 1);
        v128.store32_lane(q1 + 2 * gap, y2, 1);
        v128.store32_lane(q1 + 3 * gap, y3, 1);
      }
      if (r >= first2) {
        v128.store32_lane(q2, y0, 2);
        v128.store32_lane(q2 + gap, y1, 2);
        v128.store32_lane(q2 + 2 * gap, y2, 2);
        v128.store32_lane(q2 + 3 * gap, y3, 2);
      }
      if (r >= first3) {
        v128.store32_lane(q3, y0, 3);
        v128.store32_lane(q3 + gap, y1, 3);
        v128.store32_lane(q3 + 2 * gap, y2, 3);
        v128.store32_lane(q3 + 3 * gap, y3, 3);
      }
    }
    q0 += row;
    q1 += row;
    q2 += row;
    q3 += row;
  }
  if (v128.any_true(f32x4.ne(bad, bad))) store<i32>(flag, 1);
}
