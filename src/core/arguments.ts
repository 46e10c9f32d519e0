// Argument checks. An error message says what was expected and what was given, in torch's words where torch has an error for it.

import { describe, refuse, refuseKind, type Where } from './errors.js';

/** The largest size of an axis or tensor, 2^31 - 1. */
export const LARGEST_SIZE = 0x7fffffff;

/** Checks that a value is an integer below 2^31 in magnitude. */
export function whole(value: unknown, name: string, where: Where): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    refuseKind(where, `${name} must be an integer, but got ${describe(value)}`);
  }
  if (Math.abs(value) > LARGEST_SIZE) refuse(where, `${name} must be below 2^31, but got ${value}`);
  return value;
}

/**
 * Checks that a value is a number, NaN and the infinities included.
 * @throws TypeError for another type
 */
export function numeric(value: unknown, name: string, where: Where): number {
  if (typeof value !== 'number') refuseKind(where, `${name} must be a number, but got ${describe(value)}`);
  return value;
}

/**
 * Checks that a value is a finite number.
 * @throws TypeError for another type, RangeError for NaN and the infinities
 */
export function finite(value: unknown, name: string, where: Where): number {
  const number = numeric(value, name, where);
  if (!Number.isFinite(number)) refuse(where, `${name} must be finite, but got ${number}`);
  return number;
}

/**
 * Checks that a value is true or false.
 * @throws TypeError for another type
 */
export function flag(value: unknown, name: string, where: Where): boolean {
  if (typeof value !== 'boolean') refuseKind(where, `${name} must be a boolean, but got ${describe(value)}`);
  return value;
}

/** Expands a number, a tuple of one or a tuple of `rank` to one integer per axis. */
export function perAxis(value: unknown, name: string, rank: number, where: Where): number[] {
  const given: unknown = typeof value === 'number' ? [value] : value;
  if (!Array.isArray(given)) {
    refuseKind(
      where,
      `${name} must be an integer or a tuple of ${rank} integers, but got ${describe(value)}`,
    );
  }
  checkCount(given, name, rank, where);
  const sizes = given.map((item) => whole(item, name, where));
  return sizes.length === rank ? sizes : new Array<number>(rank).fill(sizes[0]);
}

/**
 * Checks that a tuple has one item, or `rank` of them.
 * @throws RangeError for another number
 */
export function checkCount(given: readonly unknown[], name: string, rank: number, where: Where): void {
  if (given.length === 1 || given.length === rank) return;
  refuse(
    where,
    `expected ${name} to be a single integer value or a list of ${rank} values to match the convolution dimensions, ` +
      `but got ${name}=${describe(given)}`,
  );
}

/**
 * Checks the index of an axis, and converts a negative one, which counts from the last axis.
 * @param outside the error message for an axis out of range
 * @throws TypeError for a non-integer, RangeError for an axis out of range
 */
export function countedAxis(
  value: unknown,
  name: string,
  rank: number,
  where: Where,
  outside: (axis: number) => string,
): number {
  const axis = whole(value, name, where);
  if (axis < -rank || axis >= rank) refuse(where, outside(axis));
  return axis < 0 ? axis + rank : axis;
}

/**
 * Checks that options are undefined or an object with known keys only.
 * @throws TypeError otherwise
 */
export function optionsObject(value: unknown, known: readonly string[], where: Where): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null || isIterable(value)) {
    refuseKind(where, `options must be an object like { ${known[0]}: ... }, but got ${describe(value)}`);
  }
  for (const key in value) {
    // ignores properties that a program has added to Object.prototype
    if (known.includes(key) || key in Object.prototype) continue;
    if ((value as Record<string, unknown>)[key] !== undefined) {
      refuseKind(where, `unexpected option '${key}', known are ${known.join(', ')}`);
    }
  }
}

/** Copies options and their arrays, which the caller may change afterwards. */
export function copyOfOptions<O extends object>(options: O): O {
  const copies = Object.entries(options).map(([name, value]) => [
    name,
    Array.isArray(value) ? [...value] : value,
  ]);
  return Object.fromEntries(copies);
}

/** Whether a value is used as a dictionary. Not an iterable such as a Map, nor an instance of a class without own properties, such as a promise. */
export function isDict(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || isIterable(value)) return false;
  return Object.keys(value).length > 0 || (value.constructor?.name ?? 'Object') === 'Object';
}

/**
 * Checks that a value is a shape: an array of integers from 0 to 2^31 - 1.
 * @throws TypeError for another type, RangeError for an invalid size
 */
export function checkShape(shape: unknown, name: string, where: Where): void {
  if (!Array.isArray(shape)) {
    refuseKind(where, `${name}: expected a shape like [1, 3, 8, 8], but got ${describe(shape)}`);
  }
  for (const size of shape) {
    if (whole(size, `a size in ${name}`, where) < 0)
      refuse(where, `${name}: negative size in ${describe(shape)}`);
  }
}

/** Whether a value is iterable, like an array or a typed array. Its elements are checked elsewhere. */
export function isIterable(value: unknown): value is Iterable<number> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/**
 * Copies an iterable of sizes to an array. The sizes are checked elsewhere.
 * @throws TypeError for anything that is not iterable
 */
export function listOf(shape: unknown, name: string): number[] {
  if (isIterable(shape)) return [...shape];
  throw new TypeError(`${name}: expected a shape like [1, 3, 8, 8], got ${describe(shape)}`);
}
