// Transforms a kernel for winograd when the weights are packed; in float64, as nothing of it is done again.
//
//   U = G kernel G^T          or, for tiles along one axis, kernel G^T

import { F3X3_2X2, F4_3, F4_3_HIGH } from '../../src/shared/sizes';
import { G3x2, WHOLE3x2 } from '../kernels/winograd3x2/points';
import { G4x3, WHOLE4x3 } from '../kernels/winograd4x3/points';

/**
 * Transforms one kernel of 3x3 or 2x2 elements, or a row or column of three, for one of Winograd's transforms. Element
 * e of U goes to `to + e * step`.
 * @param table i32[taps of a tile]: byte offset of each element from `kernel`, -1 for none
 */
export function transformKernel(transform: i32, kernel: usize, table: usize, to: usize, step: usize): void {
  const taps = transform == F3X3_2X2 ? 2 : 3;
  const points = 2 * taps;
  const isLine = transform == F4_3 || transform == F4_3_HIGH;
  const rows = isLine ? 1 : points;
  const tapRows = isLine ? 1 : taps;
  const g = taps == 3 ? G4x3 : G3x2;
  const gRow = (<usize>taps) << 3;
  const gEnd = g + <usize>points * gRow;
  const scale = 1 / (taps == 3 ? WHOLE4x3 : WHOLE3x2);
  // Loop over the rows of G kernel, or take the kernel for its only row.
  for (let row = 0, rowG = g; row < rows; row++, rowG += gRow) {
    let h0: f64 = 0;
    let h1: f64 = 0;
    let h2: f64 = 0;
    for (let tapRow = 0, tap = table; tapRow < tapRows; tapRow++, tap += (<usize>taps) << 2) {
      const factor = isLine ? 1 : scale * load<f64>(rowG + ((<usize>tapRow) << 3));
      h0 += factor * tapOf(kernel, tap, 0);
      h1 += factor * tapOf(kernel, tap, 1);
      if (taps == 3) h2 += factor * tapOf(kernel, tap, 2);
    }
    // Loop over the rows of G again: the row of G kernel times G^T.
    for (let pointG = g; pointG < gEnd; pointG += gRow, to += step) {
      let sum = load<f64>(pointG) * h0 + load<f64>(pointG, 8) * h1;
      if (taps == 3) sum += load<f64>(pointG, 16) * h2;
      store<f32>(to, <f32>(scale * sum));
    }
  }
}

/** One element of a kernel; zero where it has none. */
// @ts-ignore: decorator
@inline
function tapOf(kernel: usize, table: usize, tap: usize): f64 {
  const offset = load<i32>(table + (tap << 2));
  return offset == -1 ? 0 : <f64>load<f32>(kernel + <usize>offset);
}
