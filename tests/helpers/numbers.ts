// Reproducible numbers to fill tensors with.

/** Number `i` of a sequence of uniform numbers in [0, 1): a 32-bit Weyl sequence, scrambled. */
function fraction(seed: number, i: number): number {
  let z = (seed + Math.imul(i + 1, 0x9e3779b9)) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
}

/** A generator of the uniform numbers of a seed. */
export function uniform(seed: number): () => number {
  let i = 0;
  return () => fraction(seed, i++);
}

/** The numbers that are not finite. */
export const NOT_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

// Loops, because a call of a function for each number takes several times as long, and some tests need millions of numbers.

/** Integers in -4 ... 4: products and their sums are exact in float32 in any order. */
export function integers(length: number, seed: number): Float32Array {
  const numbers = new Float32Array(length);
  for (let i = 0; i < length; i++) numbers[i] = Math.floor(fraction(seed, i) * 9) - 4;
  return numbers;
}

/** Numbers in [-1, 1) with all the bits of a float32. */
export function reals(length: number, seed: number): Float32Array {
  const numbers = new Float32Array(length);
  for (let i = 0; i < length; i++) numbers[i] = 2 * fraction(seed, i) - 1;
  return numbers;
}

/** Numbers of the standard normal distribution (Box and Muller). */
export function normal(length: number, seed: number): Float32Array {
  const numbers = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - fraction(seed, 2 * i)));
    numbers[i] = radius * Math.cos(2 * Math.PI * fraction(seed, 2 * i + 1));
  }
  return numbers;
}

/** Kinds of inputs by name, each for a length, a seed and the numbers of a channel. */
export const distributions: Record<string, (length: number, seed: number, plane: number) => Float32Array> = {
  'uniform in -1 ... 1': reals,
  normal,
  'non-negative, as after ReLU': (length, seed) => normal(length, seed).map((v) => Math.max(v, 0)),
  'badly scaled: every channel by another power of ten': (length, seed, plane) =>
    normal(length, seed).map((v, at) => v * 10 ** ((Math.floor(at / plane) % 7) - 3)),
  'far from zero': (length, seed) => reals(length, seed).map((v) => 100 + v),
};
