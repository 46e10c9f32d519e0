// Pool: the threads that share the engine's memory, and their control buffer. A thread that ends by itself is replaced.

import { entries } from '../engine/entries.js';
import { ASLEEP, controlBytes, STATE, TAKEN, threadWord, WAKE_UPS } from './control.js';
import { NoWorkerError, Thread, type WorkerLike } from './host.js';
import type { Answer, Start } from './messages.js';

/** The names of all entries, in the order that jobs refer to. */
export const entryNames = Object.keys(entries) as (keyof typeof entries)[];

/** Milliseconds that a thread may take to start. */
const START_TIMEOUT = 20_000;

/** How often a pool replaces threads that end by themselves. */
const MAX_REPLACED = 8;

/** The threads besides the main thread. */
export class Pool {
  readonly control: Int32Array;
  /** resolves to the number of started threads, when each has started or failed to start; rejects with a NoWorkerError */
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

  /** The number of started threads. */
  get started(): number {
    return this.#hasStarted.filter((has) => has).length;
  }

  /** The number of threads that are not asleep, including those that have been notified and are still waking up. */
  get awake(): number {
    let awake = 0;
    for (let thread = 0; thread < this.count; thread++)
      if (this.#hasStarted[thread] && !Atomics.load(this.control, threadWord(thread, ASLEEP))) awake++;
    return awake;
  }

  /** The number of chunks that each thread has completed. */
  get taken(): number[] {
    return Array.from({ length: this.count }, (_, thread) => this.control[threadWord(thread, TAKEN)]);
  }

  /** Wakes sleeping threads. */
  wake(): void {
    // cleared before the notification, so that a thread that wakes and sleeps again sets its flag afterwards
    for (let thread = 0; thread < this.count; thread++)
      Atomics.store(this.control, threadWord(thread, ASLEEP), 0);
    Atomics.add(this.control, WAKE_UPS, 1);
    Atomics.notify(this.control, WAKE_UPS);
  }

  /** Ends all threads immediately. */
  close(): void {
    this.#isClosed = true;
    // no unclaimed chunks are left
    Atomics.and(this.control, STATE, ~255);
    for (let thread = 0; thread < this.count; thread++) this.#lose(thread);
  }

  /**
   * Starts a thread. The promise resolves when it is ready, and also if it can't be started. It rejects with a NoWorkerError if the caller's
   * function returns no worker.
   */
  #start(thread: number): Promise<void> {
    const { control, memory, module } = this;
    Atomics.store(control, threadWord(thread, ASLEEP), 0);
    return new Promise((done, fail) => {
      const giveUp = () => {
        const hadStarted = this.#hasStarted[thread];
        this.#lose(thread);
        clearTimeout(timer);
        done();
        // a thread that never started would not start the next time either
        if (hadStarted && !this.#isClosed && this.#replaced++ < MAX_REPLACED)
          this.#start(thread).catch(() => {});
      };
      const timer = setTimeout(giveUp, START_TIMEOUT);
      // in Node, the timer must not keep the process running; the thread itself does until it is ready
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
      } catch (error) {
        // otherwise the host forbids workers, or does not allow posting shared memory to them
        if (error instanceof NoWorkerError) fail(error);
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
