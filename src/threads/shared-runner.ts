// SharedRunner: divides the items of an entry call into chunks that this thread and the pool's threads claim dynamically. At the end it
// waits only for chunks that another thread has begun.

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
  MAX_CHUNKS,
  STATE,
  TASK,
  WAITING,
} from './control.js';
import { entryNames, type Pool } from './pool.js';
import { checkRecomputable } from './recomputable.js';
import { Workspaces } from './workspaces.js';

/**
 * The least work in microseconds that is worth dividing: with threads that are awake, with threads that must be woken for this call only,
 * and with threads that must be woken but can stay awake for the calls that follow. Waking costs this thread 10 to 40 us, and the woken
 * thread is ready after 50 to 100 us.
 */
const WORTH_DIVIDING = 40;
const WORTH_WAKING = 400;
const WORTH_WAKING_FOR_SEVERAL = 200;

/** Calls follow one another closely if there are fewer milliseconds between them. */
const CLOSE = 0.1;

/** Microseconds of the smallest chunk. */
const LEAST_CHUNK = 15;

/**
 * Chunks per thread. With several, a fast thread takes over chunks of a slow or late one. But gemm and winograd read all weights once per
 * chunk: with two chunks, the speed-up by a second thread of n1 g1 c128 f128 i32x32 k3x3 s2x2 p1x1 was 1.01 instead of 1.21, that of 256
 * channels of 14 x 14 1.28 instead of 1.69. For the other entries four chunks instead of two make no difference: 1.60 and 1.62, the
 * geometric mean over nine layers of 0.2 to 0.8 ms.
 */
const chunksEach = (entry: TaskEntry) => (entry === 'gemm' || entry === 'winograd' ? 1 : 2);

/** The number of chunks to divide a call into; less than two if it is not worth dividing. */
export function chunksOf(entry: TaskEntry, items: number, microseconds: number, threads: number): number {
  if (microseconds < WORTH_DIVIDING || items < 2 || threads < 2) return 0;
  return Math.min(items, chunksEach(entry) * threads, Math.floor(microseconds / LEAST_CHUNK), MAX_CHUNKS);
}

/** Loads of DONE between two checks of the clock, after which this thread sleeps if it may. */
const SPINS = 4096;

/** A thread counts as lost if its chunk takes this many milliseconds plus twenty times what this thread's chunks took. */
const TIMEOUT = 2000;

/** A thread did not complete a chunk that it had begun. */
class LostThread extends Error {}

const now = () => globalThis.performance?.now() ?? Date.now();

/** Whether Atomics.wait is allowed on this thread: not on a page's main thread, nor in an AudioWorklet. */
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
  /** when the last call that was worth dividing ended */
  #finished = 0;
  /** whether such a call is in progress */
  #isDivisible = false;
  /** the microseconds of consecutive divisible calls for which no thread was awake */
  #undivided = 0;

  /** @param recover called after the loss of a thread, to move everything to another memory */
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
    if (microseconds < WORTH_DIVIDING) return;
    this.#workspaces.makeRoom(plan.bytes.areas);
    const { awake, started } = this.pool;
    const isWorthWaking = this.#isWorthWaking(microseconds, awake);
    if (awake > 0 || isWorthWaking) Atomics.store(this.#control, EXPECTING, 1);
    if (isWorthWaking && awake < started) this.pool.wake();
  }

  finish(): void {
    if (this.#control[EXPECTING]) Atomics.store(this.#control, EXPECTING, 0);
    if (this.#isDivisible) this.#finished = now();
    this.#isDivisible = false;
  }

  /** Whether to wake threads before a call: for a long call, or for a short one in a sequence of close calls. */
  #isWorthWaking(microseconds: number, awake: number): boolean {
    this.#isDivisible = true;
    if (microseconds >= WORTH_WAKING) return true;
    if (awake > 0) return false;
    const follows = now() - this.#finished < CLOSE;
    this.#undivided = microseconds + (follows ? this.#undivided : 0);
    if (!follows || this.#undivided < WORTH_WAKING_FOR_SEVERAL) return false;
    this.#undivided = 0;
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
    if (microseconds >= WORTH_WAKING && this.pool.awake < this.pool.started) this.pool.wake();
    const start = now();
    let own = 0;
    try {
      for (let left = this.#claim(); left > 0; left = this.#claim()) {
        own++;
        const chunk = chunks - left;
        engine.entries[entry](
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

  /** Frees the workspaces. */
  release(): void {
    this.#workspaces.release();
  }

  #chunks(entry: TaskEntry, items: number, microseconds: number): number {
    if (microseconds < WORTH_DIVIDING) return 0;
    const { awake, started } = this.pool;
    return chunksOf(entry, items, microseconds, 1 + (microseconds < WORTH_WAKING ? awake : started));
  }

  /** Claims a chunk. Returns the number of unclaimed chunks before that; 0 if there was none. */
  #claim(): number {
    const control = this.#control;
    for (;;) {
      const state = Atomics.load(control, STATE);
      const left = state & 255;
      if (left === 0 || Atomics.compareExchange(control, STATE, state, state - 1) === state) return left;
    }
  }

  /**
   * Waits until other threads have completed `count` chunks.
   * @param own milliseconds that this thread's chunks took
   * @throws LostThread if a thread failed or does not complete its chunk in time
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
      deadline ||= time + TIMEOUT + 20 * own;
      if (time > deadline) throw new LostThread('a thread did not complete its work in time');
      if (!this.#maySleep) continue;
      Atomics.store(control, WAITING, 1);
      Atomics.wait(control, DONE, done, 10);
      Atomics.store(control, WAITING, 0);
    }
  }
}
