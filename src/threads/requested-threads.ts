// What setNumThreads was asked for. A separate variable, so that setNumThreads and forwardAsync don't import (and bundle) each other.

import type { WorkerLike } from './host.js';

/** `threads` is undefined before the first setNumThreads and after a rejected one; `changed` is called after each one. */
export const requestedThreads: {
  threads: { readonly count: number; readonly make: () => WorkerLike } | undefined;
  changed: (() => void) | undefined;
} = { threads: undefined, changed: undefined };

export function requestThreads(threads: typeof requestedThreads.threads): void {
  requestedThreads.threads = threads;
  requestedThreads.changed?.();
}
