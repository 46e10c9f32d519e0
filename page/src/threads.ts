// Threads of a view's worker: as many as the machine has, where the page is isolated, or one. They end with the worker.

import { setNumThreads } from 'convnd/threads';

/** Starts them, and says how many compute. The content policy has no `blob:`, so their file is one of the page's own. */
export const startThreads = (): Promise<number> =>
  setNumThreads(undefined, {
    worker: () => new Worker(new URL('convnd/threads/worker', import.meta.url), { type: 'module' }),
  });
