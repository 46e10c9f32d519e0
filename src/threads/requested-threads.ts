// Requested threads: what setNumThreads was asked for. A variable, so that it does not lead to the workers of forwardAsync, nor these to it.

import type { WorkerLike } from './host.js';

/** Undefined until somebody says how many; who wants to hear of it says so. */
export const requestedThreads: {
  threads: { readonly count: number; readonly make: () => WorkerLike } | undefined;
  changed: (() => void) | undefined;
} = { threads: undefined, changed: undefined };
