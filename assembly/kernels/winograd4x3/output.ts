// winograd4x3/output: transforms products to outputs, A^T m A of F(4x4, 3x3), and m A of F(4, 3) along one
// axis. Four tiles at a time, one per lane.
//
//          1  1   1   1   1   0
//   A^T =  0  a  -a   b  -b   0          a = 3/4, b = 3/2
//          0  a2  a2  b2  b2  0          a2 = a^2, a3 = a^3
//          0  a3 -a3  b3 -b3  1
//
//   m       f32[6][6][4]: rows, columns, tiles; of tiles along one axis f32[filters][6][4]
//   work    f32[4][6][4]
//
// Points of opposite sign are pairs: two rows of A^T share the sum, two the difference.

import { CLAMP, LEAKY_RELU } from '../../../src/shared/sizes';
import { FinishTask } from '../../../src/shared/task';
import { clamp } from '../../lanes';
import { distanceToAddend } from '../addend';
import { firstRowOf, markNotFinite, outputsOf } from '../tile-table';
import { Factor, ROW, SIDE, splat, VECTOR } from './points';

/**
 * A^T m A for one filter and four tiles. Element e of m is at `from + e * step`; all rows have the same bias. For the other parameters see
 * outputRows4x3.
 */
// @ts-ignore: decorator
@inline
export function output4x3(
  from: usize,
  step: usize,
  work: usize,
  bias: usize,
  tiles: usize,
  to: usize,
  row: usize,
  gap: usize,
  finish: usize,
): void {
  outputColumns4x3(from, step, work);
  outputRows4x3(work, VECTOR, ROW, 4, bias, 0, tiles, to, row, gap, false, finish);
}

/** work = A^T m: transforms the six columns of m, whose element e is at `from + e * step`, to four rows of six. */
export function outputColumns4x3(from: usize, step: usize, work: usize): void {
  const a = splat(Factor.A);
  const b = splat(Factor.B);
  const a2 = splat(Factor.A2);
  const b2 = splat(Factor.B2);
  const a3 = splat(Factor.A3);
  const b3 = splat(Factor.B3);
  for (let w = work, end = work + ROW; w < end; w += VECTOR, from += step) {
    const m0 = v128.load(from);
    const m1 = v128.load(from + SIDE * step);
    const m2 = v128.load(from + 2 * SIDE * step);
    const m3 = v128.load(from + 3 * SIDE * step);
    const m4 = v128.load(from + 4 * SIDE * step);
    const m5 = v128.load(from + 5 * SIDE * step);
    const sumA = f32x4.add(m1, m2);
    const sumB = f32x4.add(m3, m4);
    const difA = f32x4.sub(m1, m2);
    const difB = f32x4.sub(m3, m4);
    v128.store(w, f32x4.add(m0, f32x4.add(sumA, sumB)));
    v128.store(w, f32x4.add(f32x4.mul(a, difA), f32x4.mul(b, difB)), ROW);
    v128.store(w, f32x4.add(f32x4.mul(a2, sumA), f32x4.mul(b2, sumB)), 2 * ROW);
    v128.store(w, f32x4.add(m5, f32x4.add(f32x4.mul(a3, difA), f32x4.mul(b3, difB))), 3 * ROW);
  }
}

