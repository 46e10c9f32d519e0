// Modules other than the layers': compiled on first use and instantiated in the engine's memory.

import { compile, instantiate } from './compile.js';
import type { Engine } from './engine.js';

/** Where a module comes from: exactly one of these. */
export interface CarriedModule {
  readonly module?: WebAssembly.Module;
  readonly bytes?: () => Uint8Array<ArrayBuffer>;
}

/**
 * Returns a function that gives the module's entries for an engine. The object stays the same; after `moveTo` it has the entries
 * of the new memory.
 * @throws Error (the returned function) if the module can't be compiled
 */
export function lazyModule<Entries extends object>(carried: CarriedModule): (engine: Engine) => Entries {
  const running = new WeakMap<Engine, Entries>();
  return (engine) => {
    let entries = running.get(engine);
    if (!entries) {
      const created = {} as Entries;
      const instantiateHere = () => {
        const module = carried.module ?? compile(engine.adapted(carried.bytes!()));
        Object.assign(created, instantiate(module, { env: { memory: engine.memory } }).exports);
      };
      instantiateHere();
      engine.moved.push(instantiateHere);
      running.set(engine, created);
      entries = created;
    }
    return entries;
  };
}

/** A function that looks up the entry in each call. Use it to keep a single entry, which would be stale after `moveTo`. */
export function lazyEntry<Entries, Name extends keyof Entries>(entries: Entries, name: Name): Entries[Name] {
  const all = entries as Record<Name, (...given: number[]) => unknown>;
  // no such entry takes more than six arguments; rest arguments would allocate an array in each call
  const call = (a: number, b: number, c: number, d: number, e: number, f: number) =>
    all[name](a, b, c, d, e, f);
  return call as Entries[Name];
}
