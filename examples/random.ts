// Random numbers with a fixed seed.

/** Uniform numbers from 0 to below 1 (mulberry32, Tommy Ettinger, public domain). */
export function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Normally distributed numbers with mean 0 and standard deviation 1, two from two uniform ones (Box-Muller). */
export function normal(next: () => number): () => number {
  let other: number | undefined;
  return () => {
    if (other !== undefined) {
      const value = other;
      other = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    other = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
