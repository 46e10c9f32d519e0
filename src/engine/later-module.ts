// Later module: one beside the layers' module, compiled when it is first needed, that works in an engine's memory.

import { compile, instantiate } from './compile.js';
import type { Engine } from './engine.js';

/** Where a module comes from: one of them. */
export interface CarriedModule {
  readonly module?: WebAssembly.Module;
  readonly bytes?: () => Uint8Array<ArrayBuffer>;
}

/**
 * The entries of a module in the memory of an engine, as a function of the engine.
 * @throws Error, the function, if the module can't be compiled
 */
export function laterModule<Entries>(carried: CarriedModule): (engine: Engine) => Entries {
  const running = new WeakMap<Engine, Entries>();
  return (engine) => {
    let entries = running.get(engine);
    if (!entries) {
      const module = carried.module ?? compile(carried.bytes!());
      entries = instantiate(module, { env: { memory: engine.memory } }).exports as Entries;
      running.set(engine, entries);
    }
    return entries;
  };
}
