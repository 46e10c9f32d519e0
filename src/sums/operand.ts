// Operand: a signal or a kernel on its way into the memory of the engine: which of its elements are copied, and the table that says how
// they are staged there (assembly/signal/stage.ts).

import { countOf, type Run, type Span, spansOf } from './runs.js';
import type { NumberArray } from './samples.js';

/** What is staged of an operand: for each axis, outermost first, a line; and which numbers of each group. */
export interface Lined {
  readonly data: NumberArray;
  readonly sizes: readonly number[];
  readonly lines: readonly Run[][];
  readonly group: number;
  readonly from: number;
  readonly count: number;
}

/** The copied box of an operand and the table of its lines. */
export class Operand {
  /** numbers that are copied and staged */
  readonly copied: number;
  readonly staged: number;
  /** levels above the row */
  readonly depth: number;
  readonly #spans: Span[][];
  readonly #operand: Lined;

  constructor(operand: Lined) {
    const { lines, count } = operand;
    this.#operand = operand;
    this.#spans = lines.map(spansOf);
    this.depth = lines.length - 1;
    this.copied = this.#spans.reduce((product, spans) => product * countOf(spans), count);
    this.staged = lines.reduce((product, line) => product * lengthOf(line), count);
  }

  /** How many numbers the table has. */
  get tableLength(): number {
    const { lines } = this.#operand;
    let length = 1 + 3 * lines[this.depth].length;
    for (let i = 0; i < this.depth; i++) length += 2 + lengthOf(lines[i]);
    return length;
  }

  /** Writes the table from `at` on; numbers have `bytes` bytes. */
  writeTable(table: Int32Array, at: number, bytes: number): void {
    const { lines, count } = this.#operand;
    let step = bytes * count;
    const steps = this.#spans.map(countOf);
    for (let i = steps.length - 1; i >= 0; i--) {
      const size = steps[i];
      steps[i] = step;
      step *= size;
    }
    for (let i = 0; i < this.depth; i++) {
      const line = lines[i];
      table[at++] = lengthOf(line);
      table[at++] = steps[i];
      for (const run of line)
        for (let j = 0; j < run.count; j++) table[at++] = run.from < 0 ? -1 : run.from + run.step * j;
    }
    const row = lines[this.depth];
    table[at++] = row.length;
    for (const run of row) {
      table[at++] = run.from;
      table[at++] = run.count;
      table[at++] = run.step;
    }
  }

  /** Copies the box from the operand's array. */
  copy(to: NumberArray): void {
    const { data, sizes, group, from, count } = this.#operand;
    const spans = [...this.#spans, [{ from, count }]];
    const all = [...sizes, group];
    const steps = all.map(() => 1);
    for (let i = all.length - 2; i >= 0; i--) steps[i] = steps[i + 1] * all[i + 1];
    // the axis from which on inwards everything is copied
    let whole = all.length;
    while (whole > 0 && countOf(spans[whole - 1]) === all[whole - 1]) whole--;
    let written = 0;
    const walk = (axis: number, begin: number): void => {
      if (axis >= whole - 1) {
        for (const span of axis < 0 ? [{ from: 0, count: 1 }] : spans[axis]) {
          const step = axis < 0 ? data.length : steps[axis];
          const at = begin + span.from * step;
          to.set(data.subarray(at, at + span.count * step), written);
          written += span.count * step;
        }
        return;
      }
      for (const span of spans[axis])
        for (let i = 0; i < span.count; i++) walk(axis + 1, begin + (span.from + i) * steps[axis]);
    };
    walk(whole === 0 ? -1 : 0, 0);
  }
}

function lengthOf(line: readonly Run[]): number {
  return countOf(line);
}
