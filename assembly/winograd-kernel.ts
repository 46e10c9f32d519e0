// Transforms a kernel for winograd, when the weights are packed; in float64, as nothing of it is done again.

import { PlanRecord } from '../src/shared/record';
import { G3x2 } from './kernels/winograd3x2/points';
import { G4x3 } from './kernels/winograd4x3/points';

/** G k G^T (k G^T) of one kernel, whose elements are found by a table of byte offsets: element e goes to `to + e * step`. */
export function transformKernel(plan: PlanRecord, kernel: usize, table: usize, to: usize, step: usize): void {
  const taps = plan.tileOutputs - 1;
  const side = 2 * taps;
  const g = taps == 3 ? G4x3 : G3x2;
  const scale: f64 = taps == 3 ? 1.0 / 243 : 0.5;
  const isLine = plan.tileRows == 1;
  const rows = isLine ? 1 : side;
  const tapRows = isLine ? 1 : taps;
  // Loop over the rows of G k, or take k for its only row; each is spread along the other axis at once.
  for (let i = 0; i < rows; i++) {
    let h0: f64 = 0;
    let h1: f64 = 0;
    let h2: f64 = 0;
    for (let row = 0, tap = table; row < tapRows; row++, tap += (<usize>taps) << 2) {
      const factor = isLine ? 1 : scale * load<i16>(g + ((i * 3 + row) << 1));
      h0 += factor * tapOf(kernel, tap, 0);
      h1 += factor * tapOf(kernel, tap, 1);
      if (taps == 3) h2 += factor * tapOf(kernel, tap, 2);
    }
    for (let from = g; from < g + side * 6; from += 6, to += step) {
      store<f32>(
        to,
        <f32>(scale * (load<i16>(from) * h0 + load<i16>(from, 2) * h1 + load<i16>(from, 4) * h2)),
      );
    }
  }
}

/** One element of a kernel; zero for one that a later kernel has too. */
// @ts-ignore: decorator
@inline
function tapOf(kernel: usize, table: usize, tap: usize): f64 {
  const offset = load<i32>(table + (tap << 2));
  return offset == -1 ? 0 : <f64>load<f32>(kernel + <usize>offset);
}
