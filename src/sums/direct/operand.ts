// An operand on its way to the engine's memory: which elements of a signal or a kernel are copied, and the table by which they are staged
// (assembly/signal/stage.ts).

import { copyRange } from '../../core/copy.js';
import { product } from '../../core/lists.js';
import { attached } from '../../core/tensor.js';
import { addressOf } from '../../engine/address.js';
import { countOf, type Run, type Span, spansOf } from '../borders/runs.js';
import type { NumberArray, Samples } from '../samples.js';
import { stepsOf } from '../steps.js';

/** The elements of an operand to be staged: a line for each axis, outermost first, and a range of each group. */
interface Lined {
  readonly samples: Samples;
  readonly sizes: readonly number[];
  readonly lines: readonly Run[][];
  readonly group: number;
  readonly from: number;
  readonly count: number;
}

/** An operand's copied box, and the table of its lines. */
export class Operand {
  /** address of the operand, if it is in the engine's memory already; -1 if it is copied there */
  readonly address: number;
  /** whether it can be read without staging */
  readonly isPlain: boolean;
  /** lengths of the copy and of the staged lines, in numbers */
  readonly copied: number;
  readonly staged: number;
  /** number of axes above the row */
  readonly depth: number;
  /** distances between elements of each axis, in the operand or its copy, in numbers */
  readonly steps: readonly number[];
  readonly #spans: Span[][];
  readonly #operand: Lined;

  constructor(operand: Lined) {
    const { samples, sizes, lines, group, count } = operand;
    this.#operand = operand;
    this.depth = lines.length - 1;
    this.address = count === group ? addressOf(samples) : -1;
    this.isPlain = lines.every((runs) => runs.length === 1 && runs[0].from >= 0 && runs[0].step === 1);
    this.#spans = this.address >= 0 ? sizes.map((size) => [{ from: 0, count: size }]) : lines.map(spansOf);
    const counts = this.#spans.map(countOf);
    this.steps = stepsOf(counts, count);
    this.copied = this.address >= 0 ? 0 : product(counts) * count;
    this.staged = this.isPlain ? 0 : product(lines.map(countOf)) * count;
  }

  /** For a plain operand: offset of the first number that is read. */
  get begin(): number {
    return this.#operand.lines.reduce((sum, [{ from }], i) => sum + from * this.steps[i], 0);
  }

  /** Length of the table in words. */
  get tableLength(): number {
    if (this.isPlain) return 0;
    const { lines } = this.#operand;
    let length = 1 + 3 * lines[this.depth].length;
    for (let i = 0; i < this.depth; i++) length += 2 + countOf(lines[i]);
    return length;
  }

  /** Writes the table at an index; a number has `bytes` bytes. */
  writeTable(table: Int32Array, at: number, bytes: number): void {
    const { lines } = this.#operand;
    for (let i = 0; i < this.depth; i++) {
      const line = lines[i];
      table[at++] = countOf(line);
      table[at++] = bytes * this.steps[i];
      for (const { from, count, step } of line)
        for (let j = 0; j < count; j++) table[at++] = from < 0 ? -1 : from + step * j;
    }
    const row = lines[this.depth];
    table[at++] = row.length;
    for (const { from, count, step } of row) {
      table[at++] = from;
      table[at++] = count;
      table[at++] = step;
    }
  }

  /** Copies the box from the operand's array. */
  copy(to: NumberArray): void {
    const { samples, sizes, group, from, count } = this.#operand;
    const data = attached(samples);
    const spans = [...this.#spans, [{ from, count }]];
    const all = [...sizes, group];
    const steps = stepsOf(all);
    // all axes from this one on are copied completely
    let whole = all.length;
    while (whole > 0 && countOf(spans[whole - 1]) === all[whole - 1]) whole--;
    if (whole === 0) {
      copyRange(data, 0, data.length, to, 0);
      return;
    }
    let written = 0;
    const walk = (axis: number, begin: number): void => {
      const step = steps[axis];
      for (const span of spans[axis])
        if (axis === whole - 1) {
          const at = begin + span.from * step;
          copyRange(data, at, span.count * step, to, written);
          written += span.count * step;
        } else for (let i = 0; i < span.count; i++) walk(axis + 1, begin + (span.from + i) * step);
    };
    walk(0, 0);
  }
}
