// Engine: the wasm instance and its memory. Made on first use; importing this file does nothing.

import { Allocator } from './memory.js';
import { wasm } from './wasm.js';

/** The entries that compute: over the items `begin` to `end` of the plan's record at an address. */
export type Entry = (plan: number, begin: number, end: number) => void;

/** What the module exports. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly heapBase: () => number;
  readonly stage: Entry;
  readonly pack: Entry;
  readonly gemm: Entry;
  readonly direct: Entry;
  readonly winograd: Entry;
  readonly winogradPack: Entry;
  readonly depthwise: Entry;
  readonly interleave: Entry;
  readonly relu: Entry;
  readonly relu6: Entry;
  readonly leakyRelu: Entry;
  readonly fingerprint: (state: number, data: number, count: number) => number;
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

  constructor(module: WebAssembly.Module) {
    this.exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    const { memory } = this.exports;
    this.f32 = new Float32Array(memory.buffer as ArrayBuffer);
    this.i32 = new Int32Array(memory.buffer as ArrayBuffer);
    // the allocator never learns of the last page: kernels may read, not write, a vector past the end of a block
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

  /** Bytes of wasm memory: all, in use for layers, and kept for work space. */
  get usage(): MemoryUsage {
    return {
      total: this.exports.memory.buffer.byteLength,
      live: this.#allocator.live - this.#scratchBytes,
      scratch: this.#scratchBytes,
    };
  }

  /**
   * A block that stays until it is released.
   * @throws RangeError that names the bytes and what they were for
   */
  allocate(bytes: number, purpose: string): number {
    let address = this.#allocator.allocate(bytes);
    if (address < 0 && this.#scratch >= 0) {
      // the work space is nobody's between calls
      this.#dropScratch();
      address = this.#allocator.allocate(bytes);
    }
    if (address < 0)
      throw new RangeError(`not enough memory: ${bytes} bytes of WebAssembly memory for ${purpose}`);
    return address;
  }

  /** Gives a block back. */
  release(address: number): void {
    this.#allocator.release(address);
  }

  /**
   * The work space, at least so large; its content is lost whenever it is asked for again.
   * @throws RangeError that names the bytes and what they were for
   */
  reserve(bytes: number, purpose: string): number {
    if (bytes > this.#scratchBytes || this.#scratch < 0) {
      this.#dropScratch();
      const address = this.allocate(bytes, purpose);
      this.#scratch = address;
      this.#scratchBytes = Math.ceil(bytes / 64) * 64;
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
  /** kept as work space for the next call */
  scratch: number;
}

let running: Engine | undefined;

/** The engine; compiled and instantiated, synchronously, when first asked for. */
export function engine(): Engine {
  running ??= new Engine(compile());
  return running;
}

/**
 * Starts the engine with a module that is already compiled, where compiling bytes isn't allowed or the module came from another
 * thread. Without it the engine starts by itself at first use.
 *
 * @param options.module the compiled `convnd.wasm`
 * @throws TypeError if `module` is no WebAssembly.Module, or not convnd's
 * @throws Error if the engine is running already
 * @example
 * import { init, wasmBytes } from 'convnd';
 * init({ module: new WebAssembly.Module(wasmBytes()) });
 */
export function init(options: { module: WebAssembly.Module }): void {
  const module = options?.module;
  if (!(module instanceof WebAssembly.Module))
    throw new TypeError('init: expected { module: WebAssembly.Module }');
  if (running) throw new Error('init: the engine is running already; call init before the first forward');
  const names = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  for (const name of [
    'memory',
    'heapBase',
    'stage',
    'pack',
    'gemm',
    'direct',
    'depthwise',
    'winograd',
    'interleave',
    'fingerprint',
  ]) {
    if (!names.has(name)) throw new TypeError(`init: the module has no export '${name}': it isn't convnd's`);
  }
  running = new Engine(module);
}

/** The bytes of the module that this library carries, to compile it elsewhere. */
export function wasmBytes(): Uint8Array<ArrayBuffer> {
  return decodeHex(wasm);
}

/**
 * Bytes of wasm memory in use.
 * @example
 * import { memoryUsage } from 'convnd';
 * console.log(memoryUsage().live); // 0
 */
export function memoryUsage(): MemoryUsage {
  return running?.usage ?? { total: 0, live: 0, scratch: 0 };
}

function compile(): WebAssembly.Module {
  if (typeof WebAssembly !== 'object')
    throw new Error('convnd needs WebAssembly, which this JavaScript engine lacks or forbids');
  const bytes = wasmBytes();
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    const reason = WebAssembly.validate(bytes)
      ? "compiling is forbidden here (a content policy needs 'wasm-unsafe-eval'; some edge runtimes need init({ module }))"
      : 'this JavaScript engine lacks WebAssembly SIMD';
    throw new Error(`convnd could not start: ${reason}`, { cause });
  }
}

/** Own decoder: an AudioWorklet has no Buffer. */
function decodeHex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
