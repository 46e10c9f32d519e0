// Starts threads and exchanges messages with them, in browsers and in Node.

import { describe } from '../core/errors.js';
import { source } from './source.js';

/** What a browser's Worker and Node's have in common. */
export interface WorkerLike {
  /** sends a message and transfers buffers */
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  /** ends the worker immediately */
  terminate(): unknown;
}

/** The event methods: `on`, `ref` and `unref` in Node, `addEventListener` in browsers. */
interface Listening extends WorkerLike {
  on?(name: string, listener: (value: unknown) => void): void;
  addEventListener?(
    name: string,
    listener: (event: { data?: unknown; preventDefault?(): void }) => void,
  ): void;
  ref?(): void;
  unref?(): void;
}

interface Threads {
  Worker: new (source: string, options: object) => WorkerLike;
}

interface System {
  availableParallelism?(): number;
}

interface Host {
  process?: { getBuiltinModule?(name: string): unknown };
  navigator?: { hardwareConcurrency?: number };
}

/** A built-in module of Node; undefined elsewhere. */
export function builtin<T>(name: string): T | undefined {
  return (globalThis as Host).process?.getBuiltinModule?.(name) as T | undefined;
}

/** The number of logical cores. */
function cores(): number {
  const { navigator } = globalThis as Host;
  return builtin<System>('node:os')?.availableParallelism?.() ?? navigator?.hardwareConcurrency ?? 1;
}

/** The number of threads if the caller does not specify one. */
export function defaultThreads(): number {
  return Math.min(cores(), 8);
}

/** Starts a worker from the embedded source. */
export function newWorker(): WorkerLike {
  const threads = builtin<Threads>('node:worker_threads');
  // empty execArgv: the worker must not inherit options such as --import
  if (threads?.Worker) return new threads.Worker(source, { eval: true, execArgv: [], name: 'convnd' });
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module', name: 'convnd' });
  // by then the worker has loaded it
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return worker;
}

/** The error for a function of the caller that returns no worker: a mistake, unlike a host that forbids workers. */
export class NoWorkerError extends TypeError {}

/** @throws NoWorkerError for anything but a worker */
function checkWorker(worker: Listening | null | undefined): void {
  const isHeard = typeof (worker?.on ?? worker?.addEventListener) === 'function';
  if (isHeard && typeof worker?.postMessage === 'function' && typeof worker.terminate === 'function') return;
  throw new NoWorkerError(
    `worker: expected a function that returns a Worker, but it returned ${describe(worker)} [setNumThreads]`,
  );
}

/** A worker with a message handler and loss detection. */
export class Thread<Answer> {
  readonly #worker: Listening;
  #isOver = false;

  /**
   * @param heard called with each message
   * @param lost called once, if the worker ends by itself or fails
   * @throws NoWorkerError if `make` returns anything but a worker, and what `make` throws
   */
  constructor(
    make: () => WorkerLike,
    readonly heard: (answer: Answer) => void,
    lost: () => void,
  ) {
    const worker: Listening = make();
    checkWorker(worker);
    this.#worker = worker;
    const over = () => {
      if (this.#isOver) return;
      this.end();
      lost();
    };
    if (worker.on) {
      worker.on('message', (answer) => heard(answer as Answer));
      for (const name of ['error', 'messageerror', 'exit']) worker.on(name, over);
    } else if (worker.addEventListener) {
      worker.addEventListener('message', ({ data }) => heard(data as Answer));
      for (const name of ['error', 'messageerror'])
        worker.addEventListener(name, (event) => {
          event.preventDefault?.();
          over();
        });
    }
  }

  send(message: unknown, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  /** Sets whether the worker keeps Node's process running. */
  hold(isHolding: boolean): void {
    if (isHolding) this.#worker.ref?.();
    else this.#worker.unref?.();
  }

  /** Ends the worker immediately. */
  end(): void {
    this.#isOver = true;
    this.#worker.terminate();
  }
}
