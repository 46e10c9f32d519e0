// winograd8/output: transforms products to outputs, A^T m of F(6, 3), F(5, 4) and F(4, 5) along one axis. Four tiles at a time, one per
// lane.
//
//          1  1     1     1   1   1   1   0
//          0  1/2  -1/2   1  -1   2  -2   0
//   A^T =  0  1/4   1/4   1   1   4   4   0       the first 4, 5 or 6 rows; the last of these has 1 in the column of infinity
//          0  1/8  -1/8   1  -1   8  -8   0
//          0  1/16  1/16  1   1  16  16   0
//          0  1/32 -1/32  1  -1  32 -32   1
//
//   m       f32[filters][8][4]
//   work    f32[6][4]: the outputs of the four tiles
//
// Points of opposite sign are pairs: up to three rows of A^T share the sum, and three the difference.
// The loop has up to 17 live vectors, so V8 spills some: in the first-level cache, six outputs of four tiles take 6.6 ns, four outputs by
// outputRows4x3 5.3 ns.

import { CLAMP, LEAKY_RELU } from '../../../src/shared/sizes';
import { FinishTask } from '../../../src/shared/task';
import { clamp, gather } from '../../lanes';
import { distanceToAddend } from '../addend';
import { firstRowOf, markNotFinite, outputsOf } from '../tile-table';
import { Factor, splat } from './points';

/**
 * output = bias + A^T m: eight elements of four tiles to 4, 5 or 6 outputs of each, for some filters.
 * @param outputs outputs of a tile
 * @param from element e of a filter is at `from + e * step`, those of the next filter `filterStep` bytes further
 * @param bias f32[filters]
 * @param tiles the four tiles in the tile table; outputs that a tile along the height skips are not stored, and tiles with outputs that
 * are not finite are marked
 * @param to byte offset from the outputs in the table
 * @param filter bytes between filters of the output
 * @param gap bytes between outputs along the axis
 * @param isHigh whether the tiles are along the height
 * @param finish address of the FinishTask of the epilogue, or 0. If a tile's outputs are contiguous: any activation of `finishRun`, or
 * none, and an addend; otherwise a clamp only
 */
