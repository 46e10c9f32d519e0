// Lags: outputs that a caller names one by one, and the lags that belong to the outputs of a mode.

import { whole } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { axisOfMode, type Mode, modeOf } from './modes.js';

/** The first lag and the last. */
export type LagRange = readonly [from: number, to: number];

/** Lags for all axes that sums run along, or for each of them. */
export type Lags = LagRange | readonly LagRange[];

/**
 * The first and last lag for each of `count` axes, from either of the two options; undefined where there is neither.
 * @throws TypeError for invalid types and for both at once, RangeError for a range that ends before it begins
 */
export function lagRanges(
  lags: unknown,
  maxLag: unknown,
  count: number,
  where: Where,
): readonly LagRange[] | undefined {
  if (lags === undefined && maxLag === undefined) return undefined;
  if (lags !== undefined && maxLag !== undefined)
    refuseKind(where, 'lags and maxLag say the same thing: give one of them');
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

/** The lags up to one, to both sides. */
export function symmetric(maxLag: unknown, where: Where): LagRange {
  const most = whole(maxLag, 'maxLag', where);
  if (most < 0) refuse(where, `maxLag must be 0 or more, but got ${most}`);
  return [0 - most, most];
}

/** A value that stands for all axes, or a list of one for each. */
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
 * The lags of `correlate`'s outputs for signals of n1 and n2 elements: output i of that mode has `in1[k + lag]` meet `in2[k]` at
 * lag `correlationLags(n1, n2, mode)[i]`. As scipy.signal.correlation_lags, but for mode 'same' with an odd n1 and an even n2: SciPy's
 * lags are one too large there, for its own correlate too.
 *
 * @param n1 elements of the first signal
 * @param n2 elements of the second
 * @param mode 'full', 'same' or 'valid', as of `correlate`
 * @returns one lag for each output
 * @throws TypeError for another mode or no integers, RangeError for a length below 1
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
  return lagsFrom(first, count);
}

/** `count` lags from one on. By a loop: `Int32Array.from` with a function takes fifty times as long. */
export function lagsFrom(first: number, count: number): Int32Array<ArrayBuffer> {
  const lags = new Int32Array(count);
  for (let i = 0; i < count; i++) lags[i] = first + i;
  return lags;
}
