// Runner: who calls the wasm entries. Every entry that computes takes a task, a desk and a range of independent items, so that a
// runner may divide a call as it likes: no bit of the result depends on it.

import type { Engine } from '../engine/engine.js';
import type { TaskEntry } from '../engine/entries.js';

/** One call of a wasm entry, over all items of a task. */
export interface Call {
  readonly entry: TaskEntry;
  readonly task: number;
  readonly items: number;
}

/** Carries out calls. */
export interface Runner {
  /**
   * Carries out the items `begin` to `end` of a task, and returns when all are done.
   * @param desk where the caller's desk lies. A runner with more desks lays out its own; it sets `notFinite` of this one where it
   * finds it set in another
   */
  run(engine: Engine, entry: TaskEntry, task: number, desk: number, begin: number, end: number): void;
}

/** One direct call, on this thread. */
export const thisThread: Runner = {
  run: (engine, entry, task, desk, begin, end) => engine.exports[entry](task, desk, begin, end),
};
