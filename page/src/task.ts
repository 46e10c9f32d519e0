// Work in a worker: one message there, any number of progress messages back, then the result or a sentence why not.

export type Answer<Progress, Result> =
  | { readonly progress: Progress }
  | { readonly result: Result }
  | { readonly error: string };

export interface Task<Result> {
  readonly result: Promise<Result>;
  /** Ends the worker at once; the result never comes. */
  readonly cancel: () => void;
}

/** Starts a worker on a job, and ends it when it is done. */
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

/** The other side: what the worker's file calls, once. */
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
