// Garbage, collected when a test asks for it.

import { setImmediate, setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Collects garbage, and lets what is to be released with it be released. */
export async function settle(times = 4): Promise<void> {
  for (let i = 0; i < times; i++) {
    collect();
    await setImmediate();
  }
}

/**
 * Collects until a condition holds, or gives up: a compiler in the background, slow on a busy machine, holds
 * what the code that it compiles has seen.
 */
export async function settleUntil(condition: () => boolean): Promise<void> {
  await settle();
  for (let i = 0; i < 600 && !condition(); i++) {
    await setTimeout(50);
    await settle(1);
  }
}
