// Numbers as they are written, and when a sum written out agrees with a float32 result.

/** Half a unit in the last place of float32. */
const ROUNDING = 2 ** -24;

/** As many digits as a float32 holds, without those that only rounding made. */
export const plain = (value: number): string => String(Number(value.toPrecision(7)));

/** Where something is computed. */
export const onThreads = (threads: number): string => `on ${threads} thread${threads === 1 ? '' : 's'}`;

export const shown = (value: number): string => plain(value).replace('-', '−');

/**
 * Integers of this size sum exactly. Others round once for each term, and some algorithms sum in another order with larger
 * numbers between, hence the factor.
 * @param mass the sum of the magnitudes of the terms
 */
export function agrees(sum: number, result: number, integers: boolean, terms: number, mass: number): boolean {
  return integers ? sum === result : Math.abs(sum - result) <= 16 * (terms + 1) * ROUNDING * mass;
}
