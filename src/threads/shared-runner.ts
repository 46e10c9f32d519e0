// SharedRunner: divides the items of an entry call into chunks that this thread and the pool's threads claim dynamically. At the end it
// waits only for chunks that another thread has begun.

import type { Engine } from '../engine/engine.js';
import type { TaskEntry } from '../engine/entries.js';
import type { WorkspaceBytes } from '../plan/algorithms/algorithm.js';
import { microsecondsOfPlan } from '../plan/microseconds.js';
import type { Plan } from '../plan/plan.js';
import type { Operands } from '../run/operands.js';
import { type Runner, thisThread } from '../run/runner.js';
import { chunksOf, WORTH_DIVIDING, WORTH_WAKING, WORTH_WAKING_FOR_SEVERAL } from './chunks.js';
import {
  BEGIN,
  CHUNKS,
  DONE,
  END,
  ENTRY,
  EXPECTING,
  edgeOf,
  FAILED,
  STATE,
  TASK,
  WAITING,
} from './control.js';
import { Leave } from './leave.js';
import { Pace } from './pace.js';
import { entryNames, type Pool } from './pool.js';
import { checkRecomputable } from './recomputable.js';
import { Workspaces } from './workspaces.js';

/** Calls follow one another closely if there are fewer milliseconds between them. */
const CLOSE = 0.1;

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
  readonly #paces = new WeakMap<Plan, Pace>();
  /** that of the plan in progress */
  #pace = new Pace(0);
  /** when the last call that was worth dividing ended */
  #finished = 0;
  /** whether such a call is in progress */
  #isDivisible = false;
  /** the milliseconds that waking and divided work of the call in progress took, and what the work would have taken on this thread alone */
  #took = 0;
  #alone = 0;
  /** the microseconds of consecutive divisible calls for which no thread was awake */
  #undivided = 0;

  /** @param recover called after the loss of a thread, to move everything to another memory */
  constructor(
    readonly engine: Engine,
    readonly pool: Pool,
    readonly recover: () => void,
    readonly leave = new Leave(),
  ) {
    this.#control = pool.control;
    this.#maySleep = maySleep(pool.control);
    this.#workspaces = new Workspaces(engine, pool.control, pool.count);
  }

  prepare(engine: Engine, plan: Plan): void {
    if (engine !== this.engine) return;
    this.#pace = this.#paceOf(plan);
    const { microseconds } = this.#pace;
    if (microseconds < WORTH_DIVIDING) return;
    this.#workspaces.makeRoom(plan.bytes.areas);
    if (this.leave.isOn) return;
    const { awake, started } = this.pool;
    const isWorthWaking = this.#isWorthWaking(microseconds, awake);
    if (awake > 0 || isWorthWaking) Atomics.store(this.#control, EXPECTING, 1);
    if (isWorthWaking && awake < started) this.#wake();
  }

  finish(): void {
    if (this.#control[EXPECTING]) Atomics.store(this.#control, EXPECTING, 0);
    if (this.#isDivisible) this.#finished = now();
    this.#isDivisible = false;
    if (this.#took > 0) this.leave.noteDivided(this.#took, this.#alone);
    this.#took = this.#alone = 0;
  }

  /** Wakes threads. One that wakes up on this thread's core may take a time slice from it here. */
  #wake(): void {
    const start = now();
    this.pool.wake();
    this.#took += now() - start;
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

  #paceOf(plan: Plan): Pace {
    const known = this.#paces.get(plan);
    if (known) return known;
    const pace = new Pace(microsecondsOfPlan(plan));
    this.#paces.set(plan, pace);
    return pace;
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
    if (this.leave.isOn && microseconds >= WORTH_DIVIDING && engine === this.engine) {
      const start = now();
      thisThread.run(engine, entry, task, workspace, begin, end);
      const took = now() - start;
      this.#pace.note(entry, took, microseconds);
      this.leave.noteAlone(took);
      return;
    }
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
    if (microseconds >= WORTH_WAKING && this.pool.awake < this.pool.started) this.#wake();
    const start = now();
    let own = 0;
    let took = 0;
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
      took = now() - start;
      this.#await(chunks - left - own, took);
    }
    this.#workspaces.gather(workspace);
    if (own > 0) this.#pace.note(entry, took, (microseconds * own) / chunks);
    this.#took += now() - start;
    this.#alone += this.#pace.of(entry, microseconds);
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
