// Init: torch's default initialisation, from generators that can be seeded.

import { describe } from '../core/errors.js';
import { product } from '../core/lists.js';

/** The state of xoshiro128**: Blackman and Vigna, Scrambled linear pseudorandom number generators, 2021. */
export type Generator = readonly [number, number, number, number];

const FIRST_BIT = 0x8000_0000;

/** What the next generator is seeded from: the state of splitmix32. A seed is drawn at the first use, as importing does nothing. */
let common: number | undefined;

/**
 * Seeds initial weights: the same seed gives the same weights (not torch's: the generators differ).
 *
 * Each weight and each bias has its own generator, which is seeded when the layer is constructed. Its numbers depend on the seed and on
 * the number of layers that were constructed (or reset) since, but not on when they are read.
 *
 * @param seed any integer
 * @throws TypeError if `seed` is not an integer
 * @example
 * import { Conv1d, manualSeed } from 'convnd';
 * manualSeed(7);
 * const a = new Conv1d(1, 1, 1).weight.data[0];
 * manualSeed(7);
 * console.log(new Conv1d(1, 1, 1).weight.data[0] === a); // true
 */
export function manualSeed(seed: number): void {
  if (!Number.isSafeInteger(seed))
    throw new TypeError(`manualSeed: expected a whole number, got ${describe(seed)}`);
  // the upper half is folded into the lower
  common = (seed ^ Math.floor(seed / 0x1_0000_0000)) >>> 0;
}

/** The next generator. */
export function nextGenerator(): Generator {
  return [word(), word(), word(), word()];
}

/** Fills with a generator's first numbers, uniform in [-bound, bound). */
export function uniform(data: Float32Array, bound: number, [s0, s1, s2, s3]: Generator): void {
  // a number from 0 to 2^32 - 1 less 2^31 is that number with its first bit turned over; all products but the last are exact
  const unit = bound * 2 ** -31;
  // V8 keeps the state in registers: 3 ns a number. Read from an array and written back it took 6, destructured there 50 to 100. Before V8
  // compiles the loop, it makes an object of every number that is no int32: one of them instead of four takes a first layer of 37,000 weights 0.7 of the time for them
  for (let i = 0; i < data.length; i++) {
    data[i] = unit * (Math.imul(rotate(Math.imul(s1, 5), 7), 9) ^ FIRST_BIT);
    const c = s2 ^ s0;
    const d = s3 ^ s1;
    s2 = c ^ (s1 << 9);
    s1 ^= c;
    s0 ^= d;
    s3 = rotate(d, 11);
  }
}

/** The bound of weight and bias, 1 / sqrt(fan_in): kaiming_uniform_ with a = sqrt(5) comes to that. */
export function initialBound(weightShape: readonly number[]): number {
  const fanIn = product(weightShape.slice(1));
  return fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
}

/** The next number of splitmix32. */
function word(): number {
  common = ((common ?? Math.random() * 0x1_0000_0000) + 0x9e3779b9) >>> 0;
  let z = Math.imul(common ^ (common >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}
