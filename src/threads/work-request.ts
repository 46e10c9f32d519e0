// WorkRequest: the messages of forwardAsync to a worker, and their execution in the worker's own memory. The sender determines all
// addresses in that memory. This file is bundled into the worker.

import { WASM_PAGE } from '../core/bytes.js';

/** A call of an entry for some of its items. */
export type WorkCall = readonly [entry: string, task: number, workspace: number, begin: number, end: number];

/** Executed in this order: grow, write, call, read. */
export interface WorkRequest {
  readonly id: number;
  /** the size that the memory must have */
  readonly bytes: number;
  readonly writes: readonly { readonly at: number; readonly numbers: Float32Array | Int32Array }[];
  readonly calls: readonly WorkCall[];
  /** what to read into a buffer that is sent back */
  readonly read?: {
    readonly at: number;
    readonly count: number;
    readonly into: ArrayBuffer;
    /** the address of a word that is nonzero if an output is not finite */
    readonly flag: number;
  };
}

/** The answer to a request. */
export interface Result {
  readonly id: number;
  readonly areFinite?: boolean;
  readonly buffer?: ArrayBuffer;
  readonly error?: string;
  /** the memory could not grow */
  readonly isFull?: boolean;
}

type Entry = (task: number, workspace: number, begin: number, end: number) => void;

/** The memory of a worker, and an instance of the module in it. */
export class OwnMemory {
  readonly #memory = new WebAssembly.Memory({ initial: 2 });
  readonly #entries: Record<string, Entry>;

  constructor(module: WebAssembly.Module) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#entries = exports as Record<string, Entry>;
  }

  /** Executes a request. Never throws: errors are in the result. */
  do({ id, bytes, writes, calls, read }: WorkRequest): Result {
    try {
      const memory = this.#memory;
      const missingPages = Math.ceil((bytes - memory.buffer.byteLength) / WASM_PAGE);
      try {
        if (missingPages > 0) memory.grow(missingPages);
      } catch (error) {
        return { id, error: String(error), isFull: true };
      }
      const { buffer } = memory;
      for (const { at, numbers } of writes)
        new Int32Array(buffer, at, numbers.length).set(
          new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length),
        );
      for (const [entry, task, workspace, begin, end] of calls)
        this.#entries[entry](task, workspace, begin, end);
      if (!read) return { id };
      const { at, count, into, flag } = read;
      const areFinite = new Int32Array(buffer, flag, 1)[0] === 0;
      new Float32Array(into, 0, count).set(new Float32Array(buffer, at, count));
      return { id, areFinite, buffer: into };
    } catch (error) {
      return { id, error: String(error) };
    }
  }
}
