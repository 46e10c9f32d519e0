// Starts a worker with its own memory.

import { engine } from '../engine/start.js';
import type { Connect } from './async-worker.js';
import { Thread, type WorkerLike } from './host.js';
import type { StartOwn } from './messages.js';
import type { Result } from './work-request.js';

/** A `Connect` that starts workers with `make`. */
export const threadLine =
  (make: () => WorkerLike): Connect =>
  (hear, lost) => {
    const thread = new Thread<Result>(make, hear, lost);
    thread.send({ module: engine().module! } satisfies StartOwn);
    return thread;
  };
