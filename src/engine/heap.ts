// Heap: the memory of the library, which layers, signals and resident tensors share. It knows no module, so that signals don't bring the
// layers' along.

import { Engine, type MemoryUsage } from './engine.js';

let only: Engine | undefined;

/** The memory, made when first asked for; the layers' module is loaded by `engine`. */
export function heap(): Engine {
  only ??= new Engine();
  return only;
}

/** Whether two buffers are the same memory. Shared wasm memory gets another buffer whenever it grows, and those before still show it. */
export function isSameMemory(one: ArrayBufferLike, other: ArrayBufferLike): boolean {
  return one === other || !!(only?.isShownBy(one) && only.isShownBy(other));
}

/** Whether numbers of one array are numbers of the other. */
export function arraysOverlap(one: ArrayBufferView, other: ArrayBufferView): boolean {
  return (
    isSameMemory(one.buffer, other.buffer) &&
    one.byteOffset < other.byteOffset + other.byteLength &&
    other.byteOffset < one.byteOffset + one.byteLength
  );
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
