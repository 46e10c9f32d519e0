// The options lags and maxLag, and correlationLags: the lags of the outputs of a mode.

import { whole } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { countOfSizes } from '../core/tensor.js';
import { axisOfMode, type Mode, modeOf } from './modes.js';

/** The first and the last lag. */
export type LagRange = readonly [from: number, to: number];

/** One range of lags for all summed axes, or one for each. */
export type Lags = LagRange | readonly LagRange[];

/**
 * The first and last lag for each of `count` axes, from whichever option is given; undefined if neither is.
 * @throws TypeError for invalid types and if both are given, RangeError for a range that ends before it begins
 */
export function lagRanges(
  lags: unknown,
  maxLag: unknown,
  count: number,
  where: Where,
): readonly LagRange[] | undefined {
  if (lags === undefined && maxLag === undefined) return undefined;
  if (lags !== undefined && maxLag !== undefined)
    refuseKind(where, 'lags and maxLag exclude each other: give one of them');
  if (maxLag !== undefined) {
    const each = forEach(maxLag, (value) => typeof value === 'number', count, 'maxLag', 'a number', where);
    return each.map((value) => symmetric(value, where));
  }
  const isRange = (value: unknown) =>
    Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === 'number');
  const each = forEach(lags, isRange, count, 'lags', '[from, to]', where);
  return each.map((range) => {
    const [from, to] = (range as number[]).map((value) => whole(value, 'lags', where));
    if (to < from) refuse(where, `lags: [${from}, ${to}] ends before it begins`);
    return [from, to] as const;
  });
}

/** The range of lags from -maxLag to maxLag. */
export function symmetric(maxLag: unknown, where: Where): LagRange {
  const most = whole(maxLag, 'maxLag', where);
  if (most < 0) refuse(where, `maxLag must be 0 or more, but got ${most}`);
  return [0 - most, most];
}

/** One value for all axes, or a list with a value for each. */
function forEach(
  given: unknown,
  isOne: (value: unknown) => boolean,
  count: number,
  name: string,
  one: string,
  where: Where,
): unknown[] {
  if (isOne(given)) return new Array(count).fill(given);
  if (!Array.isArray(given) || given.length !== count || !given.every(isOne))
    refuseKind(
      where,
      `${name} must be ${one}, or a list of ${count} for as many axes, but got ${describe(given)}`,
    );
  return given;
}

/**
 * The lags of `correlate`'s outputs for signals of n1 and n2 elements: output i is the sum over k of `in1[k + lag] * in2[k]` with the lag
 * `correlationLags(n1, n2, mode)[i]`. As scipy.signal.correlation_lags, except for mode 'same' with an odd n1 and an even n2, where SciPy's
 * lags are one too large, also for its own correlate.
 *
 * @param n1 length of the first signal
 * @param n2 length of the second signal
 * @param mode 'full', 'same' or 'valid', as for `correlate`; default 'full'
 * @returns one lag for each output
 * @throws TypeError for an unknown mode or a length that is not an integer
 * @throws RangeError for a length below 1, and for more than 2^31 - 1 lags
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.correlation_lags.html
 * @example
 * import { correlate, correlationLags } from 'convnd/signal';
 * const heard = [0, 0, 0, 1, 3, 2, 0];
 * const { data } = correlate(heard, [1, 3, 2]);
 * const lags = correlationLags(heard.length, 3);
 * console.log(lags[data.indexOf(Math.max(...data))]); // 3
 */
export function correlationLags(n1: number, n2: number, mode: Mode = 'full'): Int32Array {
  const where = () => 'correlationLags';
  for (const [name, size] of [
    ['n1', n1],
    ['n2', n2],
  ] as const)
    if (whole(size, name, where) < 1) refuse(where, `${name} must be 1 or more, but got ${size}`);
  const { first, count } = axisOfMode(modeOf(mode, where), n1, n2, 1, 'own');
  countOfSizes([count], 'lags', where);
  return lagsFrom(first, count);
}

/** `count` consecutive lags. A loop, because `Int32Array.from` with a function takes fifty times as long. */
export function lagsFrom(first: number, count: number): Int32Array<ArrayBuffer> {
  const lags = new Int32Array(count);
  for (let i = 0; i < count; i++) lags[i] = first + i;
  return lags;
}
