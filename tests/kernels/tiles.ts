// Records for the specs: their filter tiles, and copies.

import { PlanRecord } from '../../src/record';
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

/** A record with the same fields. */
export function copyOf(plan: PlanRecord): PlanRecord {
  const copy = new PlanRecord();
  memory.copy(changetype<usize>(copy), changetype<usize>(plan), offsetof<PlanRecord>());
  return copy;
}
