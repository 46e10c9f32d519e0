// Dispatches to the micro-kernel for five, four or three filters by eight pixels.

import { correlate3x8, correlate3x8InPlace } from '../kernels/correlate3x8';
import { correlate4x8, correlate4x8InPlace } from '../kernels/correlate4x8';
import { correlate5x8, correlate5x8InPlace } from '../kernels/correlate5x8';
import { firstFilter } from '../weights/filter-table';

/** Eight pixels of a packed panel. */
// @ts-ignore: decorator
@inline
export function correlate(
  filters: i32,
  terms: i32,
  a: usize,
  b: usize,
  c: usize,
  row: usize,
  bias: usize,
  add: bool,
): void {
  if (filters == 5) correlate5x8(terms, a, b, c, row, bias, add);
  else if (filters == 4) correlate4x8(terms, a, b, c, row, bias, add);
  else correlate3x8(terms, a, b, c, row, bias, add);
}

/** Whether the `count` filter tiles from `tile` on are before tile `end` and of five filters, as correlate10x4 and correlate20x1 need. */
// @ts-ignore: decorator
@inline
export function areFives(filterTable: i32, tile: i32, count: i32, end: i32): bool {
  const after = tile + count;
  return after <= end && firstFilter(filterTable, after) - firstFilter(filterTable, tile) == 5 * count;
}

/** `width` pixels of the staged window, at least eight. */
// @ts-ignore: decorator
@inline
export function correlateInPlace(
  filters: i32,
  terms: i32,
  a: usize,
  b: usize,
  taps: usize,
  c: usize,
  row: usize,
  bias: usize,
  width: i32,
): void {
  if (filters == 5) fiveAlong(terms, a, b, taps, c, row, bias, width);
  else if (filters == 4) correlate4x8InPlace(terms, a, b, taps, c, row, bias, width);
  else correlate3x8InPlace(terms, a, b, taps, c, row, bias, width);
}

/** With five filters no register is left for the position along the row, so the loop is outside of the micro-kernel. */
function fiveAlong(
  terms: i32,
  a: usize,
  b: usize,
  taps: usize,
  c: usize,
  row: usize,
  bias: usize,
  width: i32,
): void {
  const last = c + ((<usize>(width - 8)) << 2);
  while (true) {
    correlate5x8InPlace(terms, a, b, taps, c, row, bias);
    if (c == last) return;
    const next = min(c + 32, last);
    b += next - c;
    c = next;
  }
}