export function output8(
  outputs: i32,
  from: usize,
  step: usize,
  filterStep: usize,
  filters: i32,
  work: usize,
  bias: usize,
  tiles: usize,
  to: usize,
  filter: usize,
  gap: usize,
  isHigh: bool,
  finish: usize,
): void {
  let q0 = outputsOf(tiles, 0) + to;
  let q1 = outputsOf(tiles, 1) + to;
  let q2 = outputsOf(tiles, 2) + to;
  let q3 = outputsOf(tiles, 3) + to;
  // the first output that each tile stores; along the width always 0
  const out0 = isHigh ? firstRowOf(tiles, 0) : 0;
  const out1 = isHigh ? firstRowOf(tiles, 1) : 0;
  const out2 = isHigh ? firstRowOf(tiles, 2) : 0;
  const out3 = isHigh ? firstRowOf(tiles, 3) : 0;
  const isWhole = (out0 | out1 | out2 | out3) == 0;
  // the four tiles are consecutive; closer tiles would overlap, and the outputs of the last one must remain
  const areBeside = gap >= 16 && q1 == q0 + 4 && q2 == q0 + 8 && q3 == q0 + 12;
  const workEnd = work + ((<usize>outputs) << 4);
  const quarter = splat(Factor.QUARTER);
  const half = splat(Factor.HALF);
  const four = splat(Factor.FOUR);
  let bad = f32x4.splat(0);
  const zero = bad;
  const kind = finish == 0 ? 0 : changetype<FinishTask>(finish).kind;
  const addend = finish == 0 ? <usize>0 : distanceToAddend(finish);
  for (; filters > 0; filters--, from += filterStep, bias += 4) {
    const start = v128.load32_splat(bias);
    const infinite = v128.load(from + 7 * step);
    let m = v128.load(from + step);
    let n = v128.load(from + 2 * step);
    let sumA = f32x4.add(m, n);
    let difA = f32x4.mul(half, f32x4.sub(m, n));
    m = v128.load(from + 3 * step);
    n = v128.load(from + 4 * step);
    const sumB = f32x4.add(f32x4.add(m, n), start);
    const difB = f32x4.add(f32x4.sub(m, n), start);
    m = v128.load(from + 5 * step);
    n = v128.load(from + 6 * step);
    let sumC = f32x4.add(m, n);
    let difC = f32x4.sub(m, n);
    difC = f32x4.add(difC, difC);
    let y0 = f32x4.add(f32x4.add(v128.load(from), sumA), f32x4.add(sumB, sumC));
    let y1 = f32x4.add(f32x4.add(difA, difC), difB);
    sumA = f32x4.mul(quarter, sumA);
    sumC = f32x4.mul(four, sumC);
    let y2 = f32x4.add(f32x4.add(sumA, sumC), sumB);
    difA = f32x4.mul(quarter, difA);
    difC = f32x4.mul(four, difC);
    let y3 = f32x4.add(f32x4.add(difA, difC), difB);
    let y4 = infinite;
    let y5 = infinite;
    let all = f32x4.add(f32x4.add(y0, y1), y2);
    if (outputs == 4) y3 = f32x4.add(y3, infinite);
    else {
      y4 = f32x4.add(f32x4.add(f32x4.mul(quarter, sumA), f32x4.mul(four, sumC)), sumB);
      if (outputs == 5) y4 = f32x4.add(y4, infinite);
      else {
        y5 = f32x4.add(f32x4.add(f32x4.mul(quarter, difA), f32x4.mul(four, difC)), f32x4.add(difB, infinite));
        all = f32x4.add(all, y5);
      }
      all = f32x4.add(all, y4);
    }
    // zero times an infinity or NaN is NaN, and stays so
    bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(all, y3)));
    if (gap == 4 && !isHigh) {
      // contiguous outputs: a 4x4 transpose brings the first four outputs of a tile together; the fifth and sixth outputs of two tiles
      // share a vector
      const low01 = v128.shuffle<f32>(y0, y1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(y2, y3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(y0, y1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(y2, y3, 2, 6, 3, 7);
      y0 = v128.shuffle<f32>(low01, low23, 0, 1, 4, 5);
      y1 = v128.shuffle<f32>(low01, low23, 2, 3, 6, 7);
      y2 = v128.shuffle<f32>(high01, high23, 0, 1, 4, 5);
      y3 = v128.shuffle<f32>(high01, high23, 2, 3, 6, 7);
      if (outputs == 6) {
        const fifth = y4;
        y4 = v128.shuffle<f32>(fifth, y5, 0, 4, 1, 5);
        y5 = v128.shuffle<f32>(fifth, y5, 2, 6, 3, 7);
      }
      if (finish != 0) {
        if (addend != 0) {
          y0 = f32x4.add(v128.load(q0 + addend), y0);
          y1 = f32x4.add(v128.load(q1 + addend), y1);
          y2 = f32x4.add(v128.load(q2 + addend), y2);
          y3 = f32x4.add(v128.load(q3 + addend), y3);
          if (outputs == 6) {
            y4 = f32x4.add(v128.load64_lane(q1 + addend, v128.load64_zero(q0 + addend, 16), 1, 16), y4);
            y5 = f32x4.add(v128.load64_lane(q3 + addend, v128.load64_zero(q2 + addend, 16), 1, 16), y5);
          } else if (outputs == 5) {
            const rest = addend + 16;
            y4 = f32x4.add(gather(q0 + rest, q1 + rest, q2 + rest, q3 + rest), y4);
          }
        }
        if (kind == CLAMP) {
          const most = v128.load32_splat(finish, offsetof<FinishTask>('operand'));
          y0 = clamp(y0, zero, most);
          y1 = clamp(y1, zero, most);
          y2 = clamp(y2, zero, most);
          y3 = clamp(y3, zero, most);
          y4 = clamp(y4, zero, most);
          y5 = clamp(y5, zero, most);
        } else if (kind == LEAKY_RELU) {
          const slope = v128.load32_splat(finish, offsetof<FinishTask>('operand'));
          y0 = f32x4.pmax(y0, f32x4.mul(slope, y0));
          y1 = f32x4.pmax(y1, f32x4.mul(slope, y1));
          y2 = f32x4.pmax(y2, f32x4.mul(slope, y2));
          y3 = f32x4.pmax(y3, f32x4.mul(slope, y3));
          y4 = f32x4.pmax(y4, f32x4.mul(slope, y4));
          y5 = f32x4.pmax(y5, f32x4.mul(slope, y5));
        }
      }
      // in order of tiles: the last two of a row may overlap, and the outputs of the last one must remain
      v128.store(q0, y0);
      if (outputs == 6) {
        v128.store64_lane(q0, y4, 0, 16);
        v128.store(q1, y1);
        v128.store64_lane(q1, y4, 1, 16);
        v128.store(q2, y2);
        v128.store64_lane(q2, y5, 0, 16);
        v128.store(q3, y3);
        v128.store64_lane(q3, y5, 1, 16);
      } else if (outputs == 5) {
        v128.store32_lane(q0, y4, 0, 16);
        v128.store(q1, y1);
        v128.store32_lane(q1, y4, 1, 16);
        v128.store(q2, y2);
        v128.store32_lane(q2, y4, 2, 16);
        v128.store(q3, y3);
        v128.store32_lane(q3, y4, 3, 16);
      } else {
        v128.store(q1, y1);
        v128.store(q2, y2);
        v128.store(q3, y3);
      }
    } else {
      if (finish != 0) {
        const most = v128.load32_splat(finish, offsetof<FinishTask>('operand'));
        y0 = clamp(y0, zero, most);
        y1 = clamp(y1, zero, most);
        y2 = clamp(y2, zero, most);
        y3 = clamp(y3, zero, most);
        y4 = clamp(y4, zero, most);
        y5 = clamp(y5, zero, most);
      }
      if (isWhole && areBeside) {
        v128.store(q0, y0);
        v128.store(q0 + gap, y1);
        v128.store(q0 + 2 * gap, y2);
        v128.store(q0 + 3 * gap, y3);
        if (outputs > 4) v128.store(q0 + 4 * gap, y4);
        if (outputs > 5) v128.store(q0 + 5 * gap, y5);
      } else if (isWhole) {
        v128.store32_lane(q0, y0, 0);
        v128.store32_lane(q0 + gap, y1, 0);
        v128.store32_lane(q0 + 2 * gap, y2, 0);
        v128.store32_lane(q0 + 3 * gap, y3, 0);
        if (outputs > 4) v128.store32_lane(q0 + 4 * gap, y4, 0);
        if (outputs > 5) v128.store32_lane(q0 + 5 * gap, y5, 0);
        v128.store32_lane(q1, y0, 1);
        v128.store32_lane(q1 + gap, y1, 1);
        v128.store32_lane(q1 + 2 * gap, y2, 1);
        v128.store32_lane(q1 + 3 * gap, y3, 1);
        if (outputs > 4) v128.store32_lane(q1 + 4 * gap, y4, 1);
        if (outputs > 5) v128.store32_lane(q1 + 5 * gap, y5, 1);
        v128.store32_lane(q2, y0, 2);
        v128.store32_lane(q2 + gap, y1, 2);
        v128.store32_lane(q2 + 2 * gap, y2, 2);
        v128.store32_lane(q2 + 3 * gap, y3, 2);
        if (outputs > 4) v128.store32_lane(q2 + 4 * gap, y4, 2);
        if (outputs > 5) v128.store32_lane(q2 + 5 * gap, y5, 2);
        v128.store32_lane(q3, y0, 3);
        v128.store32_lane(q3 + gap, y1, 3);
        v128.store32_lane(q3 + 2 * gap, y2, 3);
        v128.store32_lane(q3 + 3 * gap, y3, 3);
        if (outputs > 4) v128.store32_lane(q3 + 4 * gap, y4, 3);
        if (outputs > 5) v128.store32_lane(q3 + 5 * gap, y5, 3);
      } else {
        v128.store(work, y0);
        v128.store(work, y1, 16);
        v128.store(work, y2, 32);
        v128.store(work, y3, 48);
        v128.store(work, y4, 64);
        v128.store(work, y5, 80);
        storeTile(q0, gap, work, workEnd, out0);
        storeTile(q1, gap, work + 4, workEnd, out1);
        storeTile(q2, gap, work + 8, workEnd, out2);
        storeTile(q3, gap, work + 12, workEnd, out3);
      }
    }
    q0 += filter;
    q1 += filter;
    q2 += filter;
    q3 += filter;
  }
  markNotFinite(tiles, bad);
}

/** Stores the outputs of one tile, `gap` bytes apart, except the first `skipped`. */
function storeTile(to: usize, gap: usize, work: usize, workEnd: usize, skipped: i32): void {
  to += <usize>skipped * gap;
  for (let w = work + ((<usize>skipped) << 4); w < workEnd; w += 16, to += gap) store<f32>(to, load<f32>(w));
}
