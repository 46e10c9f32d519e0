// Shared runner: cuts calls into chunks of items that the threads of a pool and this one take as they come. It waits for chunks that were
// begun, and for no thread.

import type { Engine } from '../engine/engine.js';
import type { TaskEntry } from '../engine/entries.js';
import type { WorkspaceBytes } from '../plan/algorithms/algorithm.js';
import { microsecondsOfPlan } from '../plan/microseconds.js';
import type { Plan } from '../plan/plan.js';
import type { Operands } from '../run/operands.js';
import { type Runner, thisThread } from '../run/runner.js';
import {
  BEGIN,
  CHUNKS,
  DONE,
  END,
  ENTRY,
  EXPECTING,
  edgeOf,
  FAILED,
  MOST_CHUNKS,
  STATE,
  TASK,
  WAITING,
} from './control.js';
import { entryNames, type Pool } from './pool.js';
import { checkRecomputable } from './recomputable.js';
import { Workspaces } from './workspaces.js';

/**
 * Microseconds of work that pay with a thread that is awake, with one that has to be woken for them alone, and with one that may stay awake
 * for what follows: to wake takes this thread 10 to 40 us, and the other 50 to 100 until it is there.
 */
const PAYS = 40;
const PAYS_WAKING = 400;
const PAYS_STAYING = 200;

/** Milliseconds between two calls that follow one another closely. */
const CLOSE = 0.1;

/** Microseconds of the smallest chunk. */
const CHUNK = 15;

/**
 * Chunks for each thread: of several, one that comes late or is slow leaves some to others. gemm and winograd read their weights once a chunk:
 * with two each, n1 g1 c128 f128 i32x32 k3x3 s2x2 p1x1 gained 1.01 instead of 1.21 by a second thread, 256 channels of 14 x 14 1.28 instead of 1.69.
 * Four of the others instead of two: 1.60 and 1.62 by geometric mean over nine layers of 0.2 to 0.8 ms, no difference.
 */
const chunksEach = (entry: TaskEntry) => (entry === 'gemm' || entry === 'winograd' ? 1 : 2);

/** Into how many chunks a call is cut for so many threads; fewer than two where it stays on one. */
export function chunksOf(entry: TaskEntry, items: number, microseconds: number, threads: number): number {
  if (microseconds < PAYS || items < 2 || threads < 2) return 0;
  return Math.min(items, chunksEach(entry) * threads, Math.floor(microseconds / CHUNK), MOST_CHUNKS);
}

/** Loads of DONE before it is looked at the clock, and before this thread sleeps where it may. */
const SPINS = 4096;

/** Milliseconds that a chunk may take, beside twenty times as long as this thread's own took. */
const PATIENCE = 2000;

/** A thread did not end a chunk that it had begun. */
export class LostThread extends Error {}

const now = () => globalThis.performance?.now() ?? Date.now();

/** Whether this thread may sleep: that of a page may not, nor that of an AudioWorklet. */
function maySleep(control: Int32Array): boolean {
  try {
    return Atomics.wait(control, WAITING, 1, 0) === 'not-equal';
  } catch {
    return false;
  }
}

export class SharedRunner implements Runner {
  readonly #control: Int32Array;
  readonly #maySleep: boolean;
  #generation = 0;
  readonly #workspaces: Workspaces;
  readonly #microseconds = new WeakMap<Plan, number>();
  /** when the last call ended that others might have shared */
  #finished = 0;
  /** whether such a call is in progress */
  #isClose = false;
  /** microseconds of such calls, one closely after the other, that nobody shared */
  #alone = 0;

  /** @param recover moves everything to another memory once a thread was lost */
  constructor(
    readonly engine: Engine,
    readonly pool: Pool,
    readonly recover: () => void,
  ) {
    this.#control = pool.control;
    this.#maySleep = maySleep(pool.control);
    this.#workspaces = new Workspaces(engine, pool.control, pool.count);
  }

