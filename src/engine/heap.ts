// The one Engine that layers, signals and resident tensors share. Imports no module, so that convnd/signal does not bundle the layers'.

import { Engine, type MemoryUsage } from './engine.js';

let only: Engine | undefined;

/** The engine, created on first use. `engine()` of start.ts also loads the layers' module into it. */
export function heap(): Engine {
  only ??= new Engine();
  return only;
}

/** Whether two buffers are the same memory. A shared wasm memory has a new buffer after each growth, and the old ones stay valid. */
export function isSameMemory(one: ArrayBufferLike, other: ArrayBufferLike): boolean {
  return one === other || !!(only?.isShownBy(one) && only.isShownBy(other));
}

/** Whether two arrays have a byte in common. */
export function arraysOverlap(one: ArrayBufferView, other: ArrayBufferView): boolean {
  return (
    isSameMemory(one.buffer, other.buffer) &&
    one.byteOffset < other.byteOffset + other.byteLength &&
    other.byteOffset < one.byteOffset + one.byteLength
  );
}

/**
 * The size of the wasm memory and of its parts, in bytes.
 * @example
 * import { memoryUsage } from 'convnd';
 * console.log(memoryUsage().live); // 0
 */
export function memoryUsage(): MemoryUsage {
  return only?.usage ?? { total: 0, live: 0, scratch: 0 };
}
