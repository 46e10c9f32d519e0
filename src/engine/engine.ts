// Engine: wasm memory, who has which part of it, and the instance of the layers' module that works in it.

import { aligned, WASM_PAGE } from '../core/bytes.js';
import { Allocator } from './allocator.js';
import { LruList } from './cached.js';
import { instantiate, newMemory } from './compile.js';
import type { Entries } from './entries.js';

/** The first byte that is handed out: the data of the layers' module lie before it. */
const FIRST_BYTE = 4096;

/**
 * Bytes of packed weights that one call used, and no other since. A loop with weights of its own in every turn leaves them behind;
 * a network's weights are used again, and don't count.
 */
const USED_ONCE = 0x1000_0000;

/** Bytes of all packed weights that were used more often: half of what wasm can address. */
const USED_AGAIN = 0x8000_0000;

/** Bytes of tables, with the plans that they belong to, and of kernels' spectra: two thousand plans and more. */
const PLANS = 0x400_0000;

/** Memory that modules work in, and views of it that are fresh after every call of `allocate` and `reserve`. */
export class Engine {
  memory = newMemory();
  f32!: Float32Array<ArrayBuffer>;
  i32!: Int32Array<ArrayBuffer>;
  /** the number of the call in progress, 0 between calls */
  call = 0;
  readonly usedOnce = new LruList(USED_ONCE);
  readonly usedAgain = new LruList(USED_AGAIN);
  readonly plans = new LruList(PLANS);
  readonly #allocator: Allocator;
  /** what is done to the bytes of a module that is to work in this memory */
  adapted = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => bytes;
  /** the memory as it was each time that it grew: shared memory is shown by all of them */
  #buffers = new WeakSet<ArrayBufferLike>();
  /** called when the memory is another: modules have to be instantiated in it */
  readonly moved: (() => void)[] = [];
  #module: WebAssembly.Module | undefined;
  #exports: Entries | undefined;
  #scratch = -1;
  #scratchBytes = 0;
  #calls = 0;
  #depth = 0;

  /** @param module the layers' module, if it is needed at once */
  constructor(module?: WebAssembly.Module) {
    // the last page is not handed out: kernels may read, not write, a vector past the end of a range
    this.#allocator = new Allocator(FIRST_BYTE, this.memory.buffer.byteLength - WASM_PAGE, (bytes) => {
      const { memory } = this;
      try {
        memory.grow(Math.ceil((bytes + WASM_PAGE - memory.buffer.byteLength) / WASM_PAGE));
      } catch {
        return false;
      }
      this.#look();
      return true;
    });
    this.#look();
    if (module) this.load(module);
  }

  /** Whether a buffer shows this memory. */
  isShownBy(buffer: ArrayBufferLike): boolean {
    return this.#buffers.has(buffer);
  }

  /**
   * Lets the layers' module work in this memory.
   * @throws Error that says what is missing or forbidden
   */
  load(module: WebAssembly.Module): void {
    this.#exports = entriesIn(this.memory, module);
    this.#module = module;
    if (this.exports.heapBase() > FIRST_BYTE)
      throw new Error(`the module's own data reach beyond byte ${FIRST_BYTE}`);
  }

  /**
   * Moves to another memory, between two calls: everything keeps its address. Views of the old memory are detached, unless it was shared.
   * @param module the layers' module for that memory
   * @param adapted makes lazy modules fit for it
   * @throws RangeError if it can't become as large as the old one; then nothing has changed
   */
  moveTo(memory: WebAssembly.Memory, module: WebAssembly.Module, adapted: Engine['adapted']): void {
    const old = this.memory;
    const lacking = old.buffer.byteLength - memory.buffer.byteLength;
    if (lacking > 0) memory.grow(lacking / WASM_PAGE);
    const exports = entriesIn(memory, module);
    new Uint8Array(memory.buffer).set(new Uint8Array(old.buffer));
    this.memory = memory;
    this.adapted = adapted;
    this.#exports = exports;
    this.#buffers = new WeakSet();
    this.#look();
    for (const enter of this.moved) enter();
    old.grow(0);
  }

  /** Looks at the memory anew. */
  #look(): void {
    const buffer = this.memory.buffer as ArrayBuffer;
    this.f32 = new Float32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.#buffers.add(buffer);
  }

  /** The layers' module as it was loaded, for plain memory; once it is loaded. */
  get module(): WebAssembly.Module | undefined {
    return this.#module;
  }

  /** The entries of the layers' module, which is loaded by then. */
  get exports(): Entries {
    return this.#exports!;
  }

  /** Begins a call: what it uses of cached memory stays until it ends. A getter of a tensor may call again in its midst. */
  begin(): void {
    if (this.#depth++ === 0) this.call = ++this.#calls;
  }

  /** Ends a call. */
  end(): void {
    if (--this.#depth === 0) this.call = 0;
  }

  /** Bytes of wasm memory: all, those in use for layers, and the scratch. */
  get usage(): MemoryUsage {
    return {
      total: this.memory.buffer.byteLength,
      live: this.#allocator.live - this.#scratchBytes,
      scratch: this.#scratchBytes,
    };
  }

  /**
   * A range of memory that stays until it is released.
   * @param purpose what they are for, or what says so: most calls never need it
   * @param beyond bytes behind it that may be read, whatever is there
   * @returns its address
   * @throws RangeError that names the bytes and what they were for
   */
  allocate(bytes: number, purpose: string | (() => string), beyond = 0): number {
    const size = bytes + beyond;
    let address = this.#allocator.allocate(size);
    while (address < 0 && bytes < 2 ** 32 && this.#makeRoom()) address = this.#allocator.allocate(size);
    if (address < 0)
      throw new RangeError(
        `not enough memory: ${bytes} bytes of WebAssembly memory for ${typeof purpose === 'string' ? purpose : purpose()}; ${this.#allocator.live} are in use, ` +
          'and dispose() gives those of resident tensors back',
      );
    return address;
  }

  /** Gives something back that can be made again: the scratch, which nobody needs between calls, or what is cached. */
  #makeRoom(): boolean {
    if (this.#scratch >= 0) {
      this.#dropScratch();
      return true;
    }
    return [this.usedOnce, this.usedAgain, this.plans].some((lruList) => lruList.dropOldest(this.call));
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
  reserve(bytes: number, purpose: string | (() => string)): number {
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

/** The entries of the layers' module in a memory. */
function entriesIn(memory: WebAssembly.Memory, module: WebAssembly.Module): Entries {
  return instantiate(module, { env: { memory } }).exports as unknown as Entries;
}

/** Bytes of wasm memory. */
export interface MemoryUsage {
  /** all of it */
  total: number;
  /** taken by packed weights, plans and resident tensors */
  live: number;
  /** kept as scratch for the next call */
  scratch: number;
}
