// The pool that is in use.

import type { Pool } from './pool.js';
import type { SharedRunner } from './shared-runner.js';

/** The pool and its runner; undefined if calls are computed on this thread only. */
export const runningPool: { current: { readonly pool: Pool; readonly runner: SharedRunner } | undefined } = {
  current: undefined,
};
