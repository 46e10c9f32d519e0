// Async worker: a thread with a memory of its own. It carries out requests in the order in which they are sent; here stands what lies where in its memory.

import { aligned, WASM_PAGE } from '../core/bytes.js';
import { sum } from '../core/lists.js';
import { Allocator } from '../engine/allocator.js';
import type { Result, WorkRequest } from './work-request.js';

/** Where memory must end at the latest, as in any engine. */
const LARGEST_MEMORY = 0x1_0000_0000;

/** Bytes of packed weights that a worker keeps, beside those that calls in progress need. */
const KEPT_WEIGHTS = 0x800_0000;

/** Milliseconds that a request may take beside a hundred times its estimate. Long before, a machine is out of use. */
const PATIENCE = 20_000;

/** The way to a thread and back. */
export interface Line {
  send(request: WorkRequest, transfer: ArrayBuffer[]): void;
  /** whether the program goes on because of it */
  hold(isHolding: boolean): void;
  end(): void;
}

/** Starts a thread. `lost` is called when it ended by itself, or can't be started. */
export type Connect = (hear: (result: Result) => void, lost: () => void) => Line;

/** Packed weights of some values. */
export interface WeightSnapshot {
  readonly id: number;
  readonly bytes: number;
  /** undefined where they are packed no more */
  numbers(): Float32Array | undefined;
}

/** Snapshots that calls in progress need. */
export interface Ids {
  has(id: number): boolean;
}

/** A thread did not answer, or ended. */
export class LostWorker extends Error {}

interface Pending {
  readonly settle: (result: Result) => void;
  readonly refuse: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

export class AsyncWorker {
  /** it has answered, so it can be started */
  isKnown = false;
  isLost = false;
  /** calls that begin get others, and it ends when those that hold it are over */
  isRetired = false;
  readonly #line: Line;
  readonly #pending = new Map<number, Pending>();
  /** the module's data lie in the first page; into the last, kernels may read beyond the end of a range */
  readonly #allocator = new Allocator(WASM_PAGE, WASM_PAGE, (end) => end + WASM_PAGE <= LARGEST_MEMORY);
  /** where packed weights lie, by the number of their snapshot; those not used for longest first */
  readonly #weights = new Map<number, { readonly address: number; readonly bytes: number }>();
  #room = { address: -1, bytes: 0 };
  #lastId = 0;
  /** calls in progress that hold it */
  #calls = 0;

  /** @param lost is called once */
  constructor(
    connect: Connect,
    readonly lost: (worker: AsyncWorker) => void,
  ) {
    this.#line = connect(
      (result) => this.#hear(result),
      () => this.end(),
    );
    this.#line.hold(false);
  }

  /** How many requests it has to carry out. */
  get load(): number {
    return this.#pending.size;
  }

  /** A call in progress counts on it. */
  hold(): void {
    this.#calls++;
  }

  /** The call is over. */
  letGo(): void {
    this.#calls--;
    this.#endIfDone();
  }

  /** Whether packed weights were sent to it, and are there. */
  has(snapshot: WeightSnapshot): boolean {
    return !this.isLost && this.#weights.has(snapshot.id);
  }

  /**
   * The address of packed weights, which are sent unless they are there. Those of `others` stay.
   * @throws Error where they would have to be sent and can't be, RangeError if memory is insufficient
   */
  weights(snapshot: WeightSnapshot, others: Ids): number {
    const known = this.#weights.get(snapshot.id);
    const numbers = known ? undefined : snapshot.numbers();
    if (!known && !numbers)
      throw new Error(
        'a worker was lost, and since the call began the layer was changed, disposed of or had its memory given back, so its weights are not there any more: call again',
      );
    const placed = known ?? { address: this.#allocate(snapshot.bytes, others), bytes: snapshot.bytes };
    if (numbers) {
      const writes = [{ at: placed.address, numbers }];
      // its answer is of no interest: whatever goes wrong, the next request will find out
      this.do({ bytes: placed.address + placed.bytes, writes, calls: [] }, [], 0).catch(() => {});
    }
    this.#weights.delete(snapshot.id);
    this.#weights.set(snapshot.id, placed);
    return placed.address;
  }

  /**
   * The address of a room for one portion of work. All portions take place in the same, one after another, so it may move while requests are
   * on their way.
   */
  room(bytes: number, others: Ids): number {
    if (bytes > this.#room.bytes) {
      if (this.#room.bytes > 0) this.#allocator.release(this.#room.address);
      this.#room = { address: -1, bytes: 0 };
      this.#room = { address: this.#allocate(bytes, others), bytes };
    }
    return this.#room.address;
  }

  /**
   * Lets it carry out a request.
   * @param request what it works with ends at `bytes`
   * @param milliseconds that it takes, about
   * @throws LostWorker, RangeError where its memory can't grow, Error where a call failed
   */
  async do(request: Omit<WorkRequest, 'id'>, transfer: ArrayBuffer[], milliseconds: number): Promise<Result> {
    if (this.isLost) throw new LostWorker('the thread has ended');
    const id = ++this.#lastId;
    const result = await new Promise<Result>((settle, refuse) => {
      const timer = globalThis.setTimeout?.(
        () => this.end(),
        PATIENCE + 100 * milliseconds * (1 + this.load),
      );
      (timer as { unref?(): void } | undefined)?.unref?.();
      this.#pending.set(id, { settle, refuse, timer });
      this.#line.hold(true);
      this.#line.send({ ...request, id, bytes: request.bytes + WASM_PAGE }, transfer);
    });
    if (result.error === undefined) return result;
    // whatever lies in its memory by now
    this.end();
    if (result.isFull)
      throw new RangeError(`not enough memory: ${request.bytes} bytes of WebAssembly memory for a worker`);
    throw new Error(`a worker failed: ${result.error}`);
  }

  /** Ends the thread once it has done what it was asked for, and no call holds it. */
  retire(): void {
    this.isRetired = true;
    this.#endIfDone();
  }

  /** Ends the thread, whatever it does. */
  end(): void {
    if (this.isLost) return;
    this.isLost = true;
    this.#line.end();
    for (const { refuse, timer } of this.#pending.values()) {
      globalThis.clearTimeout?.(timer);
      refuse(new LostWorker('a worker ended in the midst of its work'));
    }
    this.#pending.clear();
    this.lost(this);
  }

  #hear(result: Result): void {
    this.isKnown = true;
    const pending = this.#pending.get(result.id);
    if (!pending) return;
    this.#pending.delete(result.id);
    globalThis.clearTimeout?.(pending.timer);
    pending.settle(result);
    if (this.#pending.size > 0) return;
    this.#line.hold(false);
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (this.isRetired && this.#calls === 0 && this.#pending.size === 0) this.end();
  }

  /**
   * Takes memory. Weights that no call in progress needs give way, those not used for longest first. That is safe at once, as what was
   * sent before is done before.
   * @throws RangeError where it lacks
   */
  #allocate(bytes: number, others: Ids): number {
    const size = aligned(bytes);
    let kept = sum([...this.#weights.values()].map((weights) => weights.bytes));
    for (const [id, weights] of [...this.#weights]) {
      const address = kept <= KEPT_WEIGHTS ? this.#allocator.allocate(size) : -1;
      if (address >= 0) return address;
      if (others.has(id)) continue;
      this.#weights.delete(id);
      this.#allocator.release(weights.address);
      kept -= weights.bytes;
    }
    const address = this.#allocator.allocate(size);
    if (address < 0)
      throw new RangeError(`not enough memory: ${bytes} bytes of WebAssembly memory for a worker`);
    return address;
  }
}
