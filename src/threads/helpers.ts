// Helpers: the threads that compute what forwardAsync is asked for. They start with the first call, and one that is lost is replaced.

import { type Connect, Helper } from './helper.js';
import { here } from './here.js';

/** Who they are, and how others are started. */
let helpers: Helper[] = [];
let wanted = 1;
let connect: Connect = here;
/** numbers of the sheets that calls in progress need, and of how many calls */
const needed = new Map<number, number>();

/** The helpers, as many as were asked for. Where no thread can be started, the only one is on this thread. */
export function currentHelpers(): readonly Helper[] {
  while (helpers.length < wanted) helpers.push(newHelper());
  return helpers;
}

function newHelper(): Helper {
  const forget = (lost: Helper) => {
    helpers = helpers.filter((each) => each !== lost);
    // what never answered can't be started here: a content policy forbids it, or there are no workers
    if (!lost.isKnown && connect !== here) setHelpers(1, here);
  };
  try {
    return new Helper(connect, forget);
  } catch {
    connect = here;
    wanted = Math.min(wanted, helpers.length + 1);
    return new Helper(here, forget);
  }
}

/** Says how many helpers there are to be, and how they are started. Those that there are end, with what they do. */
export function setHelpers(count: number, how: Connect): void {
  const old = helpers;
  helpers = [];
  wanted = count;
  connect = how;
  for (const helper of old) helper.end();
}

/** Keeps a sheet where it is while a call needs it. */
export function hold(id: number): void {
  needed.set(id, (needed.get(id) ?? 0) + 1);
}

export function letGo(id: number): void {
  const calls = (needed.get(id) ?? 1) - 1;
  if (calls > 0) needed.set(id, calls);
  else needed.delete(id);
}

/** Sheets that calls in progress need. */
export { needed };
