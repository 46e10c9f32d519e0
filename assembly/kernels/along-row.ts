// along-row: which kernel computes a row of outputs of one filter.

import { row1x16 } from './row1x16';
import { row1x16k3 } from './row1x16k3';

/** One filter along a row of at least sixteen outputs; three taps have a kernel of their own. */
// @ts-ignore: decorator
@inline
export function alongRow(
  count: i32,
  w: usize,
  taps: usize,
  bias: usize,
  b: usize,
  c: usize,
  width: i32,
): void {
  if (count == 3) row1x16k3(w, taps, bias, b, c, width);
  else row1x16(count, w, taps, bias, b, c, width);
}
