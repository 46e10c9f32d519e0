// Interleaved timing of several contenders with the minimum time of each, because noise only ever adds to a time.

import { performance } from 'node:perf_hooks';

/**
 * Lets contenders take turns, in reverse order in every other round, because each call finds in the caches what the previous one left:
 * a call right after opencv.js takes up to 1.15 times as long as one after another call of convnd.
 * @param seconds at most to spend; each has three turns at least
 * @returns the least milliseconds of a call of each
 */
export function race(contenders: readonly (() => unknown)[], rounds = 30, seconds = 10): number[] {
  const least = contenders.map(() => Number.POSITIVE_INFINITY);
  const end = performance.now() + 1000 * seconds;
  const order = contenders.map((_, i) => i);
  for (let round = 0; round < rounds && (round < 3 || performance.now() < end); round++) {
    for (const i of order) {
      const begin = performance.now();
      contenders[i]();
      least[i] = Math.min(least[i], performance.now() - begin);
    }
    order.reverse();
  }
  return least;
}

/** Numbers from -1 to 1, the same for the same seed. */
export function noise(count: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}
