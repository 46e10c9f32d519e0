// Work in a worker: one request, any number of progress messages, then the result or an error message.

export type Answer<Progress, Result> =
  | { readonly progress: Progress }
  | { readonly result: Result }
  | { readonly error: string };

export interface Task<Result> {
  readonly result: Promise<Result>;
  /** Ends the worker immediately; the promise never settles. */
  readonly cancel: () => void;
}

/** Starts a worker on a job, and ends it when it has finished. */
export function runTask<Job, Progress, Result>(
  worker: Worker,
  job: Job,
  onProgress: (progress: Progress) => void,
  transfer: Transferable[] = [],
): Task<Result> {
  const result = new Promise<Result>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Answer<Progress, Result>>) => {
      if ('progress' in data) {
        onProgress(data.progress);
        return;
      }
      worker.terminate();
      if ('result' in data) resolve(data.result);
      else reject(new Error(data.error));
    };
    worker.onerror = ({ message }) => {
      worker.terminate();
      reject(new Error(message || 'The worker could not be started.'));
    };
  });
  worker.postMessage(job, transfer);
  return { result, cancel: () => worker.terminate() };
}

/** A worker that is reused. If several jobs arrive while it works, only the newest is done. */
export class Standby<Job, Result> {
  readonly #start: () => Worker;
  #worker: Worker | undefined;
  #waiting:
    | { job: Job; resolve: (result: Result | undefined) => void; reject: (error: Error) => void }
    | undefined;
  #busy = false;

  constructor(start: () => Worker) {
    this.#start = start;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** The result, or undefined if a newer job replaced this one before it began. */
  ask(job: Job): Promise<Result | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting?.resolve(undefined);
      this.#waiting = { job, resolve, reject };
      this.#next();
    });
  }

  #next(): void {
    if (this.#busy || !this.#waiting) return;
    const { job, resolve, reject } = this.#waiting;
    this.#waiting = undefined;
    this.#busy = true;
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const done = (settle: () => void) => {
      this.#busy = false;
      settle();
      this.#next();
    };
    worker.onmessage = ({ data }: MessageEvent<Answer<never, Result>>) => {
      if ('result' in data) done(() => resolve(data.result));
      else if ('error' in data) done(() => reject(new Error(data.error)));
    };
    worker.onerror = ({ message }) => {
      worker.terminate();
      this.#worker = undefined;
      done(() => reject(new Error(message || 'The worker could not be started.')));
    };
    worker.postMessage(job);
  }
}

/** The worker's side: its file calls this once. */
export function serveTask<Job, Progress, Result>(
  work: (job: Job, progress: (progress: Progress) => void) => Promise<[Result, Transferable[]?]>,
): void {
  const post = (answer: Answer<Progress, Result>, transfer: Transferable[] = []) =>
    (self as unknown as DedicatedWorkerGlobalScope).postMessage(answer, transfer);
  self.onmessage = async ({ data }: MessageEvent<Job>) => {
    try {
      const [result, transfer] = await work(data, (progress) => post({ progress }));
      post({ result }, transfer);
    } catch (error) {
      post({ error: (error as Error).message });
    }
  };
}

interface DedicatedWorkerGlobalScope {
  postMessage(message: unknown, transfer: Transferable[]): void;
}
