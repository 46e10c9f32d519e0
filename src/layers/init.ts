// torch's default weight initialisation, from seedable random number generators.

import { describe } from '../core/errors.js';
import { product } from '../core/lists.js';

/** The state of xoshiro128**: Blackman and Vigna, Scrambled linear pseudorandom number generators, 2021. */
export type Generator = readonly [number, number, number, number];

const FIRST_BIT = 0x8000_0000;

/** The state of splitmix32, which seeds the generators. Drawn at first use, because importing must have no side effects. */
let common: number | undefined;

/**
 * Seeds the initial weights of layers, like torch.manual_seed. The same seed gives the same weights, but not torch's: the generators
 * differ.
 *
 * Each weight and each bias has its own generator, seeded when the layer is constructed. So the values depend only on the seed and on
 * how many layers were constructed (or reset) since, not on when they are first read.
 *
 * @param seed any integer
 * @throws TypeError if `seed` is not a safe integer
 * @see https://pytorch.org/docs/stable/generated/torch.manual_seed.html
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

/** A new generator, seeded from the common state. */
export function nextGenerator(): Generator {
  return [word(), word(), word(), word()];
}

/** Fills `data` with the first numbers of a generator, uniform in [-bound, bound). */
export function uniform(data: Float32Array, bound: number, [s0, s1, s2, s3]: Generator): void {
  // flipping the top bit of an unsigned 32-bit number and reading it as signed subtracts 2^31; only the last product rounds
  const unit = bound * 2 ** -31;
  // The state is in four local variables, which V8 keeps in registers: 3 ns per number. With an array it took 6, with destructuring 50 to
  // 100. The state stays int32: until V8 compiles the loop it boxes every other number, here one per iteration instead of four, which
  // takes 0.7 of the time for the 37,000 weights of a first layer.
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

/** The bound of weight and bias, 1 / sqrt(fan_in), which is what torch's kaiming_uniform_ with a = sqrt(5) amounts to. */
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
