// Reproducible numbers to fill tensors with.

/** A generator of uniform numbers in [0, 1) (a 32-bit Weyl sequence, scrambled). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** The numbers that are not finite. */
export const NOT_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Integers in -4 ... 4: products and their sums are exact in float32 in any order. */
export function integers(length: number, seed: number): Float32Array {
  const next = uniform(seed);
  return Float32Array.from({ length }, () => Math.floor(next() * 9) - 4);
}

/** Numbers in [-1, 1) with all the bits of a float32. */
export function reals(length: number, seed: number): Float32Array {
  const next = uniform(seed);
  return Float32Array.from({ length }, () => 2 * next() - 1);
}

/** Numbers of the standard normal distribution (Box and Muller). */
export function normal(length: number, seed: number): Float32Array {
  const next = uniform(seed);
  return Float32Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  );
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
