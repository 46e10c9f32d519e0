// Exact results for integers: if inputs and weights are integers, outputs are rounded to integers, provided the error bound allows it.

import { FLOAT_BYTES } from '../../core/bytes.js';
import type { SignalEntries } from '../../spectrum/entries.js';

/** The 2-norm of contiguous rows of integers; Infinity if a number is not an integer. */
export function norm32(
  { integerSquares }: SignalEntries,
  address: number,
  rows: number,
  length: number,
): number {
  let sum = 0;
  for (let row = 0; row < rows && sum < Number.POSITIVE_INFINITY; row++)
    sum += integerSquares(address + row * length * FLOAT_BYTES, length, 1);
  return Math.sqrt(sum);
}
