// Tiles: the filters of a group are divided among register tiles of five, four, three rows or one.

import { PlanRecord } from '../src/shared/record';
import { correlate3x8, correlate3x8InPlace } from './kernels/correlate3x8';
import { correlate4x8, correlate4x8InPlace } from './kernels/correlate4x8';
import { correlate5x8, correlate5x8InPlace } from './kernels/correlate5x8';

/** The first row of a filter tile. */
// @ts-ignore: decorator
@inline
export function tileRow(plan: PlanRecord, tile: i32): i32 {
  return load<i32>(<usize>plan.filterTable + ((<usize>tile) << 2));
}

/** Five, four or three filters by eight pixels of a packed panel. */
// @ts-ignore: decorator
@inline
export function correlate(
  rows: i32,
  terms: i32,
  a: usize,
  b: usize,
  c: usize,
  row: usize,
  bias: usize,
  add: bool,
): void {
  if (rows == 5) correlate5x8(terms, a, b, c, row, bias, add);
  else if (rows == 4) correlate4x8(terms, a, b, c, row, bias, add);
  else correlate3x8(terms, a, b, c, row, bias, add);
}

/** Five, four or three filters by eight pixels of the staged window. */
// @ts-ignore: decorator
@inline
export function correlateInPlace(
  rows: i32,
  terms: i32,
  a: usize,
  b: usize,
  taps: usize,
  c: usize,
  row: usize,
  bias: usize,
): void {
  if (rows == 5) correlate5x8InPlace(terms, a, b, taps, c, row, bias);
  else if (rows == 4) correlate4x8InPlace(terms, a, b, taps, c, row, bias);
  else correlate3x8InPlace(terms, a, b, taps, c, row, bias);
}
