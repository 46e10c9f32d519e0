// Crew: what there is beside this thread.

import type { Pool } from './pool.js';
import type { SharedRunner } from './shared-runner.js';

/** The pool, and who divides calls among it; undefined where this thread is alone. */
export const crew: { current: { readonly pool: Pool; readonly runner: SharedRunner } | undefined } = {
  current: undefined,
};
