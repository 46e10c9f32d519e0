// Engine: the wasm memory, its allocation, and the instance of the layers' module that runs in it.

import { aligned, WASM_PAGE } from '../core/bytes.js';
import { Allocator } from './allocator.js';
import { LruList } from './cached.js';
import { instantiate, newMemory } from './compile.js';
import type { Entries } from './entries.js';

/** The first byte that may be allocated. The static data of the layers' module lie below it. */
const FIRST_BYTE = 4096;

/**
 * Limit in bytes for packed weights that only one call has used. A loop that uses new weights in every iteration leaves them behind; the
 * weights of a network are used again and counted in MAX_USED_AGAIN.
 */
const MAX_USED_ONCE = 0x1000_0000;

/** Limit in bytes for packed weights that several calls have used: half of the wasm address space. */
const MAX_USED_AGAIN = 0x8000_0000;

/** Limit in bytes for the tables of plans and the spectra of kernels: enough for over two thousand plans. */
const MAX_PLANS = 0x400_0000;

/** The wasm memory, and typed-array views of it, which are valid until the next call of `allocate` or `reserve`. */
export class Engine {
  memory = newMemory();
  f32!: Float32Array<ArrayBuffer>;
  i32!: Int32Array<ArrayBuffer>;
  /** the layers' module for memory that is not shared, and its entries in this memory, after `load` */
  module: WebAssembly.Module | undefined;
  entries!: Entries;
  /** the number of the call in progress, 0 between calls */
  call = 0;
  readonly usedOnce = new LruList(MAX_USED_ONCE);
  readonly usedAgain = new LruList(MAX_USED_AGAIN);
  readonly plans = new LruList(MAX_PLANS);
  readonly #allocator: Allocator;
  /** rewrites the bytes of a module for this memory: for shared memory, its import changes */
  adapted = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => bytes;
  /** all buffers of this memory: a shared memory has a new one after each growth, and the old ones stay valid */
  buffers = new WeakSet<ArrayBufferLike>();
  /** called after `moveTo` (move.ts), because modules must be instantiated again */
  readonly moved: (() => void)[] = [];
  #scratch = -1;
  #scratchBytes = 0;
  #calls = 0;
  #depth = 0;

  /** @param module the layers' module, if it is needed right away */
  constructor(module?: WebAssembly.Module) {
    // the last page is never allocated, because kernels may read (but not write) past the end of a range
    this.#allocator = new Allocator(FIRST_BYTE, this.memory.buffer.byteLength - WASM_PAGE, (bytes) => {
      const { memory } = this;
      try {
        memory.grow((bytes + WASM_PAGE - memory.buffer.byteLength) / WASM_PAGE);
      } catch {
        return false;
      }
      this.refreshViews();
      return true;
    });
    this.refreshViews();
    if (module) this.load(module);
  }

  /** Whether a buffer is this memory. */
  isShownBy(buffer: ArrayBufferLike): boolean {
    return this.buffers.has(buffer);
  }

  /**
   * Instantiates the layers' module in this memory.
   * @throws Error if WebAssembly is not available, with the reason
   */
  load(module: WebAssembly.Module): void {
    this.entries = entriesIn(this.memory, module);
    this.module = module;
    if (this.entries.heapBase() > FIRST_BYTE)
      throw new Error(`the module's own data reach beyond byte ${FIRST_BYTE}`);
  }

  /** Makes the views again, after the memory has grown or moved. */
  refreshViews(): void {
    const buffer = this.memory.buffer as ArrayBuffer;
    this.f32 = new Float32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.buffers.add(buffer);
  }

  /** Begins a call: the cached memory it uses is not evicted until it ends. Calls may nest, through a getter of the caller's tensor. */
  begin(): void {
    if (this.#depth++ === 0) this.call = ++this.#calls;
  }

  /** Ends a call. */
  end(): void {
    if (--this.#depth === 0) this.call = 0;
  }

  /** The size of the wasm memory and of its parts. */
  get usage(): MemoryUsage {
    return {
      total: this.memory.buffer.byteLength,
      live: this.#allocator.live - this.#scratchBytes,
      scratch: this.#scratchBytes,
    };
  }

  /**
   * Allocates a range of memory until `release`. Evicts cached memory if necessary.
   * @param purpose for the error message; a function, if the text is expensive to make
   * @param beyond bytes past the end that kernels may read
   * @param atEnd as in `Allocator.allocate`
   * @returns its address
   * @throws RangeError if there is not enough memory, with the size and the purpose
   */
  allocate(bytes: number, purpose: string | (() => string), beyond = 0, atEnd = false): number {
    const size = bytes + beyond;
    let address = this.#allocator.allocate(size, atEnd);
    while (address < 0 && bytes < 2 ** 32 && this.#evict()) address = this.#allocator.allocate(size, atEnd);
    if (address < 0)
      throw new RangeError(
        `not enough memory: ${bytes} bytes of WebAssembly memory for ${typeof purpose === 'string' ? purpose : purpose()}; ${this.#allocator.live} are in use, ` +
          'and dispose() frees those of resident tensors',
      );
    return address;
  }

  /** Frees the scratch, or else the least recently used cached range. Returns false if there is nothing to free. */
  #evict(): boolean {
    if (this.#scratch >= 0) {
      this.#dropScratch();
      return true;
    }
    return [this.usedOnce, this.usedAgain, this.plans].some((lruList) => lruList.dropOldest(this.call));
  }

  /** Frees a range. */
  release(address: number): void {
    this.#allocator.release(address);
  }

  /**
   * Makes the scratch at least this large. All calls share it, so its content is undefined after the next `reserve`.
   * @returns its address
   * @throws RangeError if there is not enough memory, with the size and the purpose
   */
  reserve(bytes: number, purpose: string | (() => string)): number {
    if (bytes > this.#scratchBytes || this.#scratch < 0) {
      this.#dropScratch();
      // at the end, a larger one takes the place of this one: then little memory is touched anew
      const address = this.allocate(bytes, purpose, 0, true);
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

/** Instantiates the layers' module in a memory. */
export function entriesIn(memory: WebAssembly.Memory, module: WebAssembly.Module): Entries {
  return instantiate(module, { env: { memory } }).exports as unknown as Entries;
}

/** Sizes of the wasm memory in bytes. */
export interface MemoryUsage {
  /** the whole memory */
  total: number;
  /** used by packed weights, plans and resident tensors */
  live: number;
  /** the scratch, which all calls share */
  scratch: number;
}
