// AsyncWorker: the main thread's side of a worker that has its own wasm memory. Sends it requests, which it executes in order, and
// manages the allocations in its memory.

import { aligned, WASM_PAGE } from '../core/bytes.js';
import { sum } from '../core/lists.js';
import { Allocator } from '../engine/allocator.js';
import type { Result, WorkRequest } from './work-request.js';

/** The largest wasm memory. */
const MAX_MEMORY = 0x1_0000_0000;

/** Limit in bytes for packed weights that a worker keeps, in addition to those of calls in progress. */
const MAX_KEPT_WEIGHTS = 0x800_0000;

/** A worker counts as lost if a request takes this many milliseconds plus a hundred times its estimate. */
const TIMEOUT = 20_000;

/** A connection to a thread. */
interface Line {
  send(request: WorkRequest, transfer: ArrayBuffer[]): void;
  /** sets whether the thread keeps the process running */
  hold(isHolding: boolean): void;
  end(): void;
}

/** Starts a thread. `lost` is called if it ends by itself or can't be started. */
export type Connect = (hear: (result: Result) => void, lost: () => void) => Line;

/** The packed weights of a layer at one time. */
export interface WeightSnapshot {
  readonly id: number;
  readonly bytes: number;
  /** undefined if the packed weights have been overwritten or evicted */
  numbers(): Float32Array | undefined;
}

/** The ids of snapshots that calls in progress need. */
interface Ids {
  has(id: number): boolean;
}

/** A thread ended or did not answer. */
export class LostWorker extends Error {}

interface Pending {
  readonly settle: (result: Result) => void;
  readonly refuse: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

export class AsyncWorker {
  /** whether it has ever answered, and so could be started */
  hasAnswered = false;
  isLost = false;
  /** new calls do not use it, and it ends when the calls that hold it are over */
  isRetired = false;
  readonly #line: Line;
  readonly #pending = new Map<number, Pending>();
  /** excludes the first page, which has the module's data, and the last, because kernels may read past the end of a range */
  readonly #allocator = new Allocator(WASM_PAGE, WASM_PAGE, (end) => end + WASM_PAGE <= MAX_MEMORY);
  /** packed weights by the id of their snapshot, least recently used first */
  readonly #weights = new Map<number, { readonly address: number; readonly bytes: number }>();
  #room = { address: -1, bytes: 0 };
  #lastId = 0;
  /** the number of calls in progress that hold it */
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

  /** The number of pending requests. */
  get load(): number {
    return this.#pending.size;
  }

  /** Keeps the worker alive for a call. */
  hold(): void {
    this.#calls++;
  }

  /** Ends a `hold`. */
  release(): void {
    this.#calls--;
    this.#endIfDone();
  }

  /** Whether its memory has these packed weights. */
  has(snapshot: WeightSnapshot): boolean {
    return !this.isLost && this.#weights.has(snapshot.id);
  }

  /**
   * The address of packed weights in its memory. Sends them if it does not have them.
   * @param others snapshots that must not be evicted
   * @throws Error if they must be sent but no longer exist, RangeError if there is not enough memory
   */
  weights(snapshot: WeightSnapshot, others: Ids): number {
    const known = this.#weights.get(snapshot.id);
    const numbers = known ? undefined : snapshot.numbers();
    if (!known && !numbers)
      throw new Error(
        'a worker was lost, and its weights cannot be sent again because the layer has been modified, disposed or evicted since: call again',
      );
    const placed = known ?? { address: this.#allocate(snapshot.bytes, others), bytes: snapshot.bytes };
    if (numbers) {
      const writes = [{ at: placed.address, numbers }];
      // an error is ignored here, since the next request will fail as well
      this.do({ bytes: placed.address + placed.bytes, writes, calls: [] }, [], 0).catch(() => {});
    }
    this.#weights.delete(snapshot.id);
    this.#weights.set(snapshot.id, placed);
    return placed.address;
  }

  /**
   * The address of the work area of a portion. All portions use the same area, one after another, so it may move while requests are
   * pending.
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
   * Sends a request and waits for its result.
   * @param request `bytes` is the end of the memory that it uses
   * @param milliseconds the estimated time
   * @throws LostWorker if the thread ends, RangeError if its memory can't grow, Error if the request failed
   */
  async do(request: Omit<WorkRequest, 'id'>, transfer: ArrayBuffer[], milliseconds: number): Promise<Result> {
    if (this.isLost) throw new LostWorker('the thread has ended');
    const id = ++this.#lastId;
    const result = await new Promise<Result>((settle, refuse) => {
      const timer = globalThis.setTimeout?.(() => this.end(), TIMEOUT + 100 * milliseconds * (1 + this.load));
      (timer as { unref?(): void } | undefined)?.unref?.();
      this.#pending.set(id, { settle, refuse, timer });
      this.#line.hold(true);
      this.#line.send({ ...request, id, bytes: request.bytes + WASM_PAGE }, transfer);
    });
    if (result.error === undefined) return result;
    // the state of its memory is unknown
    this.end();
    if (result.isFull)
      throw new RangeError(`not enough memory: ${request.bytes} bytes of WebAssembly memory for a worker`);
    throw new Error(`a worker failed: ${result.error}`);
  }

  /** Ends the thread when its requests are done and no call holds it. */
  retire(): void {
    this.isRetired = true;
    this.#endIfDone();
  }

  /** Ends the thread immediately. */
  end(): void {
    if (this.isLost) return;
    this.isLost = true;
    this.#line.end();
    for (const { refuse, timer } of this.#pending.values()) {
      globalThis.clearTimeout?.(timer);
      refuse(new LostWorker('a worker ended before it was done'));
    }
    this.#pending.clear();
    this.lost(this);
  }

  #hear(result: Result): void {
    this.hasAnswered = true;
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
   * Allocates memory. Evicts the least recently used weights that no call in progress needs. That is safe while requests are pending,
   * because the worker executes requests in order.
   * @throws RangeError if there is not enough memory
   */
  #allocate(bytes: number, others: Ids): number {
    const size = aligned(bytes);
    let kept = sum([...this.#weights.values()].map((weights) => weights.bytes));
    for (const [id, weights] of [...this.#weights]) {
      const address = kept <= MAX_KEPT_WEIGHTS ? this.#allocator.allocate(size) : -1;
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
