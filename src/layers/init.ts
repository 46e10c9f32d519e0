// Init: torch's default initialisation, from a generator that can be seeded.

import { product } from '../core/lists.js';

/** xoshiro128**: Blackman and Vigna, Scrambled linear pseudorandom number generators, 2021. */
const state = new Uint32Array(4);

/** A seed is drawn at the first use, as importing does nothing. */
let isSeeded = false;

/**
 * Seeds the generator of initial weights: the same seed gives the same weights (not torch's: the generators differ).
 *
 * @param seed any whole number
 * @throws TypeError if `seed` is no whole number
 * @example
 * import { Conv1d, manualSeed } from 'convnd';
 * manualSeed(7);
 * const a = new Conv1d(1, 1, 1).weight.data[0];
 * manualSeed(7);
 * console.log(new Conv1d(1, 1, 1).weight.data[0] === a); // true
 */
export function manualSeed(seed: number): void {
  if (!Number.isSafeInteger(seed))
    throw new TypeError(`manualSeed: expected a whole number, got ${String(seed)}`);
  // splitmix32 makes the four words of the state from the seed, whose upper half is folded into the lower
  let x = (seed ^ Math.floor(seed / 0x1_0000_0000)) >>> 0;
  for (let i = 0; i < 4; i++) {
    x = (x + 0x9e3779b9) >>> 0;
    let z = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    state[i] = z ^ (z >>> 15);
  }
  isSeeded = true;
}

/** Fills with numbers uniform in [-bound, bound). */
export function uniform(data: Float32Array, bound: number): void {
  if (!isSeeded) manualSeed(Math.floor(Math.random() * 0x1_0000_0000));
  for (let i = 0; i < data.length; i++) data[i] = bound * (next() * 2 ** -31 - 1);
}

/** The bound of weight and bias, 1 / sqrt(fan_in): kaiming_uniform_ with a = sqrt(5) comes to that. */
export function initialBound(weightShape: readonly number[]): number {
  const fanIn = product(weightShape.slice(1));
  return fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
}

function next(): number {
  const [s0, s1, s2, s3] = state;
  const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
  const c = s2 ^ s0;
  const d = s3 ^ s1;
  state[1] = s1 ^ c;
  state[0] = s0 ^ d;
  state[2] = c ^ (s1 << 9);
  state[3] = rotate(d, 11);
  return result;
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}
