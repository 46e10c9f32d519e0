// Engine: the wasm instance and its memory.

import { aligned } from '../core/bytes.js';
import { Allocator } from './allocator.js';
import { instantiate } from './compile.js';
import type { Entries } from './entries.js';

/** What the module exports. */
interface Exports extends Entries {
  readonly memory: WebAssembly.Memory;
}

/** Bytes of a page of wasm memory. */
const PAGE = 65536;

/** A running module, its memory, and views of it that are fresh after every call of `allocate` and `reserve`. */
export class Engine {
  readonly exports: Exports;
  f32: Float32Array<ArrayBuffer>;
  i32: Int32Array<ArrayBuffer>;
  readonly #allocator: Allocator;
  #scratch = -1;
  #scratchBytes = 0;

  constructor(readonly module: WebAssembly.Module) {
    this.exports = instantiate(module).exports as unknown as Exports;
    const { memory } = this.exports;
    this.f32 = new Float32Array(memory.buffer as ArrayBuffer);
    this.i32 = new Int32Array(memory.buffer as ArrayBuffer);
    // the last page is not handed out: kernels may read, not write, a vector past the end of a range
    this.#allocator = new Allocator(this.exports.heapBase(), memory.buffer.byteLength - PAGE, (bytes) => {
      try {
        memory.grow(Math.ceil((bytes + PAGE - memory.buffer.byteLength) / PAGE));
      } catch {
        return false;
      }
      this.f32 = new Float32Array(memory.buffer as ArrayBuffer);
      this.i32 = new Int32Array(memory.buffer as ArrayBuffer);
      return true;
    });
  }

  /** Bytes of wasm memory: all, those in use for layers, and the scratch. */
  get usage(): MemoryUsage {
    return {
      total: this.exports.memory.buffer.byteLength,
      live: this.#allocator.live - this.#scratchBytes,
      scratch: this.#scratchBytes,
    };
  }

  /**
   * A range of memory that stays until it is released.
   * @returns its address
   * @throws RangeError that names the bytes and what they were for
   */
  allocate(bytes: number, purpose: string): number {
    let address = this.#allocator.allocate(bytes);
    if (address < 0 && this.#scratch >= 0) {
      // nobody needs the scratch between calls
      this.#dropScratch();
      address = this.#allocator.allocate(bytes);
    }
    if (address < 0)
      throw new RangeError(`not enough memory: ${bytes} bytes of WebAssembly memory for ${purpose}`);
    return address;
  }

  /** Gives a range back. */
  release(address: number): void {
    this.#allocator.release(address);
  }

  /**
   * The scratch, at least so large. What is in it is lost whenever it is asked for again.
   * @returns its address
   * @throws RangeError that names the bytes and what they were for
   */
  reserve(bytes: number, purpose: string): number {
    if (bytes > this.#scratchBytes || this.#scratch < 0) {
      this.#dropScratch();
      const address = this.allocate(bytes, purpose);
      this.#scratch = address;
      this.#scratchBytes = aligned(bytes);
    }
    return this.#scratch;
  }

  #dropScratch(): void {
    if (this.#scratch >= 0) this.#allocator.release(this.#scratch);
    this.#scratch = -1;
    this.#scratchBytes = 0;
  }
}

/** Bytes of wasm memory. */
export interface MemoryUsage {
  /** all of it */
  total: number;
  /** held by layers: prepared weights and plans */
  live: number;
  /** kept as scratch for the next call */
  scratch: number;
}
