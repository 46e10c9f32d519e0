// Running pool: the worker threads that divide calls with this one.

import type { Pool } from './pool.js';
import type { SharedRunner } from './shared-runner.js';

/** The pool, and who divides calls among it; undefined where this thread is alone. */
export const runningPool: { current: { readonly pool: Pool; readonly runner: SharedRunner } | undefined } = {
  current: undefined,
};
