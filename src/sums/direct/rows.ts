// Rows of outputs: the tables of assembly/signal/rows.ts, and the call that computes them.

import { FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import type { Engine } from '../../engine/engine.js';
import type { SignalEntries } from '../../spectrum/entries.js';
import type { Group } from './groups.js';

/** An axis of rows, planes or independent sums: its size, and the distances in numbers in signal, weights and output. */
export interface RowLevel {
  readonly count: number;
  readonly signal: number;
  readonly weights: number;
  readonly out: number;
}

/** Rows of outputs with the same taps. All distances are in numbers. */
export interface Rows {
  /** outermost first */
  readonly levels: readonly RowLevel[];
  readonly groups: readonly Group[];
  /** whether neighbouring rows, whose lines overlap, are computed in pairs */
  readonly paired: boolean;
  /** distances between lines of a group, in the signal and in the weights */
  readonly lineStep: number;
  readonly weightStep: number;
  /** distance between the signal elements of consecutive taps */
  readonly tapStep: number;
  readonly length: number;
}

/** Bytes of the tables. */
export function rowTableBytes({ levels, groups }: Pick<Rows, 'levels' | 'groups'>): number {
  return 4 * WORD_BYTES * (levels.length + groups.length);
}

/** Writes the tables and computes the rows; a number has `bytes` bytes. */
export function computeRows(
  entries: SignalEntries,
  { i32 }: Engine,
  rows: Rows,
  bytes: number,
  table: number,
  weights: number,
  signal: number,
  out: number,
): void {
  const { levels, groups, paired, lineStep, weightStep, tapStep, length } = rows;
  let at = table / WORD_BYTES;
  for (const [lines, taps, offset, weight] of groups) {
    i32[at++] = lines;
    i32[at++] = taps;
    i32[at++] = bytes * offset;
    i32[at++] = bytes * weight;
  }
  const levelTable = at * WORD_BYTES;
  for (const level of levels) {
    i32[at++] = level.count;
    i32[at++] = bytes * level.signal;
    i32[at++] = bytes * level.weights;
    i32[at++] = bytes * level.out;
  }
  entries.rows(
    levelTable,
    levels.length,
    paired ? 1 : 0,
    table,
    groups.length,
    bytes * lineStep,
    bytes * weightStep,
    bytes * tapStep,
    weights,
    signal,
    out,
    bytes * length,
    Number(bytes === FLOAT_BYTES),
  );
}
