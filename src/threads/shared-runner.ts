// Shared runner: cuts calls into chunks of items that the threads of a pool and this one take as they come. It waits for chunks that were
// begun, and for no thread.

import { aligned, WORD_BYTES } from '../core/bytes.js';
import type { Engine } from '../engine/engine.js';
import type { TaskEntry } from '../engine/entries.js';
import type { DeskBytes } from '../plan/algorithms/algorithm.js';
import { microsecondsOfPlan } from '../plan/microseconds.js';
import type { Plan } from '../plan/plan.js';
import { deskAt } from '../run/desk.js';
import { type Runner, thisThread } from '../run/runner.js';
import { Desk } from '../shared/task.js';
import {
  BEGIN,
  CHUNKS,
  DESK,
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
  wordOf,
} from './control.js';
import { entryNames, type Pool } from './pool.js';

/** Microseconds of work that pay with a thread that is awake, and with one that has to be woken. */
const PAYS = 40;
const PAYS_WAKING = 400;

/** Microseconds of the smallest chunk, and as many as there are for each thread: one that comes late or is slow leaves some to others. */
const CHUNK = 15;
const CHUNKS_EACH = 2;

/** Loads of DONE before it is looked at the clock, and before this thread sleeps where it may. */
const SPINS = 4096;

/** Milliseconds that a chunk may take, beside twenty times as long as this thread's own took. */
const PATIENCE = 2000;

const DESK_BYTES = aligned(WORD_BYTES * Object.keys(new Desk()).length);

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
  /** where the desks lie, and how many bytes each has */
  #desks = -1;
  #deskBytes = 0;
  /** the areas that they are divided into */
  #areas: DeskBytes | undefined;

  /** @param recover moves everything to another memory once a thread was lost */
  constructor(
    readonly engine: Engine,
    readonly pool: Pool,
    readonly recover: () => void,
  ) {
    this.#control = pool.control;
    this.#maySleep = maySleep(pool.control);
  }

  prepare(engine: Engine, plan: Plan): void {
    if (engine !== this.engine) return;
    const microseconds = microsecondsOfPlan(plan);
    if (microseconds < PAYS) return;
    const { areas } = plan.bytes;
    const bytes = bytesOf(areas);
    if (bytes > this.#deskBytes) this.#take(bytes);
    if (microseconds < PAYS_WAKING) return;
    Atomics.store(this.#control, EXPECTING, 1);
    if (this.pool.awake < this.pool.started) this.pool.wake();
  }

  finish(): void {
    if (this.#control[EXPECTING]) Atomics.store(this.#control, EXPECTING, 0);
  }

  run(
    engine: Engine,
    entry: TaskEntry,
    task: number,
    desk: number,
    begin: number,
    end: number,
    microseconds = 0,
    areas: DeskBytes = {},
  ): void {
    const chunks = this.#chunks(end - begin, microseconds);
    if (chunks < 2 || engine !== this.engine || !this.#layOut(areas)) {
      thisThread.run(engine, entry, task, desk, begin, end);
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
          desk,
          edgeOf(begin, end, chunk, chunks),
          edgeOf(begin, end, chunk + 1, chunks),
        );
      }
    } finally {
      const left = Atomics.exchange(control, STATE, this.#generation) & 255;
      this.#await(chunks - left - own, now() - start);
    }
    this.#gather(desk);
  }

  recovers(engine: Engine, error: unknown): boolean {
    if (!(error instanceof LostThread) || engine !== this.engine) return false;
    this.recover();
    return true;
  }

  /** Gives the memory of the desks back. */
  release(): void {
    if (this.#desks >= 0) this.engine.release(this.#desks);
    this.#desks = -1;
    this.#deskBytes = 0;
    this.#areas = undefined;
  }

  /** Into how many chunks a call is cut; fewer than two where it stays on this thread. */
  #chunks(items: number, microseconds: number): number {
    if (microseconds < PAYS || items < 2) return 0;
    const threads = microseconds < PAYS_WAKING ? this.pool.awake : this.pool.started;
    if (threads === 0) return 0;
    return Math.min(items, CHUNKS_EACH * (threads + 1), Math.floor(microseconds / CHUNK), MOST_CHUNKS);
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

  /** Notes at a desk what others noted at theirs. */
  #gather(desk: number): void {
    const { i32 } = this.engine;
    for (let thread = 0; thread < this.pool.count; thread++) {
      const other = this.#deskOf(thread) / WORD_BYTES;
      if (i32[other] === 0) continue;
      i32[other] = 0;
      i32[desk / WORD_BYTES] = 1;
    }
  }

  #deskOf(thread: number): number {
    return this.#desks + thread * (DESK_BYTES + this.#deskBytes);
  }

  /** Takes memory for desks of so many bytes. Without it, calls that need them stay on this thread. */
  #take(bytes: number): void {
    this.release();
    try {
      this.#desks = this.engine.allocate(this.pool.count * (DESK_BYTES + bytes), 'the desks of threads');
      this.#deskBytes = bytes;
    } catch {
      // there is none
    }
  }

  /** Divides the desks into areas; false where they are too small. */
  #layOut(areas: DeskBytes): boolean {
    if (areas === this.#areas) return true;
    if (this.#desks < 0 || bytesOf(areas) > this.#deskBytes) return false;
    for (let thread = 0; thread < this.pool.count; thread++) {
      const address = this.#deskOf(thread);
      this.engine.i32.set(Object.values(deskAt(address + DESK_BYTES, areas)), address / WORD_BYTES);
      this.#control[wordOf(thread, DESK)] = address;
    }
    this.#areas = areas;
    return true;
  }
}

/** Bytes of all areas of a desk. */
function bytesOf(areas: DeskBytes): number {
  return Object.values(areas).reduce((sum, area) => sum + aligned(area), 0);
}
