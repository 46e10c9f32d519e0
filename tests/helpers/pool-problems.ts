// Random windows: problems over all options of pooling, and numbers for them.

import fc from 'fast-check';
import { type PoolProblem, windowCount } from '../reference/pool-reference.js';
import { product } from '../reference/reference.js';
import { integers, NOT_FINITE, reals } from './numbers.js';

/** Integers with a NaN or an infinity here and there. */
export function withNonFinite(length: number, seed: number): Float32Array {
  const values = integers(length, seed);
  for (let at = seed % 5; at < length; at += 7 + (seed % 30)) values[at] = NOT_FINITE[at % 3];
  return values;
}

/** How inputs are filled. */
export const fills = { integers, reals, withNonFinite };

/** The options of a function over windows. */
export const optionsOf = (p: PoolProblem) => ({
  stride: p.stride,
  padding: p.padding,
  ceilMode: p.ceilMode,
  ...(p.name === 'max' ? { dilation: p.dilation } : { countIncludePad: p.countIncludePad }),
  ...(p.divisorOverride !== null && { divisorOverride: p.divisorOverride }),
});

/** Windows of one size over maps of `outer`. */
export const poolProblems = fc
  .integer({ min: 1, max: 3 })
  .chain((rank) => {
    const each = (min: number, max: number) =>
      fc.array(fc.integer({ min, max }), { minLength: rank, maxLength: rank });
    return fc.record({
      name: fc.constantFrom('max' as const, 'avg' as const),
      outer: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
      input: each(1, [70, 24, 8][rank - 1]),
      kernel: each(1, [17, 6, 4][rank - 1]),
      stride: each(1, [9, 4, 3][rank - 1]),
      padding: each(0, 8),
      dilation: each(1, 4),
      ceilMode: fc.boolean(),
      countIncludePad: fc.boolean(),
      divisorOverride: fc.option(fc.constantFrom(1, -3, 10), { freq: 4 }),
    });
  })
  .map(({ outer, ...p }) => ({
    ...p,
    outer,
    maps: product(outer),
    padding: p.padding.map((padding, axis) => Math.min(padding, p.kernel[axis] >> 1)),
    dilation: p.name === 'max' ? p.dilation : p.dilation.map(() => 1),
    divisorOverride: p.name === 'max' || p.input.length === 1 ? null : p.divisorOverride,
  }))
  .filter((p) => p.input.every((_, axis) => windowCount(p, axis) > 0))
  .filter(
    (p) => p.name === 'max' || p.input.length < 3 || p.input.every((size, axis) => size >= p.kernel[axis]),
  );

/** One of the names of `fills`. */
export const fillNames = fc.constantFrom(...(Object.keys(fills) as (keyof typeof fills)[]));
