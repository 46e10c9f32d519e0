// convnd/threads: more threads than one.

export { type ForwardAsyncOptions, forwardAsync } from './threads/forward-async.js';
export type { WorkerLike } from './threads/host.js';
export { getNumThreads, setNumThreads, type ThreadsOptions } from './threads/num-threads.js';
