// Interleaved timing of several contenders. Reports minimum times, because noise only adds to a time.

import { performance } from 'node:perf_hooks';

/**
 * Times contenders in turns.
 * @param seconds time limit; each contender has at least three turns
 * @returns the minimum milliseconds of a call of each
 */
export function race(contenders: readonly (() => unknown)[], rounds = 30, seconds = 10): number[] {
  const least = contenders.map(() => Number.POSITIVE_INFINITY);
  const end = performance.now() + 1000 * seconds;
  for (let round = 0; round < rounds && (round < 3 || performance.now() < end); round++)
    contenders.forEach((call, i) => {
      const begin = performance.now();
      call();
      least[i] = Math.min(least[i], performance.now() - begin);
    });
  return least;
}

/** Seeded random numbers from -1 to 1. */
export function noise(count: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}
