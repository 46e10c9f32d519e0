// Tiles: how the filters of a group are divided among register tiles, of five rows first, then of four, three and one.

import { PlanRecord } from '../src/record';
import { correlate3x8, correlate3x8InPlace } from './kernels/correlate3x8';
import { correlate4x8, correlate4x8InPlace } from './kernels/correlate4x8';
import { correlate5x8, correlate5x8InPlace } from './kernels/correlate5x8';

/** Filter tiles of a group. */
// @ts-ignore: decorator
@inline
export function filterTileCount(plan: PlanRecord): i32 {
  return plan.fives + plan.fours + plan.threes + plan.ones;
}

/** Rows of the packed weights of one group: the filters, rounded up to whole tiles. */
// @ts-ignore: decorator
@inline
export function packedRows(plan: PlanRecord): i32 {
  return plan.fives * 5 + plan.fours * 4 + plan.threes * 3 + plan.ones;
}

/** Rows of a filter tile. */
export function tileRows(plan: PlanRecord, tile: i32): i32 {
  if (tile < plan.fives) return 5;
  tile -= plan.fives;
  if (tile < plan.fours) return 4;
  return tile < plan.fours + plan.threes ? 3 : 1;
}

/** The first row of a filter tile. */
export function tileRow(plan: PlanRecord, tile: i32): i32 {
  if (tile < plan.fives) return tile * 5;
  let row = plan.fives * 5;
  tile -= plan.fives;
  if (tile < plan.fours) return row + tile * 4;
  row += plan.fours * 4;
  tile -= plan.fours;
  return tile < plan.threes ? row + tile * 3 : row + plan.threes * 3 + tile - plan.threes;
}

/** Five, four or three filters by eight pixels of a packed panel. */
// @ts-ignore: decorator
@inline
export function correlate(rows: i32, terms: i32, a: usize, b: usize, c: usize, row: usize, bias: usize, add: bool): void {
  if (rows == 5) correlate5x8(terms, a, b, c, row, bias, add);
  else if (rows == 4) correlate4x8(terms, a, b, c, row, bias, add);
  else correlate3x8(terms, a, b, c, row, bias, add);
}

/** Five, four or three filters by eight pixels of the staged window. */
// @ts-ignore: decorator
@inline
export function correlateInPlace(rows: i32, terms: i32, a: usize, b: usize, taps: usize, c: usize, row: usize, bias: usize): void {
  if (rows == 5) correlate5x8InPlace(terms, a, b, taps, c, row, bias);
  else if (rows == 4) correlate4x8InPlace(terms, a, b, taps, c, row, bias);
  else correlate3x8InPlace(terms, a, b, taps, c, row, bias);
}
