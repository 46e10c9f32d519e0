// Work request: work that a thread does in a memory of its own, and how it does it. Whoever sends it has worked out all addresses there, so the
// thread plans nothing. This file is a part of the worker.

import { WASM_PAGE } from '../core/bytes.js';

/** What is to be done, in this order: grow, write, call, read. */
export interface WorkRequest {
  readonly id: number;
  /** how many bytes memory must have */
  readonly bytes: number;
  readonly writes: readonly { readonly at: number; readonly numbers: Float32Array | Int32Array }[];
  readonly calls: readonly (readonly [
    entry: string,
    task: number,
    workspace: number,
    begin: number,
    end: number,
  ])[];
  /** what is read, if anything, into a buffer that is sent back */
  readonly read?: {
    readonly at: number;
    readonly count: number;
    readonly into: ArrayBuffer;
    /** the address of a word that is not 0 where an output is not finite */
    readonly flag: number;
  };
}

/** What comes back. */
export interface Result {
  readonly id: number;
  readonly areFinite?: boolean;
  readonly buffer?: ArrayBuffer;
  readonly error?: string;
  /** memory could not grow */
  readonly isFull?: boolean;
}

type Entry = (task: number, workspace: number, begin: number, end: number) => void;

/** A memory of a thread's own, and a module that works in it. */
export class OwnMemory {
  readonly #memory = new WebAssembly.Memory({ initial: 2 });
  readonly #entries: Record<string, Entry>;

  constructor(module: WebAssembly.Module) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#entries = exports as Record<string, Entry>;
  }

  /** Carries out a request. What it throws is in the result. */
  do({ id, bytes, writes, calls, read }: WorkRequest): Result {
    try {
      const memory = this.#memory;
      const lacking = Math.ceil((bytes - memory.buffer.byteLength) / WASM_PAGE);
      try {
        if (lacking > 0) memory.grow(lacking);
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
