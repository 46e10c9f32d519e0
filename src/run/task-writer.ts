// Task writer: collects the tasks and tables of a block as words, which are then copied into wasm memory together.

import { WORD_BYTES } from '../core/bytes.js';

/** Words that will be copied to an address. */
export class TaskWriter {
  #words = new Int32Array(256);
  #length = 0;

  constructor(readonly address: number) {}

  /**
   * Adds values, one a word.
   * @returns the address that they will have
   */
  table(values: ArrayLike<number>): number {
    const begin = this.#length;
    this.#length += values.length;
    if (this.#length > this.#words.length) {
      const words = new Int32Array(2 * this.#length);
      words.set(this.#words);
      this.#words = words;
    }
    this.#words.set(values, begin);
    return this.address + WORD_BYTES * begin;
  }

  /**
   * Adds a task or a workspace. Its fields are written in the order in which its class declares them.
   * @returns the address that it will have
   */
  task(fields: object): number {
    return this.table(Object.values(fields) as number[]);
  }

  /** All words so far. */
  get words(): Int32Array {
    return this.#words.subarray(0, this.#length);
  }
}

/** Writes one task into memory. */
export function writeTask(fields: object, memory: Int32Array, address: number): void {
  memory.set(Object.values(fields) as number[], address / WORD_BYTES);
}

/** The number of words of a task. */
export function wordsOf(fields: object): number {
  return Object.keys(fields).length;
}

/** The index of a field among the words of a task. */
export function wordOf<T extends object>(fields: T, name: keyof T & string): number {
  return Object.keys(fields).indexOf(name);
}
