// Lazy module: one beside the layers' module, compiled when it is first needed, that works in an engine's memory.

import { compile, instantiate } from './compile.js';
import type { Engine } from './engine.js';

/** Where a module comes from: one of them. */
export interface CarriedModule {
  readonly module?: WebAssembly.Module;
  readonly bytes?: () => Uint8Array<ArrayBuffer>;
}

/**
 * The entries of a module in the memory of an engine, as a function of the engine. They are always those of the memory that it has now.
 * @throws Error, the function, if the module can't be compiled
 */
export function lazyModule<Entries extends object>(carried: CarriedModule): (engine: Engine) => Entries {
  const running = new WeakMap<Engine, Entries>();
  return (engine) => {
    let entries = running.get(engine);
    if (!entries) {
      const made = {} as Entries;
      const enter = () => {
        const module = carried.module ?? compile(engine.adapted(carried.bytes!()));
        Object.assign(made, instantiate(module, { env: { memory: engine.memory } }).exports);
      };
      enter();
      engine.moved.push(enter);
      running.set(engine, made);
      entries = made;
    }
    return entries;
  };
}

/** A function that calls an entry as it is when it is called: for who keeps one entry, and not all. */
export function lazyEntry<Entries, Name extends keyof Entries>(entries: Entries, name: Name): Entries[Name] {
  const all = entries as Record<Name, (...given: number[]) => unknown>;
  // none that is kept takes more; a rest of arguments would be an array for each call
  const call = (a: number, b: number, c: number, d: number, e: number, f: number) =>
    all[name](a, b, c, d, e, f);
  return call as Entries[Name];
}
