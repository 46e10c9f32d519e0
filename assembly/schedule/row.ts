// Dispatches to the micro-kernel for one filter along a row: row1x16k3 for three terms, else row1x16.

import { row1x16 } from '../kernels/row1x16';
import { row1x16k3 } from '../kernels/row1x16k3';

/** Computes `width` outputs at `c`, at least sixteen. `b` is the input that the first output reads at tap 0. */
// @ts-ignore: decorator
@inline
export function sumRow(
  terms: i32,
  weights: usize,
  taps: usize,
  bias: usize,
  b: usize,
  c: usize,
  width: i32,
): void {
  if (terms == 3) row1x16k3(weights, taps, bias, b, c, width);
  else row1x16(terms, weights, taps, bias, b, c, width);
}
