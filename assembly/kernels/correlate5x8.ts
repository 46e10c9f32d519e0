// correlate5x8: five filters x eight pixels; see correlate.ts for the formula and the layouts.

import { correlateTile } from './correlate';

/** The tile over a packed panel. */
export function correlate5x8(
  terms: i32,
  a: usize,
  b: usize,
  c: usize,
  row: usize,
  bias: usize,
  add: bool,
): void {
  correlateTile(5, false, terms, a, b, 0, c, row, bias, add);
}

/** The tile that reads the staged window in place. */
export function correlate5x8InPlace(
  terms: i32,
  a: usize,
  b: usize,
  taps: usize,
  c: usize,
  row: usize,
  bias: usize,
): void {
  correlateTile(5, true, terms, a, b, taps, c, row, bias, false);
}
