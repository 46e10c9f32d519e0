// Threads of a view's worker: as many as the machine has if the page is isolated, otherwise one. They end with the worker.

import { setNumThreads } from 'convnd/threads';

/** Starts them, and returns how many compute. The content policy forbids `blob:`, so they start from a file of the page. */
export const startThreads = (): Promise<number> =>
  setNumThreads(undefined, {
    worker: () => new Worker(new URL('convnd/threads/worker', import.meta.url), { type: 'module' }),
  });
