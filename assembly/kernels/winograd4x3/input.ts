// winograd4x3/input: transforms inputs, B^T d B of F(4x4, 3x3), and d B of F(4, 3) along one axis.
// Four tiles at a time, one per lane.
//
//          a2 b2  0      -(a2+b2)  0        1  0
//          0     -a b2   -b2       a        1  0          a = 3/4, b = 3/2
//   B^T =  0      a b2   -b2      -a        1  0          a2 = a^2, b2 = b^2
//          0     -a2 b   -a2       b        1  0
//          0      a2 b   -a2      -b        1  0
//          0      a2 b2   0       -(a2+b2)  0  1
//
//   d       6 x 6 inputs of each tile, at any alignment; of tiles along one axis six of each channel
//   work    f32[6][6][4]: rows, columns, tiles
//
// Points of opposite sign are pairs: their rows of B^T have the same even part, and odd parts that differ in sign only.

import { gather } from '../../lanes';
import { inputsOf } from '../tile-table';
import { Factor, ROW, SIDE, splat, VECTOR } from './points';

/**
 * B^T d B of four tiles. Element e of the result is stored at `to + e * step`. Elements that follow from a missing row are computed from
 * stale values and are not read. For the other parameters see inputRows4x3.
 */
// @ts-ignore: decorator
@inline
export function input4x3(
  tiles: usize,
  from: usize,
  row: usize,
  gap: usize,
  last: usize,
  work: usize,
  to: usize,
  step: usize,
  rows: i32,
): void {
  inputRows4x3(tiles, from, row, gap, last, work, VECTOR, ROW, rows);
  inputColumns4x3(work, to, step);
}

/** B^T along one axis: six vectors to six, which are stored at `to`, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function spread(
  d0: v128,
  d1: v128,
  d2: v128,
  d3: v128,
  d4: v128,
  d5: v128,
  to: usize,
  step: usize,
  a: v128,
  b: v128,
  a2: v128,
  b2: v128,
  product: v128,
  sum: v128,
): void {
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(product, d0), f32x4.mul(sum, d2)), d4));
  let even = f32x4.sub(d4, f32x4.mul(b2, d2));
  let odd = f32x4.mul(a, f32x4.sub(d3, f32x4.mul(b2, d1)));
  v128.store(to + step, f32x4.add(even, odd));
  v128.store(to + 2 * step, f32x4.sub(even, odd));
  even = f32x4.sub(d4, f32x4.mul(a2, d2));
  odd = f32x4.mul(b, f32x4.sub(d3, f32x4.mul(a2, d1)));
  v128.store(to + 3 * step, f32x4.add(even, odd));
  v128.store(to + 4 * step, f32x4.sub(even, odd));
  v128.store(to + 5 * step, f32x4.add(f32x4.sub(f32x4.mul(product, d1), f32x4.mul(sum, d3)), d5));
}

/**
 * d B: rows of six inputs of four tiles to rows of six elements.
 * @param tiles the four tiles in the tile table
 * @param from byte offset from the inputs in the table
 * @param row bytes between rows of inputs, or, for tiles along one axis, between channels
 * @param gap bytes between inputs of a row, or, for tiles along the height, of a column
 * @param last byte offset of the last input; less than five gaps if its result is not read
 * @param to element e of a row is stored at `to + e * step`, the next row `rowStep` bytes further
 */
export function inputRows4x3(
  tiles: usize,
  from: usize,
  row: usize,
  gap: usize,
  last: usize,
  to: usize,
  step: usize,
  rowStep: usize,
  rows: i32,
): void {
  let p0 = inputsOf(tiles, 0) + from;
  let p1 = inputsOf(tiles, 1) + from;
  let p2 = inputsOf(tiles, 2) + from;
  let p3 = inputsOf(tiles, 3) + from;
  const a = splat(Factor.A);
  const b = splat(Factor.B);
  const a2 = splat(Factor.A2);
  const b2 = splat(Factor.B2);
  const product = splat(Factor.PRODUCT);
  const sum = splat(Factor.SUM);
  for (; rows > 0; rows--) {
    let d0: v128;
    let d1: v128;
    let d2: v128;
    let d3: v128;
    let d4: v128;
    let d5: v128;
    if (gap == 4) {
      // four columns by a 4x4 transpose, the other two by half vectors
      const r0 = v128.load(p0);
      const r1 = v128.load(p1);
      const r2 = v128.load(p2);
      const r3 = v128.load(p3);
      const r01 = v128.load64_lane(p1, v128.load64_zero(p0, 16), 1, 16);
      const r23 = v128.load64_lane(p3, v128.load64_zero(p2, 16), 1, 16);
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      d0 = v128.shuffle<f32>(low01, low23, 0, 1, 4, 5);
      d1 = v128.shuffle<f32>(low01, low23, 2, 3, 6, 7);
      d2 = v128.shuffle<f32>(high01, high23, 0, 1, 4, 5);
      d3 = v128.shuffle<f32>(high01, high23, 2, 3, 6, 7);
      d4 = v128.shuffle<f32>(r01, r23, 0, 2, 4, 6);
      d5 = v128.shuffle<f32>(r01, r23, 1, 3, 5, 7);
    } else if (p1 == p0 + 4 && p2 == p0 + 8 && p3 == p0 + 12) {
      // the four tiles are consecutive, as with dilated taps or along the height
      d0 = v128.load(p0);
      d1 = v128.load(p0 + gap);
      d2 = v128.load(p0 + 2 * gap);
      d3 = v128.load(p0 + 3 * gap);
      d4 = v128.load(p0 + 4 * gap);
      d5 = v128.load(p0 + last);
    } else {
      d0 = gather(p0, p1, p2, p3);
      d1 = gather(p0 + gap, p1 + gap, p2 + gap, p3 + gap);
      d2 = gather(p0 + 2 * gap, p1 + 2 * gap, p2 + 2 * gap, p3 + 2 * gap);
      d3 = gather(p0 + 3 * gap, p1 + 3 * gap, p2 + 3 * gap, p3 + 3 * gap);
      d4 = gather(p0 + 4 * gap, p1 + 4 * gap, p2 + 4 * gap, p3 + 4 * gap);
      d5 = gather(p0 + last, p1 + last, p2 + last, p3 + last);
    }
    spread(d0, d1, d2, d3, d4, d5, to, step, a, b, a2, b2, product, sum);
    p0 += row;
    p1 += row;
    p2 += row;
    p3 += row;
    to += rowStep;
  }
}

/** B^T work: transforms the six columns of work; element e of the result is stored at `to + e * step`. */
export function inputColumns4x3(work: usize, to: usize, step: usize): void {
  const a = splat(Factor.A);
  const b = splat(Factor.B);
  const a2 = splat(Factor.A2);
  const b2 = splat(Factor.B2);
  const product = splat(Factor.PRODUCT);
  const sum = splat(Factor.SUM);
  for (let w = work, end = work + ROW; w < end; w += VECTOR, to += step) {
    spread(
      v128.load(w),
      v128.load(w, ROW),
      v128.load(w, 2 * ROW),
      v128.load(w, 3 * ROW),
      v128.load(w, 4 * ROW),
      v128.load(w, 5 * ROW),
      to,
      SIDE * step,
      a,
      b,
      a2,
      b2,
      product,
      sum,
    );
  }
}
