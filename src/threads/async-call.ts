// AsyncCall: one call of forwardAsync. Distributes its portions among workers, copies inputs when a worker is free and outputs as they
// arrive, and recomputes the portions of lost workers.

import { FLOAT_BYTES } from '../core/bytes.js';
import type { Tensor } from '../core/tensor.js';
import { flatViewOf } from '../engine/address.js';
import type { Engine } from '../engine/engine.js';
import { microsecondsOfPlan } from '../plan/microseconds.js';
import type { Plan } from '../plan/plan.js';
import { portionsIn } from '../plan/portions.js';
import type { Epilogue } from '../run/activation.js';
import { type AsyncWorker, LostWorker, type WeightSnapshot } from './async-worker.js';
import { currentWorkers, needed } from './async-workers.js';
import { giveBuffer, takeBuffer } from './buffers.js';
import { countIn, gather, type Portion, portionOf, roomAt, roomBytes, scatter } from './portion.js';
import type { Result } from './work-request.js';

/** The number of workers that a call may lose. What ended several is likely to end the next one too. */
const MAX_LOST = 2;

/** What a call computes. */
export interface Job {
  readonly engine: Engine;
  readonly plan: Plan;
  readonly snapshot: WeightSnapshot;
  readonly x: Tensor;
  readonly out: Tensor;
  readonly epilogue: Epilogue | undefined;
  /** called after each portion with the fraction that is done */
  readonly progress: ((share: number) => void) | undefined;
}

export class AsyncCall {
  readonly #job: Job;
  /** the job's snapshot with its numbers cached for the duration of the call, so that they can be sent again after a loss */
  readonly #snapshot: WeightSnapshot;
  readonly #workers = new Set<AsyncWorker>();
  readonly #total: number;
  readonly #milliseconds: number;
  readonly #bytes: number;
  /** portions to recompute because their worker was lost */
  readonly #retries: number[] = [];
  /** the first portion that no worker has begun */
  #next = 0;
  #done = 0;
  readonly #lost = new Set<AsyncWorker>();
  #isOver = false;
  #settle!: (areFinite: boolean) => void;
  #refuse!: (error: unknown) => void;

  constructor(job: Job) {
    const { plan, epilogue, snapshot } = job;
    let numbers: Float32Array | undefined;
    this.#job = job;
    this.#snapshot = {
      ...snapshot,
      numbers: () => {
        numbers ??= snapshot.numbers();
        return numbers;
      },
    };
    this.#total = portionsIn(plan);
    this.#milliseconds = microsecondsOfPlan(plan) / 1000 / this.#total;
    this.#bytes = roomBytes(plan, epilogue?.add !== undefined);
  }

  /**
   * Computes all portions.
   * @returns whether all outputs are finite; if not, `out` is incomplete
   * @throws the error of the first portion that failed, or of `progress`
   */
  async run(): Promise<boolean> {
    const result = new Promise<boolean>((settle, refuse) => {
      this.#settle = settle;
      this.#refuse = refuse;
    });
    const workers = currentWorkers();
    for (const worker of workers) this.#begin(worker);
    // a second portion for each worker, queued behind its first one; in another task, so that this thread is not blocked for long
    const { setTimeout } = globalThis as Partial<typeof globalThis>;
    setTimeout?.(() => {
      for (const worker of workers) if (!this.#isOver && !worker.isLost) this.#begin(worker);
    }, 0);
    try {
      return await result;
    } finally {
      for (const worker of this.#workers) worker.release();
    }
  }

  /** Aborts the call: nothing is written to the output from now on. */
  stop(error: unknown): void {
    this.#isOver = true;
    this.#refuse(error);
  }

  #begin(worker: AsyncWorker): void {
    this.#serve(worker).catch((error) => this.stop(error));
  }

  /** Sends one portion after another to a worker. */
  async #serve(worker: AsyncWorker): Promise<void> {
    for (;;) {
      if (this.#isOver) return;
      this.#hold(worker);
      const index = this.#retries.pop() ?? this.#next++;
      if (index >= this.#total) return;
      try {
        const portion = await this.#compute(worker, index);
        if (this.#isOver || !portion) return;
      } catch (error) {
        if (this.#isOver) return;
        if (!(error instanceof LostWorker)) return this.stop(error);
        // a worker that never answered could not be started; it does not count as lost, since async-workers.ts starts fewer from now on
        if (worker.hasAnswered) this.#lost.add(worker);
        if (this.#lost.size > MAX_LOST) return this.stop(error);
        this.#retries.push(index);
        worker = this.#replacement(index);
      }
    }
  }

  /** Keeps a worker alive, with its weights, until the call is over: the layer's own weights may have changed by then. */
  #hold(worker: AsyncWorker): void {
    if (this.#workers.has(worker)) return;
    this.#workers.add(worker);
    worker.hold();
  }

  /** Another worker: any current one, or, if the weights can't be sent again, one that has them. */
  #replacement(number: number): AsyncWorker {
    const snapshot = this.#snapshot;
    const withWeights = snapshot.numbers() ? [] : [...this.#workers].filter((worker) => worker.has(snapshot));
    const workers = withWeights.length > 0 ? withWeights : currentWorkers();
    return workers[number % workers.length];
  }

  /** Computes a portion. Returns false if the call is over. */
  async #compute(worker: AsyncWorker, index: number): Promise<boolean> {
    const { plan, x, out, epilogue, progress } = this.#job;
    const snapshot = this.#snapshot;
    const weights = worker.weights(snapshot, needed);
    const address = worker.room(this.#bytes, needed);
    const room = roomAt(plan, address, weights);
    const portion = portionOf(plan, index, room, epilogue);
    const inputs = countIn(portion.loads);
    const outputs = countIn(portion.stores);
    const addends = epilogue?.add ? outputs : 0;
    const into = takeBuffer(FLOAT_BYTES * Math.max(inputs + addends, outputs));
    const input = new Float32Array(into, 0, inputs);
    gather(portion.loads, flatViewOf(x), input);
    const writes: { at: number; numbers: Float32Array | Int32Array }[] = [
      { at: room.tables, numbers: portion.words },
      { at: portion.loaded, numbers: input },
    ];
    if (epilogue?.add) {
      const addend = new Float32Array(into, FLOAT_BYTES * inputs, addends);
      gather(portion.stores, flatViewOf(epilogue.add), addend);
      writes.push({ at: room.addend, numbers: addend });
    }
    const read = { at: portion.target, count: outputs, into, flag: portion.flag };
    const bytes = Math.max(address + this.#bytes, weights + snapshot.bytes);
    const result = await worker.do({ bytes, writes, calls: portion.calls, read }, [into], this.#milliseconds);
    if (!this.#isOver) this.#store(result, portion, outputs, out);
    giveBuffer(result.buffer);
    if (this.#isOver) return false;
    this.#done++;
    // the callback may stop the call
    progress?.(this.#done / this.#total);
    if (this.#done < this.#total) return !this.#isOver;
    this.#isOver = true;
    this.#settle(true);
    return false;
  }

  #store({ areFinite, buffer }: Result, portion: Portion, count: number, out: Tensor): void {
    if (areFinite) scatter(portion.stores, flatViewOf(out), new Float32Array(buffer!, 0, count));
    else {
      this.#isOver = true;
      this.#settle(false);
    }
  }
}
