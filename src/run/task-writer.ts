// Task writer: the tasks and tables of a block as words to be copied into wasm memory.

/** Words that will lie at an address. */
export class TaskWriter {
  readonly #words: number[] = [];

  constructor(readonly address: number) {}

  /** Adds values; gives the address they will have. */
  table(values: ArrayLike<number>): number {
    const address = this.address + 4 * this.#words.length;
    for (let i = 0; i < values.length; i++) this.#words.push(values[i]);
    return address;
  }

  /** Adds a task, or any object of numeric fields that both compilers know. */
  task(fields: object): number {
    return this.table(Object.values(fields) as number[]);
  }

  get words(): Int32Array {
    return Int32Array.from(this.#words);
  }
}

/** The number of words that an object of numeric fields takes. */
export function wordsOf(fields: object): number {
  return Object.keys(fields).length;
}

/** Which word of a task a field is. */
export function wordOf<T extends object>(fields: T, name: keyof T & string): number {
  return Object.keys(fields).indexOf(name);
}
