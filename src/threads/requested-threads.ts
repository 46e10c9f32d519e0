// What setNumThreads was asked for. A separate variable, so that setNumThreads and forwardAsync don't import (and bundle) each other.

import type { WorkerLike } from './host.js';

/** `threads` is undefined before the first setNumThreads; `changed` is called after each one. */
export const requestedThreads: {
  threads: { readonly count: number; readonly make: () => WorkerLike } | undefined;
  changed: (() => void) | undefined;
} = { threads: undefined, changed: undefined };
