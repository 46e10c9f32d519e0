// Formats numbers, and decides whether a sum written out agrees with a float32 result.

/** Half a unit in the last place of float32. */
const ROUNDING = 2 ** -24;

/** As many digits as a float32 has, without those that result from rounding. */
export const plain = (value: number): string => String(Number(value.toPrecision(7)));

/** Where something is computed. */
export const onThreads = (threads: number): string => `on ${threads} thread${threads === 1 ? '' : 's'}`;

export const shown = (value: number): string => plain(value).replace('-', '−');

/**
 * Integers of this size are summed exactly. Other numbers are rounded once per term, and some algorithms sum in another order
 * with larger intermediate values, hence the factor.
 * @param mass the sum of the magnitudes of the terms
 */
export function agrees(sum: number, result: number, integers: boolean, terms: number, mass: number): boolean {
  return integers ? sum === result : Math.abs(sum - result) <= 16 * (terms + 1) * ROUNDING * mass;
}
