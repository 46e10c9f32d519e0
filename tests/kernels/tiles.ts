// Records for the specs: their filter tiles, and where the kernels of rows lie.

import { PlanRecord } from '../../src/shared/record';
import { table } from './memory';

/** Divides the filters among tiles of five, four, three rows and one, so many of each; gives the rows of all. */
export function divide(plan: PlanRecord, fives: i32, fours: i32, threes: i32, ones: i32): i32 {
  const counts = [fives, fours, threes, ones];
  const rows = [5, 4, 3, 1];
  const firsts: i32[] = [];
  let row = 0;
  for (let size = 0; size < 4; size++) {
    for (let i = 0; i < counts[size]; i++, row += rows[size]) firsts.push(row);
  }
  plan.filterTiles = firsts.length;
  firsts.push(row);
  plan.filterTable = <i32>table(firsts);
  plan.packedRows = row;
  return row;
}

/** Byte offsets of the kernels of some rows, `bytes` apart and backwards, as no rule would find them. */
export function kernelsOf(rows: i32, bytes: i32): i32[] {
  const offsets: i32[] = [];
  for (let row = rows - 1; row >= 0; row--) offsets.push(row * bytes);
  return offsets;
}
