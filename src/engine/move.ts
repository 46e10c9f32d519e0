// Moves the engine to another memory. Only threads do that, so other bundles do not contain it.

import { WASM_PAGE } from '../core/bytes.js';
import { type Engine, entriesIn } from './engine.js';

/**
 * Copies everything to another memory, at the same addresses. Only between two calls. Views of the old memory are detached, unless it is
 * shared.
 * @param module the layers' module for the new memory
 * @param adapted rewrites the bytes of lazy modules for the new memory
 * @throws RangeError if the new memory can't grow to the size of the old one; then nothing has changed
 */
export function moveTo(
  engine: Engine,
  memory: WebAssembly.Memory,
  module: WebAssembly.Module,
  adapted: Engine['adapted'],
): void {
  const old = engine.memory;
  const missingBytes = old.buffer.byteLength - memory.buffer.byteLength;
  if (missingBytes > 0) memory.grow(missingBytes / WASM_PAGE);
  const entries = entriesIn(memory, module);
  new Uint8Array(memory.buffer).set(new Uint8Array(old.buffer));
  engine.memory = memory;
  engine.adapted = adapted;
  engine.entries = entries;
  engine.buffers = new WeakSet();
  engine.refreshViews();
  for (const instantiateAgain of engine.moved) instantiateAgain();
  // detaches the views of a memory that is not shared
  old.grow(0);
}
