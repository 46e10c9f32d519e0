// Transforms kernels for winograd when the weights are packed, two at a time, in float64: the cost is paid once.
//
//   U = G kernel G^T          or, for tiles along one axis, kernel G^T

import { EIGHT_POINTS, elementBytes, F3X3_2X2, F4_3, F4_3_HIGH } from '../../src/shared/sizes';
import { PackWinogradTask } from '../../src/shared/task';
import { G3x2, WHOLE3x2 } from '../kernels/winograd3x2/points';
import { G4x3, WHOLE4x3 } from '../kernels/winograd4x3/points';
import { G8, G8_ROW, POINTS, WHOLE8 } from '../kernels/winograd8/points';

/** Bytes of a row of G, for kernels of three taps as of two. */
const G_ROW: usize = 3 * 8;

/**
 * Transforms two kernels of 3x3 or 2x2 elements, or rows or columns of three to five, for one of Winograd's transforms. Element e of U is
 * stored at `to + e * step`.
 * @param second the kernel whose elements are stored behind those of the first; the first again if there is only one
 * @param table i32[taps of a tile]: byte offset of each element from a kernel, -1 for none
 */
export function transformKernels(
  task: PackWinogradTask,
  first: usize,
  second: usize,
  table: usize,
  to: usize,
): void {
  const transform = task.transform;
  const step = <usize>elementBytes(task.packedFilters, task.terms);
  if (transform >= EIGHT_POINTS) {
    transformLine8(task.kernelTaps, first, second, table, to, step);
    return;
  }
  const taps = transform == F3X3_2X2 ? 2 : 3;
  const isLine = transform == F4_3 || transform == F4_3_HIGH;
  const isSingle = first == second;
  // all taps in locals: they are read and converted once
  const zero = f64x2.splat(0);
  const t0 = tapsOf(first, second, table, 0);
  const t1 = tapsOf(first, second, table, 1);
  let t2 = zero;
  let t3 = zero;
  let t4 = zero;
  let t5 = zero;
  let t6 = zero;
  let t7 = zero;
  let t8 = zero;
  if (taps == 3) t2 = tapsOf(first, second, table, 2);
  if (!isLine) {
    t3 = tapsOf(first, second, table, taps);
    t4 = tapsOf(first, second, table, taps + 1);
    if (taps == 3) {
      t5 = tapsOf(first, second, table, 5);
      t6 = tapsOf(first, second, table, 6);
      t7 = tapsOf(first, second, table, 7);
      t8 = tapsOf(first, second, table, 8);
    }
  }
  const scales = f64x2.splat(taps == 3 ? 1 / WHOLE4x3 : 1 / WHOLE3x2);
  const g = taps == 3 ? G4x3 : G3x2;
  const gLast = g + <usize>(2 * taps - 1) * G_ROW;
  // Loop over the rows of G kernel, or use the kernel as the only row.
  for (let row = isLine ? gLast : g; row <= gLast; row += G_ROW) {
    let h0 = t0;
    let h1 = t1;
    let h2 = t2;
    if (!isLine) {
      const g0 = f64x2.mul(scales, v128.load64_splat(row));
      const g1 = f64x2.mul(scales, v128.load64_splat(row, 8));
      const g2 = f64x2.mul(scales, v128.load64_splat(row, 16));
      h0 = f64x2.add(f64x2.add(f64x2.mul(g0, t0), f64x2.mul(g1, t3)), f64x2.mul(g2, t6));
      h1 = f64x2.add(f64x2.add(f64x2.mul(g0, t1), f64x2.mul(g1, t4)), f64x2.mul(g2, t7));
      h2 = f64x2.add(f64x2.add(f64x2.mul(g0, t2), f64x2.mul(g1, t5)), f64x2.mul(g2, t8));
    }
    // Its product with G^T: the point 0, pairs of points p and -p, which share their products, and infinity.
    storeElement(f64x2.mul(scales, f64x2.mul(v128.load64_splat(g), h0)), isSingle, to);
    to += step;
    for (let point = g + G_ROW; point < gLast; point += 2 * G_ROW, to += 2 * step) {
      const even = f64x2.mul(v128.load64_splat(point), h0);
      const odd = f64x2.mul(v128.load64_splat(point, 8), h1);
      const square = f64x2.mul(v128.load64_splat(point, 16), h2);
      const sum = f64x2.add(f64x2.add(even, odd), square);
      const difference = f64x2.add(f64x2.sub(even, odd), square);
      storeElement(f64x2.mul(scales, sum), isSingle, to);
      storeElement(f64x2.mul(scales, difference), isSingle, to + step);
    }
    const last = f64x2.add(
      f64x2.mul(v128.load64_splat(gLast, 8), h1),
      f64x2.mul(v128.load64_splat(gLast, 16), h2),
    );
    storeElement(f64x2.mul(scales, last), isSingle, to);
    to += step;
  }
}

/** Stores an element of both kernels. */
// @ts-ignore: decorator
@inline
function storeElement(sums: v128, isSingle: bool, to: usize): void {
  const u = f32x4.demote_f64x2_zero(sums);
  if (isSingle) v128.store32_lane(to, u, 0);
  else v128.store64_lane(to, u, 0);
}

/** The same for rows or columns of three, four or five taps and eight points. */
// @ts-ignore: decorator
@inline
function transformLine8(taps: i32, first: usize, second: usize, table: usize, to: usize, step: usize): void {
  const isSingle = first == second;
  const h0 = tapsOf(first, second, table, 0);
  const h1 = tapsOf(first, second, table, 1);
  const h2 = tapsOf(first, second, table, 2);
  let h3 = f64x2.splat(0);
  let h4 = h3;
  let last = h2;
  if (taps > 3) last = h3 = tapsOf(first, second, table, 3);
  if (taps > 4) last = h4 = tapsOf(first, second, table, 4);
  const scales = f64x2.splat(1 / WHOLE8);
  storeElement(f64x2.mul(scales, f64x2.mul(v128.load64_splat(G8), h0)), isSingle, to);
  to += step;
  // Loop over the pairs of points p and -p, which share their products.
  for (let g = G8 + G8_ROW; g < G8 + (POINTS - 1) * G8_ROW; g += 2 * G8_ROW, to += 2 * step) {
    const constant = f64x2.mul(v128.load64_splat(g), h0);
    const linear = f64x2.mul(v128.load64_splat(g, 8), h1);
    const square = f64x2.mul(v128.load64_splat(g, 16), h2);
    const cube = f64x2.mul(v128.load64_splat(g, 24), h3);
    const fourth = f64x2.mul(v128.load64_splat(g, 32), h4);
    const sum = f64x2.add(f64x2.add(f64x2.add(f64x2.add(constant, linear), square), cube), fourth);
    const difference = f64x2.add(f64x2.sub(f64x2.add(f64x2.sub(constant, linear), square), cube), fourth);
    storeElement(f64x2.mul(scales, sum), isSingle, to);
    storeElement(f64x2.mul(scales, difference), isSingle, to + step);
  }
  storeElement(last, isSingle, to);
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
