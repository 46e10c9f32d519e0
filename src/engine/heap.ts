// Heap: the memory of the library, which layers, signals and resident tensors share. It knows no module, so that signals don't bring the
// layers' along.

import { Engine, type MemoryUsage } from './engine.js';

let only: Engine | undefined;

/** The memory, made when first asked for; the layers' module is loaded by `engine`. */
export function heap(): Engine {
  only ??= new Engine();
  return only;
}

/**
 * Bytes of wasm memory in use.
 * @example
 * import { memoryUsage } from 'convnd';
 * console.log(memoryUsage().live); // 0
 */
export function memoryUsage(): MemoryUsage {
  return only?.usage ?? { total: 0, live: 0, scratch: 0 };
}
