// correlate5x4: five filters x four pixels; see correlate.ts for the formula and the layouts.

import { correlateTile } from './correlate';

/** The tile over the first four pixels of each row of a packed panel. */
export function correlate5x4(
  terms: i32,
  a: usize,
  b: usize,
  c: usize,
  row: usize,
  bias: usize,
  add: bool,
): void {
  correlateTile(5, 4, false, terms, a, b, 0, c, row, bias, add);
}
