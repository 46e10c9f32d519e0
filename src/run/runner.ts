// Runner: calls the wasm entries. Every entry that computes takes a task, a workspace and a range of independent items. A runner may
// divide the items among threads in any way: no bit of the result depends on it.

import type { Engine } from '../engine/engine.js';
import type { TaskEntry } from '../engine/entries.js';
import type { WorkspaceBytes } from '../plan/algorithms/algorithm.js';
import type { Plan } from '../plan/plan.js';
import type { Operands } from './operands.js';

/** One call of a wasm entry, over all items of a task. */
export interface Call {
  readonly entry: TaskEntry;
  readonly task: number;
  readonly items: number;
  /** about how long one thread takes for all items; 0 where more threads would not be faster */
  readonly microseconds: number;
}

/** Runs calls of wasm entries. */
export interface Runner {
  /**
   * Runs the items `begin` to `end` of a task, and returns when all are done.
   * @param workspace the address of the caller's workspace. A runner with several threads has a workspace for each, and sets `notFinite` of
   * this one where it is set in another
   * @param microseconds about how long one thread takes; 0, or nothing, where more threads would not be faster
   * @param areas what the entry needs of a workspace
   */
  run(
    engine: Engine,
    entry: TaskEntry,
    task: number,
    workspace: number,
    begin: number,
    end: number,
    microseconds?: number,
    areas?: WorkspaceBytes,
  ): void;
  /** Is called before the calls of a plan. It may allocate memory, which overwrites the scratch. */
  prepare?(engine: Engine, plan: Plan): void;
  /** Is called after the calls of a plan. */
  finish?(): void;
  /**
   * Whether a convolution that threw is to be computed again, because a thread was lost. Everything has then moved to another memory, which
   * the lost thread cannot write to.
   * @throws Error where the inputs may have been overwritten, or the output is a view of the old memory
   */
  recovers?(engine: Engine, error: unknown, call: Operands): boolean;
}

/** One direct call, on this thread. */
export const thisThread: Runner = {
  run: (engine, entry, task, workspace, begin, end) => engine.entries[entry](task, workspace, begin, end),
};

/** The runner of all plans. A wing may set another. */
export const runners: { current: Runner } = { current: thisThread };
