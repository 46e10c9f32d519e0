// Pool: threads that work in one memory, and the control words that they share. One that ends by itself is replaced.

import { entries } from '../engine/entries.js';
import { ASLEEP, controlBytes, STATE, TAKEN, WAKE_UPS, wordOf } from './control.js';
import { Thread, type WorkerLike } from './host.js';
import type { Answer, Start } from './messages.js';

/** Names of all entries, in an order that every thread knows. */
export const entryNames = Object.keys(entries) as (keyof typeof entries)[];

/** Milliseconds after which a thread that said nothing is given up. */
const PATIENCE = 20_000;

/** How often a pool replaces threads that end by themselves. */
const MOST_REPLACED = 8;

/** Threads beside the main one. */
export class Pool {
  readonly control: Int32Array;
  /** how many there are when all have started; those that couldn't are left out */
  readonly ready: Promise<number>;
  readonly #threads: (Thread<Answer> | undefined)[];
  readonly #hasStarted: boolean[];
  #replaced = 0;
  #isClosed = false;

  constructor(
    readonly memory: WebAssembly.Memory,
    readonly module: WebAssembly.Module,
    readonly count: number,
    readonly make: () => WorkerLike,
  ) {
    this.control = new Int32Array(new SharedArrayBuffer(controlBytes(count)));
    this.#threads = new Array<Thread<Answer> | undefined>(count).fill(undefined);
    this.#hasStarted = new Array<boolean>(count).fill(false);
    const starts = Array.from({ length: count }, (_, thread) => this.#start(thread));
    this.ready = Promise.all(starts).then(() => this.started);
  }

  /** How many threads take part. */
  get started(): number {
    return this.#hasStarted.filter((has) => has).length;
  }

  /** How many of them are not asleep, those included that were woken and are not there yet. */
  get awake(): number {
    let awake = 0;
    for (let thread = 0; thread < this.count; thread++)
      if (this.#hasStarted[thread] && !Atomics.load(this.control, wordOf(thread, ASLEEP))) awake++;
    return awake;
  }

  /** Chunks that each has done. */
  get taken(): number[] {
    return Array.from({ length: this.count }, (_, thread) => this.control[wordOf(thread, TAKEN)]);
  }

  /** Wakes those that sleep. */
  wake(): void {
    // before it rings: one that heard it and sleeps again notes that behind
    for (let thread = 0; thread < this.count; thread++)
      Atomics.store(this.control, wordOf(thread, ASLEEP), 0);
    Atomics.add(this.control, WAKE_UPS, 1);
    Atomics.notify(this.control, WAKE_UPS);
  }

  /** Ends all threads, whatever they do. */
  close(): void {
    this.#isClosed = true;
    // who comes late takes nothing
    Atomics.and(this.control, STATE, ~255);
    for (let thread = 0; thread < this.count; thread++) this.#lose(thread);
  }

  /** Starts a thread; the promise is kept when it takes part, and when it can't. */
  #start(thread: number): Promise<void> {
    const { control, memory, module } = this;
    Atomics.store(control, wordOf(thread, ASLEEP), 0);
    return new Promise((done) => {
      const giveUp = () => {
        const hadStarted = this.#hasStarted[thread];
        this.#lose(thread);
        clearTimeout(timer);
        done();
        // one that never started would not the next time either
        if (hadStarted && !this.#isClosed && this.#replaced++ < MOST_REPLACED) void this.#start(thread);
      };
      const timer = setTimeout(giveUp, PATIENCE);
      // Node's has this; the thread itself holds the program until it takes part
      (timer as { unref?(): void }).unref?.();
      const hear = (answer: Answer) => {
        if (!answer.ready) return;
        this.#hasStarted[thread] = true;
        this.#threads[thread]?.hold(false);
        clearTimeout(timer);
        done();
      };
      try {
        const started = new Thread<Answer>(this.make, hear, giveUp);
        this.#threads[thread] = started;
        started.send({
          module,
          memory,
          names: entryNames,
          control: control.buffer as SharedArrayBuffer,
          thread,
        } satisfies Start);
      } catch {
        // workers are forbidden here, or shared memory can't be sent to them
        giveUp();
      }
    });
  }

  #lose(thread: number): void {
    this.#hasStarted[thread] = false;
    this.#threads[thread]?.end();
    this.#threads[thread] = undefined;
  }
}
