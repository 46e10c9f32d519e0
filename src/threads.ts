// convnd/threads: more threads than one.

export type { WorkerLike } from './threads/host.js';
export { getNumThreads, setNumThreads, type ThreadsOptions } from './threads/num-threads.js';