  prepare(engine: Engine, plan: Plan): void {
    if (engine !== this.engine) return;
    const microseconds = this.#microsecondsOf(plan);
    if (microseconds < PAYS) return;
    this.#workspaces.makeRoom(plan.bytes.areas);
    const { awake, started } = this.pool;
    const isWorthWaking = this.#isWorthWaking(microseconds, awake);
    if (awake > 0 || isWorthWaking) Atomics.store(this.#control, EXPECTING, 1);
    if (isWorthWaking && awake < started) this.pool.wake();
  }

  finish(): void {
    if (this.#control[EXPECTING]) Atomics.store(this.#control, EXPECTING, 0);
    if (this.#isClose) this.#finished = now();
    this.#isClose = false;
  }

  /** Whether threads are to be woken before a call: for itself, or as one of many short ones that follow one another closely. */
  #isWorthWaking(microseconds: number, awake: number): boolean {
    this.#isClose = true;
    if (microseconds >= PAYS_WAKING) return true;
    if (awake > 0) return false;
    const follows = now() - this.#finished < CLOSE;
    this.#alone = microseconds + (follows ? this.#alone : 0);
    if (!follows || this.#alone < PAYS_STAYING) return false;
    this.#alone = 0;
    return true;
  }

  #microsecondsOf(plan: Plan): number {
    const known = this.#microseconds.get(plan);
    if (known !== undefined) return known;
    const microseconds = microsecondsOfPlan(plan);
    this.#microseconds.set(plan, microseconds);
    return microseconds;
  }

  run(
    engine: Engine,
    entry: TaskEntry,
    task: number,
    workspace: number,
    begin: number,
    end: number,
    microseconds = 0,
    areas: WorkspaceBytes = {},
  ): void {
    const chunks = this.#chunks(entry, end - begin, microseconds);
    if (chunks < 2 || engine !== this.engine || !this.#workspaces.layOut(areas)) {
      thisThread.run(engine, entry, task, workspace, begin, end);
      return;
    }
    const control = this.#control;
    control[ENTRY] = entryNames.indexOf(entry);
    control[TASK] = task;
    control[BEGIN] = begin;
    control[END] = end;
    control[CHUNKS] = chunks;
    Atomics.store(control, DONE, 0);
    this.#generation = (this.#generation + 256) | 0;
    Atomics.store(control, STATE, this.#generation | chunks);
    if (microseconds >= PAYS_WAKING && this.pool.awake < this.pool.started) this.pool.wake();
    const start = now();
    let own = 0;
    try {
      for (let left = this.#claim(); left > 0; left = this.#claim()) {
        own++;
        const chunk = chunks - left;
        engine.exports[entry](
          task,
          workspace,
          edgeOf(begin, end, chunk, chunks),
          edgeOf(begin, end, chunk + 1, chunks),
        );
      }
    } finally {
      const left = Atomics.exchange(control, STATE, this.#generation) & 255;
      this.#await(chunks - left - own, now() - start);
    }
    this.#workspaces.gather(workspace);
  }

  recovers(engine: Engine, error: unknown, { input, output, epilogue }: Operands): boolean {
    if (!(error instanceof LostThread) || engine !== this.engine) return false;
    this.recover();
    checkRecomputable(input, output, epilogue?.add, error);
    return true;
  }

  /** Gives the memory of the workspaces back. */
  release(): void {
    this.#workspaces.release();
  }

  #chunks(entry: TaskEntry, items: number, microseconds: number): number {
    if (microseconds < PAYS) return 0;
    const { awake, started } = this.pool;
    return chunksOf(entry, items, microseconds, 1 + (microseconds < PAYS_WAKING ? awake : started));
  }

  /** Takes a chunk: how many were left before, or 0. */
  #claim(): number {
    const control = this.#control;
    for (;;) {
      const state = Atomics.load(control, STATE);
      const left = state & 255;
      if (left === 0 || Atomics.compareExchange(control, STATE, state, state - 1) === state) return left;
    }
  }

  /**
   * Waits until other threads have done so many chunks.
   * @param own milliseconds that this thread's own took
   * @throws LostThread
   */
  #await(count: number, own: number): void {
    const control = this.#control;
    let deadline = 0;
    for (let spins = 1; ; spins++) {
      const done = Atomics.load(control, DONE);
      if (done === count) return;
      if (Atomics.load(control, FAILED)) throw new LostThread('a thread failed');
      if (spins % SPINS > 0) continue;
      const time = now();
      deadline ||= time + PATIENCE + 20 * own;
      if (time > deadline) throw new LostThread('a thread did not end what it had begun');
      if (!this.#maySleep) continue;
      Atomics.store(control, WAITING, 1);
      Atomics.wait(control, DONE, done, 10);
      Atomics.store(control, WAITING, 0);
    }
  }
}
