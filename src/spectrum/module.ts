// The second module: transforms and sums of signals. It is compiled when it is first needed, and works in the engine's memory.

import { compile, instantiate } from '../engine/compile.js';
import type { Engine } from '../engine/engine.js';
import { carried } from './carried.js';
import type { SignalEntries } from './entries.js';

const running = new WeakMap<Engine, SignalEntries>();

/**
 * The entries of the second module, in the memory of that engine.
 * @throws Error if it can't be compiled
 */
export function signalModule(engine: Engine): SignalEntries {
  let entries = running.get(engine);
  if (!entries) {
    const module = carried.module ?? compile(carried.bytes!());
    entries = instantiate(module, { env: { memory: engine.memory } }).exports as unknown as SignalEntries;
    running.set(engine, entries);
  }
  return entries;
}
