// The workers of forwardAsync. They are started by the first call, and replaced if they are lost.

import { AsyncWorker, type Connect } from './async-worker.js';
import { defaultThreads, NoWorkerError, newWorker } from './host.js';
import { requestedThreads } from './requested-threads.js';
import { sameThread } from './same-thread.js';
import { threadLine } from './thread-line.js';

/** The workers, how many there should be (0: not decided yet), and how they are started. */
let workers: AsyncWorker[] = [];
let wanted = 0;
let connect: Connect = sameThread;

/** The workers, started if necessary. If no thread can be started, there is one worker that runs on this thread. */
export function currentWorkers(): readonly AsyncWorker[] {
  if (wanted === 0) {
    const { count, make } = requestedThreads.threads ?? { count: defaultThreads(), make: newWorker };
    wanted = count;
    connect = threadLine(make);
    requestedThreads.changed = () => setWorkers(0, sameThread);
  }
  while (workers.length < wanted) {
    try {
      workers.push(new AsyncWorker(connect, forget));
    } catch (error) {
      if (error instanceof NoWorkerError) throw error;
      wantFewer();
    }
  }
  return workers;
}

function forget(lost: AsyncWorker): void {
  workers = workers.filter((each) => each !== lost);
  if (!lost.hasAnswered && !lost.isRetired) wantFewer();
}

/** Called when a worker could not be started: a content security policy or the host forbids it, or there are too many. */
function wantFewer(): void {
  wanted = Math.max(1, workers.length);
  if (workers.length === 0) connect = sameThread;
}

/**
 * Sets how many workers there should be (0: as many as setNumThreads was asked for) and how they are started. Current workers end when
 * the calls that hold them are over.
 */
export function setWorkers(count: number, how: Connect): void {
  const old = workers;
  workers = [];
  wanted = count;
  connect = how;
  for (const worker of old) worker.retire();
}

/** The snapshots that calls in progress need, with the number of calls. They are not evicted. */
export const needed = new Map<number, number>();

export function hold(id: number): void {
  needed.set(id, (needed.get(id) ?? 0) + 1);
}

export function release(id: number): void {
  const calls = (needed.get(id) ?? 1) - 1;
  if (calls > 0) needed.set(id, calls);
  else needed.delete(id);
}
