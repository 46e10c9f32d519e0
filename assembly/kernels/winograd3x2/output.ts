// winograd3x2/output: transforms products to outputs, A^T m A of F(3x3, 2x2). Four tiles at a time.
//
//          1  1  1  0
//   A^T =  0  1 -1  0
//          0  1  1  1
//
//   m       f32[4][4][4]: rows, columns, tiles
//   work    f32[3][4][4]

import { firstRowOf, markNotFinite, outputsOf } from '../tile-table';
import { ROW, SIDE, VECTOR } from './points';

/** Byte offset of the third output of a row. */
const THIRD: usize = 8;

/**
 * output = bias + A^T m A for one filter and four tiles.
 * @param from element e of m is at `from + e * step`
 * @param bias f32
 * @param tiles the four tiles in the tile table; rows that a tile skips are not stored, and tiles with outputs that are not finite are
 * marked
 * @param to byte offset from the outputs in the table
 * @param row bytes between rows of outputs
 */
export function output3x2(
  from: usize,
  step: usize,
  work: usize,
  bias: usize,
  tiles: usize,
  to: usize,
  row: usize,
): void {
  const zero = f32x4.splat(0);
  const start = v128.load32_splat(bias);
  // Loop over the columns, work = A^T m: four elements to three.
  for (let w = work, end = work + ROW; w < end; w += VECTOR, from += step) {
    const m0 = v128.load(from);
    const m1 = v128.load(from + SIDE * step);
    const m2 = v128.load(from + 2 * SIDE * step);
    const m3 = v128.load(from + 3 * SIDE * step);
    const sum = f32x4.add(m1, m2);
    v128.store(w, f32x4.add(m0, sum));
    v128.store(w, f32x4.sub(m1, m2), ROW);
    v128.store(w, f32x4.add(sum, m3), 2 * ROW);
  }
  let q0 = outputsOf(tiles, 0) + to;
  let q1 = outputsOf(tiles, 1) + to;
  let q2 = outputsOf(tiles, 2) + to;
  let q3 = outputsOf(tiles, 3) + to;
  const first0 = firstRowOf(tiles, 0);
  const first1 = firstRowOf(tiles, 1);
  const first2 = firstRowOf(tiles, 2);
  const first3 = firstRowOf(tiles, 3);
  let bad = zero;
  // Loop over the rows, work A: again four elements to three; a transpose brings the outputs of each tile together.
  for (let r = 0, w = work; r < 3; r++, w += ROW) {
    const m0 = v128.load(w);
    const m1 = v128.load(w, VECTOR);
    const m2 = v128.load(w, 2 * VECTOR);
    const m3 = v128.load(w, 3 * VECTOR);
    const sum = f32x4.add(m1, m2);
    const y0 = f32x4.add(start, f32x4.add(m0, sum));
    const y1 = f32x4.add(start, f32x4.sub(m1, m2));
    const y2 = f32x4.add(start, f32x4.add(sum, m3));
    // zero times infinity or NaN is NaN, which propagates
    bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(f32x4.add(y0, y1), y2)));
    const low = v128.shuffle<f32>(y0, y1, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(y0, y1, 2, 6, 3, 7);
    if (r >= first0) {
      v128.store64_lane(q0, low, 0);
      v128.store32_lane(q0, y2, 0, THIRD);
    }
    if (r >= first1) {
      v128.store64_lane(q1, low, 1);
      v128.store32_lane(q1, y2, 1, THIRD);
    }
    if (r >= first2) {
      v128.store64_lane(q2, high, 0);
      v128.store32_lane(q2, y2, 2, THIRD);
    }
    if (r >= first3) {
      v128.store64_lane(q3, high, 1);
      v128.store32_lane(q3, y2, 3, THIRD);
    }
    q0 += row;
    q1 += row;
    q2 += row;
    q3 += row;
  }
  markNotFinite(tiles, bad);
}
