// Checks of arguments. Each error names what was expected and what came: torch's sentence first, then whose argument it was.

import { describe, refuse, refuseKind, type Where } from './errors.js';

/** The largest size of anything, as in torch's 32-bit index arithmetic. */
export const LARGEST_SIZE = 0x7fffffff;

/** A whole number below 2^31 in magnitude, as torch counts sizes. */
export function whole(value: unknown, name: string, where: Where): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    refuseKind(where, `${name} must be an integer, but got ${describe(value)}`);
  }
  if (Math.abs(value) > LARGEST_SIZE) refuse(where, `${name} must be below 2^31, but got ${value}`);
  return value;
}

/** One whole number for each axis, from a number, a tuple of one, or a tuple of `rank`. */
export function perAxis(value: unknown, name: string, rank: number, where: Where): number[] {
  const given: unknown = typeof value === 'number' ? [value] : value;
  if (!Array.isArray(given)) {
    refuseKind(
      where,
      `${name} must be an integer or a tuple of ${rank} integers, but got ${describe(value)}`,
    );
  }
  if (given.length !== 1 && given.length !== rank) {
    refuse(
      where,
      `expected ${name} to be a single integer value or a list of ${rank} values to match the convolution dimensions, ` +
        `but got ${name}=${describe(value)}`,
    );
  }
  const sizes = given.map((item) => whole(item, name, where));
  return sizes.length === rank ? sizes : new Array<number>(rank).fill(sizes[0]);
}

/**
 * One of `rank` axes, from 0 on; negative ones count from the last.
 * @param outside the sentence for an axis out of range, as the function's source has it
 * @throws TypeError for anything but an integer, RangeError for an axis out of range
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
 * Checks that options are an object of known names, or left out.
 * @throws TypeError for anything else
 */
export function optionsObject(value: unknown, known: readonly string[], where: Where): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuseKind(where, `options must be an object like { ${known[0]}: ... }, but got ${describe(value)}`);
  }
  for (const key in value) {
    // what a program adds to all objects is no option
    if (known.includes(key) || key in Object.prototype) continue;
    if ((value as Record<string, unknown>)[key] !== undefined) {
      refuseKind(where, `unexpected option '${key}', known are ${known.join(', ')}`);
    }
  }
}

/** Whether a value has values by name: no list, and nothing like a Map or a promise, which have no names that are seen. */
export function isDict(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) return false;
  return Object.keys(value).length > 0 || (value.constructor?.name ?? 'Object') === 'Object';
}

/**
 * Checks that a value is a shape: an array of integers from 0 to 2^31 - 1.
 * @throws TypeError for another kind, RangeError for another size
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

/** Whether a value may be a list of sizes: an array, a typed array or the like. What the sizes are is checked elsewhere. */
export function isShapeLike(value: unknown): value is Iterable<number> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/**
 * A list of sizes as a new array.
 * @throws TypeError for anything but a list; what the sizes are is checked elsewhere
 */
export function listOf(shape: unknown, name: string): number[] {
  if (isShapeLike(shape)) return [...shape];
  throw new TypeError(`${name}: expected a shape like [1, 3, 8, 8], got ${describe(shape)}`);
}
