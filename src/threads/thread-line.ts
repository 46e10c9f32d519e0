// Thread line: the way to a worker that has a memory of its own.

import { engine } from '../engine/start.js';
import type { Connect } from './async-worker.js';
import { Thread, type WorkerLike } from './host.js';
import type { StartOwn } from './messages.js';
import type { Result } from './work-request.js';

/** Starts workers. */
export const threadLine =
  (make: () => WorkerLike): Connect =>
  (hear, lost) => {
    const thread = new Thread<Result>(make, hear, lost);
    thread.send({ module: engine().module! } satisfies StartOwn);
    return thread;
  };