/**
 * output = bias + m A: rows of six elements of four tiles to rows of four outputs of each.
 * @param from element e of a row is at `from + e * step`, the next row `rowStep` bytes further
 * @param bias f32; the bias of the next row is `biasStep` bytes further
 * @param tiles the four tiles in the tile table; rows that a tile skips are not stored, and tiles with outputs that are not finite are
 * marked
 * @param to byte offset from the outputs in the table
 * @param row bytes between rows of outputs, or, for tiles along one axis, between filters
 * @param gap bytes between outputs of a row, or, for tiles along the height, of a column
 * @param isHigh whether the tiles are along the height
 * @param finish address of the FinishTask of the epilogue, or 0. If a tile's outputs are contiguous: any activation of `finishRun`, or
 * none, and an addend; otherwise a clamp only
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
  isHigh: bool,
  finish: usize,
): void {
  let q0 = outputsOf(tiles, 0) + to;
  let q1 = outputsOf(tiles, 1) + to;
  let q2 = outputsOf(tiles, 2) + to;
  let q3 = outputsOf(tiles, 3) + to;
  // the first row that each tile stores; for tiles along the height, the first output of every row (computed where it is needed:
  // before the loop it took 1.08 times as long for n1 g32 c512 f512 i14x14 k3x3 p1x1)
  const skip0 = firstRowOf(tiles, 0);
  const skip1 = firstRowOf(tiles, 1);
  const skip2 = firstRowOf(tiles, 2);
  const skip3 = firstRowOf(tiles, 3);
  const first0 = isHigh ? 0 : skip0;
  const first1 = isHigh ? 0 : skip1;
  const first2 = isHigh ? 0 : skip2;
  const first3 = isHigh ? 0 : skip3;
  const a = splat(Factor.A);
  const b = splat(Factor.B);
  const a2 = splat(Factor.A2);
  const b2 = splat(Factor.B2);
  const a3 = splat(Factor.A3);
  const b3 = splat(Factor.B3);
  let bad = f32x4.splat(0);
  const zero = bad;
  const kind = finish == 0 ? 0 : changetype<FinishTask>(finish).kind;
  const addend = finish == 0 ? <usize>0 : distanceToAddend(finish);
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
    let y0 = f32x4.add(start, f32x4.add(m0, f32x4.add(sumA, sumB)));
    let y1 = f32x4.add(start, f32x4.add(f32x4.mul(a, difA), f32x4.mul(b, difB)));
    let y2 = f32x4.add(start, f32x4.add(f32x4.mul(a2, sumA), f32x4.mul(b2, sumB)));
    let y3 = f32x4.add(f32x4.add(start, m5), f32x4.add(f32x4.mul(a3, difA), f32x4.mul(b3, difB)));
    // zero times infinity or NaN is NaN, which propagates
    bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(f32x4.add(y0, y1), f32x4.add(y2, y3))));
    if (gap == 4 && !isHigh) {
      // contiguous outputs: a 4x4 transpose brings the four outputs of a tile together
      const low01 = v128.shuffle<f32>(y0, y1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(y2, y3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(y0, y1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(y2, y3, 2, 6, 3, 7);
      y0 = v128.shuffle<f32>(low01, low23, 0, 1, 4, 5);
      y1 = v128.shuffle<f32>(low01, low23, 2, 3, 6, 7);
      y2 = v128.shuffle<f32>(high01, high23, 0, 1, 4, 5);
      y3 = v128.shuffle<f32>(high01, high23, 2, 3, 6, 7);
      if (finish != 0) {
        if (addend != 0) {
          y0 = f32x4.add(v128.load(q0 + addend), y0);
          y1 = f32x4.add(v128.load(q1 + addend), y1);
          y2 = f32x4.add(v128.load(q2 + addend), y2);
          y3 = f32x4.add(v128.load(q3 + addend), y3);
        }
        if (kind == CLAMP) {
          const most = v128.load32_splat(finish, offsetof<FinishTask>('operand'));
          y0 = clamp(y0, zero, most);
          y1 = clamp(y1, zero, most);
          y2 = clamp(y2, zero, most);
          y3 = clamp(y3, zero, most);
        } else if (kind == LEAKY_RELU) {
          const slope = v128.load32_splat(finish, offsetof<FinishTask>('operand'));
          y0 = f32x4.pmax(y0, f32x4.mul(slope, y0));
          y1 = f32x4.pmax(y1, f32x4.mul(slope, y1));
          y2 = f32x4.pmax(y2, f32x4.mul(slope, y2));
          y3 = f32x4.pmax(y3, f32x4.mul(slope, y3));
        }
      }
      if (r >= first0) v128.store(q0, y0);
      if (r >= first1) v128.store(q1, y1);
      if (r >= first2) v128.store(q2, y2);
      if (r >= first3) v128.store(q3, y3);
    } else {
      if (finish != 0) {
        const most = v128.load32_splat(finish, offsetof<FinishTask>('operand'));
        y0 = clamp(y0, zero, most);
        y1 = clamp(y1, zero, most);
        y2 = clamp(y2, zero, most);
        y3 = clamp(y3, zero, most);
      }
      if (gap >= 16 && q1 == q0 + 4 && q2 == q0 + 8 && q3 == q0 + 12 && skip0 == skip3) {
        // closer tiles would overlap, and the outputs of the last one must remain
        const out = isHigh ? skip0 : 0;
        if (r >= first0) {
          if (out < 1) v128.store(q0, y0);
          if (out < 2) v128.store(q0 + gap, y1);
          if (out < 3) v128.store(q0 + 2 * gap, y2);
          v128.store(q0 + 3 * gap, y3);
        }
      } else {
        if (r >= first0) {
          const out0 = isHigh ? skip0 : 0;
          if (out0 < 1) v128.store32_lane(q0, y0, 0);
          if (out0 < 2) v128.store32_lane(q0 + gap, y1, 0);
          if (out0 < 3) v128.store32_lane(q0 + 2 * gap, y2, 0);
          v128.store32_lane(q0 + 3 * gap, y3, 0);
        }
        if (r >= first1) {
          const out1 = isHigh ? skip1 : 0;
          if (out1 < 1) v128.store32_lane(q1, y0, 1);
          if (out1 < 2) v128.store32_lane(q1 + gap, y1, 1);
          if (out1 < 3) v128.store32_lane(q1 + 2 * gap, y2, 1);
          v128.store32_lane(q1 + 3 * gap, y3, 1);
        }
        if (r >= first2) {
          const out2 = isHigh ? skip2 : 0;
          if (out2 < 1) v128.store32_lane(q2, y0, 2);
          if (out2 < 2) v128.store32_lane(q2 + gap, y1, 2);
          if (out2 < 3) v128.store32_lane(q2 + 2 * gap, y2, 2);
          v128.store32_lane(q2 + 3 * gap, y3, 2);
        }
        if (r >= first3) {
          const out3 = isHigh ? skip3 : 0;
          if (out3 < 1) v128.store32_lane(q3, y0, 3);
          if (out3 < 2) v128.store32_lane(q3 + gap, y1, 3);
          if (out3 < 3) v128.store32_lane(q3 + 2 * gap, y2, 3);
          v128.store32_lane(q3 + 3 * gap, y3, 3);
        }
      }
    }
    q0 += row;
    q1 += row;
    q2 += row;
    q3 += row;
  }
  markNotFinite(tiles, bad);
}
