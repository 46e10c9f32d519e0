// Tables: the records and tables of a block as words to be copied into wasm memory.

import type { PlanRecord } from '../shared/record.js';

/** Words that will lie at an address. */
export class Tables {
  readonly #words: number[] = [];

  constructor(readonly address: number) {}

  /** Adds values; gives the address they will have. */
  add(values: ArrayLike<number>): number {
    const address = this.address + 4 * this.#words.length;
    for (let i = 0; i < values.length; i++) this.#words.push(values[i]);
    return address;
  }

  /** Adds a record. */
  record(record: PlanRecord): number {
    return this.add(Object.values(record) as number[]);
  }

  get words(): Int32Array {
    return Int32Array.from(this.#words);
  }
}
