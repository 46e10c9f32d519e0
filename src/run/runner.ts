// Runner: who calls the wasm entries. Every entry that computes takes a task, a workspace and a range of independent items, so that a
// runner may divide a call as it likes: no bit of the result depends on it.

import type { Tensor } from '../core/tensor.js';
import type { Engine } from '../engine/engine.js';
import type { TaskEntry } from '../engine/entries.js';
import type { WorkspaceBytes } from '../plan/algorithms/algorithm.js';
import type { Plan } from '../plan/plan.js';

/** One call of a wasm entry, over all items of a task. */
export interface Call {
  readonly entry: TaskEntry;
  readonly task: number;
  readonly items: number;
  /** about how long one thread takes for all items; 0 where more threads would not be faster */
  readonly microseconds: number;
}

/** Carries out calls. */
export interface Runner {
  /**
   * Carries out the items `begin` to `end` of a task, and returns when all are done.
   * @param workspace where the caller's workspace lies. A runner with more workspaces lays out its own; it sets `notFinite` of this one where it
   * finds it set in another
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
  /**
   * Makes ready for the calls of a plan. It may take memory: what lies in the scratch is lost.
   */
  prepare?(engine: Engine, plan: Plan): void;
  /** Says that no more calls of this kind come for now. */
  finish?(): void;
  /**
   * Whether a call that threw is to be made again from its inputs: a thread was lost, what it may still write is another memory now, and
   * everything else has moved.
   * @throws Error where the inputs are not what they were, or the output can't be reached
   */
  recovers?(engine: Engine, error: unknown, x: Tensor, out: Tensor, add: Tensor | undefined): boolean;
}

/** One direct call, on this thread. */
export const thisThread: Runner = {
  run: (engine, entry, task, workspace, begin, end) => engine.exports[entry](task, workspace, begin, end),
};

/** The one that carries out the calls of plans. A wing may set another. */
export const runners: { current: Runner } = { current: thisThread };
