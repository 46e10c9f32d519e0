// Async call: the portions of one call on their way to workers and back. Inputs are copied when a worker is free for them, results as they come.

import { FLOAT_BYTES } from '../core/bytes.js';
import type { Tensor } from '../core/tensor.js';
import type { Engine } from '../engine/engine.js';
import { microsecondsOfPlan } from '../plan/microseconds.js';
import type { Plan } from '../plan/plan.js';
import { portionsIn } from '../plan/portions.js';
import type { Epilogue } from '../run/activation.js';
import { flatViewOf } from '../run/transfer.js';
import { type AsyncWorker, LostWorker, type WeightSnapshot } from './async-worker.js';
import { currentWorkers, needed } from './async-workers.js';
import { giveBuffer, takeBuffer } from './buffers.js';
import { gather, numbersIn, type Portion, portionOf, roomAt, roomBytes, scatter } from './portion.js';
import type { Result } from './work-request.js';

/** Workers that one call may lose. What ends several is likely to end the next one too. */
const MOST_LOST = 2;

/** What is computed. */
export interface Job {
  readonly engine: Engine;
  readonly plan: Plan;
  readonly snapshot: WeightSnapshot;
  readonly x: Tensor;
  readonly out: Tensor;
  readonly epilogue: Epilogue | undefined;
  /** is told the share that is done, after each portion */
  readonly progress: ((share: number) => void) | undefined;
}

export class AsyncCall {
  readonly #job: Job;
  /** that of the job, whose numbers, once they were sent, stay as long as the call: what is lost can be sent anew */
  readonly #snapshot: WeightSnapshot;
  readonly #workers = new Set<AsyncWorker>();
  readonly #total: number;
  readonly #milliseconds: number;
  readonly #bytes: number;
  /** portions whose worker was lost, and the first of those that nobody has begun */
  readonly #again: number[] = [];
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
   * @returns a promise of whether all outputs are finite; where they are not, `out` is not complete
   * @throws what the first portion that failed throws, and what `progress` does
   */
  async run(): Promise<boolean> {
    const result = new Promise<boolean>((settle, refuse) => {
      this.#settle = settle;
      this.#refuse = refuse;
    });
    const workers = currentWorkers();
    for (const worker of workers) this.#begin(worker);
    // while a worker computes a portion it gets the next one, though not all of them in one task
    const { setTimeout } = globalThis as Partial<typeof globalThis>;
    setTimeout?.(() => {
      for (const worker of workers) if (!this.#isOver && !worker.isLost) this.#begin(worker);
    }, 0);
    try {
      return await result;
    } finally {
      for (const worker of this.#workers) worker.letGo();
    }
  }

  /** Gives the call up: from now on nothing is written to the output. */
  stop(error: unknown): void {
    this.#isOver = true;
    this.#refuse(error);
  }

  #begin(worker: AsyncWorker): void {
    this.#serve(worker).catch((error) => this.stop(error));
  }

  /** Lets a worker compute portion after portion. */
  async #serve(worker: AsyncWorker): Promise<void> {
    for (;;) {
      if (this.#isOver) return;
      this.#hold(worker);
      const index = this.#again.pop() ?? this.#next++;
      if (index >= this.#total) return;
      try {
        const portion = await this.#compute(worker, index);
        if (this.#isOver || !portion) return;
      } catch (error) {
        if (this.#isOver) return;
        if (!(error instanceof LostWorker)) return this.stop(error);
        // one that never answered could not be started, and there are fewer of them now
        if (worker.isKnown) this.#lost.add(worker);
        if (this.#lost.size > MOST_LOST) return this.stop(error);
        this.#again.push(index);
        worker = this.#another(index);
      }
    }
  }

  /** Lets a worker stay until the call is over, with the weights that it has: the layer may have others by then. */
  #hold(worker: AsyncWorker): void {
    if (this.#workers.has(worker)) return;
    this.#workers.add(worker);
    worker.hold();
  }

  /** One of the workers that there are now, or where the weights can't be sent any more, one that has them. */
  #another(number: number): AsyncWorker {
    const snapshot = this.#snapshot;
    const able = snapshot.numbers() ? [] : [...this.#workers].filter((worker) => worker.has(snapshot));
    const workers = able.length > 0 ? able : currentWorkers();
    return workers[number % workers.length];
  }

  /** Computes a portion; false where the call is over by then. */
  async #compute(worker: AsyncWorker, index: number): Promise<boolean> {
    const { engine, plan, x, out, epilogue, progress } = this.#job;
    const snapshot = this.#snapshot;
    const weights = worker.weights(snapshot, needed);
    const address = worker.room(this.#bytes, needed);
    const room = roomAt(plan, address, weights);
    const portion = portionOf(plan, index, room, epilogue);
    const inputs = numbersIn(portion.loads);
    const outputs = numbersIn(portion.stores);
    const addends = epilogue?.add ? outputs : 0;
    const into = takeBuffer(FLOAT_BYTES * Math.max(inputs + addends, outputs));
    const input = new Float32Array(into, 0, inputs);
    gather(portion.loads, flatViewOf(x, engine), input);
    const writes: { at: number; numbers: Float32Array | Int32Array }[] = [
      { at: room.tables, numbers: portion.words },
      { at: portion.loaded, numbers: input },
    ];
    if (epilogue?.add) {
      const addend = new Float32Array(into, FLOAT_BYTES * inputs, addends);
      gather(portion.stores, flatViewOf(epilogue.add, engine), addend);
      writes.push({ at: room.addend, numbers: addend });
    }
    const read = { at: portion.target, count: outputs, into, flag: portion.flag };
    const bytes = Math.max(address + this.#bytes, weights + snapshot.bytes);
    const result = await worker.do({ bytes, writes, calls: portion.calls, read }, [into], this.#milliseconds);
    if (!this.#isOver) this.#store(result, portion, outputs, out, engine);
    giveBuffer(result.buffer);
    if (this.#isOver) return false;
    this.#done++;
    // may stop the call
    progress?.(this.#done / this.#total);
    if (this.#done < this.#total) return !this.#isOver;
    this.#isOver = true;
    this.#settle(true);
    return false;
  }

  #store({ areFinite, buffer }: Result, portion: Portion, count: number, out: Tensor, engine: Engine): void {
    if (areFinite) scatter(portion.stores, flatViewOf(out, engine), new Float32Array(buffer!, 0, count));
    else {
      this.#isOver = true;
      this.#settle(false);
    }
  }
}
