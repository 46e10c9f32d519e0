// Async workers: the threads that compute what forwardAsync is asked for. They start with the first call, and one that is lost is replaced.

import { AsyncWorker, type Connect } from './async-worker.js';
import { defaultThreads, newWorker } from './host.js';
import { requestedThreads } from './requested-threads.js';
import { sameThread } from './same-thread.js';
import { threadLine } from './thread-line.js';

/** Who they are, how many there are to be (0: nobody said), and how others are started. */
let workers: AsyncWorker[] = [];
let wanted = 0;
let connect: Connect = sameThread;

/** The workers, as many as were asked for. Where no thread can be started, the only one is on this thread. */
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
    } catch {
      fewer();
    }
  }
  return workers;
}

function forget(lost: AsyncWorker): void {
  workers = workers.filter((each) => each !== lost);
  if (!lost.isKnown && !lost.isRetired) fewer();
}

/** One could not be started: a content policy forbids it, there are no workers or no more of them. */
function fewer(): void {
  wanted = Math.max(1, workers.length);
  if (workers.length === 0) connect = sameThread;
}

/** Says how many workers there are to be (0: as many as setNumThreads says), and how they are started. Those that there are end when the calls that hold them are over. */
export function setWorkers(count: number, how: Connect): void {
  const old = workers;
  workers = [];
  wanted = count;
  connect = how;
  for (const worker of old) worker.retire();
}

/** Snapshots that calls in progress need, and how many calls. They stay where they are. */
export const needed = new Map<number, number>();

export function hold(id: number): void {
  needed.set(id, (needed.get(id) ?? 0) + 1);
}

export function letGo(id: number): void {
  const calls = (needed.get(id) ?? 1) - 1;
  if (calls > 0) needed.set(id, calls);
  else needed.delete(id);
}
