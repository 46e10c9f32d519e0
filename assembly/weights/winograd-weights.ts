// Transforms kernels for winograd when the weights are packed, two at a time, in float64: the cost is paid once.
//
//   U = G kernel G^T          or, for tiles along one axis, kernel G^T

import { F3X3_2X2, F4_3, F4_3_HIGH } from '../../src/shared/sizes';
import { G3x2, WHOLE3x2 } from '../kernels/winograd3x2/points';
import { G4x3, WHOLE4x3 } from '../kernels/winograd4x3/points';
import { G8, G8_ROW, POINTS, WHOLE8 } from '../kernels/winograd8/points';

/**
 * Transforms kernels of 3x3 or 2x2 elements, or rows or columns of three, for one of Winograd's transforms: one filter's, or those of two
 * consecutive filters. Element e of U is stored at `to + e * step`.
 * @param second the other filter's kernel, or the first again if there is only one
 * @param table i32[taps of a tile]: byte offset of each element from a kernel, -1 for none
 */
export function transformKernels(
  transform: i32,
  first: usize,
  second: usize,
  table: usize,
  to: usize,
  step: usize,
): void {
  const taps = transform == F3X3_2X2 ? 2 : 3;
  const points = 2 * taps;
  const isLine = transform == F4_3 || transform == F4_3_HIGH;
  const rows = isLine ? 1 : points;
  const tapRows = isLine ? 1 : taps;
  const g = taps == 3 ? G4x3 : G3x2;
  const gRow = (<usize>taps) << 3;
  const gEnd = g + <usize>points * gRow;
  const scale = 1 / (taps == 3 ? WHOLE4x3 : WHOLE3x2);
  const scales = f64x2.splat(scale);
  // Loop over the rows of G kernel, or use the kernel as the only row.
  for (let row = 0, rowG = g; row < rows; row++, rowG += gRow) {
    let h0 = f64x2.splat(0);
    let h1 = f64x2.splat(0);
    let h2 = f64x2.splat(0);
    for (let tapRow = 0, tap = table; tapRow < tapRows; tapRow++, tap += (<usize>taps) << 2) {
      const factor = f64x2.splat(isLine ? 1 : scale * load<f64>(rowG + ((<usize>tapRow) << 3)));
      h0 = f64x2.add(h0, f64x2.mul(factor, tapsOf(first, second, tap, 0)));
      h1 = f64x2.add(h1, f64x2.mul(factor, tapsOf(first, second, tap, 1)));
      if (taps == 3) h2 = f64x2.add(h2, f64x2.mul(factor, tapsOf(first, second, tap, 2)));
    }
    // Loop over the rows of G again: the row of G kernel times G^T.
    for (let pointG = g; pointG < gEnd; pointG += gRow, to += step) {
      let sum = f64x2.add(
        f64x2.mul(v128.load64_splat(pointG), h0),
        f64x2.mul(v128.load64_splat(pointG, 8), h1),
      );
      if (taps == 3) sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(pointG, 16), h2));
      const u = f32x4.demote_f64x2_zero(f64x2.mul(scales, sum));
      if (first == second) v128.store32_lane(to, u, 0);
      else v128.store64_lane(to, u, 0);
    }
  }
}

/** The same for rows or columns of three, four or five taps and eight points. */
export function transformLine8(
  first: usize,
  second: usize,
  table: usize,
  taps: i32,
  to: usize,
  step: usize,
): void {
  const h0 = tapsOf(first, second, table, 0);
  const h1 = tapsOf(first, second, table, 1);
  const h2 = tapsOf(first, second, table, 2);
  let h3 = f64x2.splat(0);
  let h4 = h3;
  let last = h2;
  if (taps > 3) last = h3 = tapsOf(first, second, table, 3);
  if (taps > 4) last = h4 = tapsOf(first, second, table, 4);
  const scales = f64x2.splat(1 / WHOLE8);
  // Loop over the points; the last one is infinity.
  for (let point: usize = 0, g = G8; point < POINTS; point++, g += G8_ROW, to += step) {
    let u = last;
    if (point < POINTS - 1) {
      let sum = f64x2.mul(v128.load64_splat(g), h0);
      sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(g, 8), h1));
      sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(g, 16), h2));
      sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(g, 24), h3));
      sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(g, 32), h4));
      u = f64x2.mul(scales, sum);
    }
    u = f32x4.demote_f64x2_zero(u);
    if (first == second) v128.store32_lane(to, u, 0);
    else v128.store64_lane(to, u, 0);
  }
}

/** One element of both kernels, or zeros if they have none there. */
// @ts-ignore: decorator
@inline
function tapsOf(first: usize, second: usize, table: usize, tap: usize): v128 {
  const offset = load<i32>(table + (tap << 2));
  if (offset == -1) return f64x2.splat(0);
  const pair = v128.load_zero<f32>(first + <usize>offset);
  return f64x2.promote_low_f32x4(v128.load32_lane(second + <usize>offset, pair, 1));
}
