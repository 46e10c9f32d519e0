// Host: how a thread is started where this program runs, and how it is spoken to.

import { source } from './source.js';

/** A worker, as browsers and Node have it. */
export interface WorkerLike {
  /** sends a message and transfers buffers */
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  /** ends it at once */
  terminate(): unknown;
}

/** What Node's has beside, and what browsers' have. */
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

/** A module of Node's own, where there is one. */
function builtin<T>(name: string): T | undefined {
  return (globalThis as Host).process?.getBuiltinModule?.(name) as T | undefined;
}

/** How many threads the machine can run at once. */
function cores(): number {
  const { navigator } = globalThis as Host;
  return builtin<System>('node:os')?.availableParallelism?.() ?? navigator?.hardwareConcurrency ?? 1;
}

/** As many threads as are taken where nobody says how many. */
export function defaultThreads(): number {
  return Math.min(cores(), 8);
}

/** A new thread. */
export function newWorker(): WorkerLike {
  const threads = builtin<Threads>('node:worker_threads');
  // it loads nothing of the program's, and takes none of its options
  if (threads?.Worker) return new threads.Worker(source, { eval: true, execArgv: [], name: 'convnd' });
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module', name: 'convnd' });
  // whoever reads it has begun by then
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return worker;
}

/** A thread, of which something is heard. */
export class Thread<Answer> {
  readonly #worker: Listening;
  #isOver = false;

  /**
   * @param heard is called with what it says
   * @param lost is called once, when it ended by itself or failed
   */
  constructor(
    make: () => WorkerLike,
    readonly heard: (answer: Answer) => void,
    lost: () => void,
  ) {
    const worker: Listening = make();
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

  /** Whether the program goes on because of it. */
  hold(isHolding: boolean): void {
    if (isHolding) this.#worker.ref?.();
    else this.#worker.unref?.();
  }

  /** Ends it, whatever it does. */
  end(): void {
    this.#isOver = true;
    this.#worker.terminate();
  }
}
