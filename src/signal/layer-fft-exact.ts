// Layer fft, exact: inputs and weights that are integers have outputs that are, and are rounded where the promised error allows that.

import type { SignalEntries } from '../spectrum/entries.js';

/** The root of the sum of the squares of rows of integers, `pitch` bytes apart; infinite where one is none. */
export function norm32(
  { integerSquares }: SignalEntries,
  address: number,
  rows: number,
  length: number,
  pitch: number,
): number {
  let sum = 0;
  for (let row = 0; row < rows && sum < Number.POSITIVE_INFINITY; row++)
    sum += integerSquares(address + row * pitch, length, 1);
  return Math.sqrt(sum);
}
