// Helpers: the threads that compute what forwardAsync is asked for. They start with the first call, and one that is lost is replaced.

import { asked } from './asked.js';
import { type Connect, Helper } from './helper.js';
import { here } from './here.js';
import { cores, newWorker } from './host.js';
import { threadLine } from './thread-line.js';

/** As many as there are where nobody says how many, at most. */
const MOST_BY_DEFAULT = 8;

/** Who they are, how many there are to be (0: nobody said), and how others are started. */
let helpers: Helper[] = [];
let wanted = 0;
let connect: Connect = here;

/** The helpers, as many as were asked for. Where no thread can be started, the only one is on this thread. */
export function currentHelpers(): readonly Helper[] {
  if (wanted === 0) {
    const { count, make } = asked.threads ?? { count: Math.min(cores(), MOST_BY_DEFAULT), make: newWorker };
    wanted = count;
    connect = threadLine(make);
    asked.changed = () => setHelpers(0, here);
  }
  while (helpers.length < wanted) {
    try {
      helpers.push(new Helper(connect, forget));
    } catch {
      fewer();
    }
  }
  return helpers;
}

function forget(lost: Helper): void {
  helpers = helpers.filter((each) => each !== lost);
  if (!lost.isKnown && !lost.isRetired) fewer();
}

/** One could not be started: a content policy forbids it, there are no workers or no more of them. */
function fewer(): void {
  wanted = Math.max(1, helpers.length);
  if (helpers.length === 0) connect = here;
}

/** Says how many helpers there are to be (0: as many as setNumThreads says), and how they are started. Those that there are end when the calls that hold them are over. */
export function setHelpers(count: number, how: Connect): void {
  const old = helpers;
  helpers = [];
  wanted = count;
  connect = how;
  for (const helper of old) helper.retire();
}

/** Sheets that calls in progress need, and how many calls. They stay where they are. */
export const needed = new Map<number, number>();

export function hold(id: number): void {
  needed.set(id, (needed.get(id) ?? 0) + 1);
}

export function letGo(id: number): void {
  const calls = (needed.get(id) ?? 1) - 1;
  if (calls > 0) needed.set(id, calls);
  else needed.delete(id);
}
