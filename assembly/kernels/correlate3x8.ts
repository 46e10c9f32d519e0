// correlate3x8: three filters x eight pixels; see correlate.ts for the formula and the layouts.

import { correlateAlong, correlateTile } from './correlate';

/** The tile over a packed panel. */
export function correlate3x8(
  terms: i32,
  a: usize,
  b: usize,
  c: usize,
  row: usize,
  bias: usize,
  add: bool,
): void {
  correlateTile(3, false, terms, a, b, 0, c, row, bias, add);
}

/** The tile along a row of `width` pixels of the staged window, in place. */
export function correlate3x8InPlace(
  terms: i32,
  a: usize,
  b: usize,
  taps: usize,
  c: usize,
  row: usize,
  bias: usize,
  width: i32,
): void {
  correlateAlong(3, terms, a, b, taps, c, row, bias, width);
}
