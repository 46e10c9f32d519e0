// The axes that a filter runs along, and options that have a value for each axis.

import { countedAxis, whole } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';

/** A value for all axes, or one for each. */
export type PerAxis<T> = T | readonly T[];

/**
 * An axis, counted from 0; negative axes count from the last.
 * @throws TypeError for anything but an integer, RangeError for an axis out of range
 */
export function axisOf(given: unknown, rank: number, where: Where): number {
  const outside = (axis: number) => `axis ${axis} is out of bounds for array of dimension ${rank}`;
  return countedAxis(given, 'axis', rank, where, outside);
}

/**
 * The axes that a filter runs along, in the caller's order; default all.
 * @throws TypeError for anything but integers, RangeError for an axis out of range or a duplicate
 */
export function axesOf(given: unknown, rank: number, where: Where): number[] {
  if (given === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  if (typeof given !== 'number' && !Array.isArray(given))
    refuseKind(where, `axes must be an integer or a list of integers, but got ${describe(given)}`);
  const axes = (typeof given === 'number' ? [given] : given).map((axis) => axisOf(axis, rank, where));
  if (new Set(axes).size < axes.length)
    refuse(where, `axes must be unique, but got ${describe(given)} of ${rank} axes`);
  return axes;
}

/**
 * One value for each axis, from a list or a single value.
 * @throws RangeError for a list of another length
 */
export function forEach(given: unknown, name: string, count: number, where: Where): unknown[] {
  if (!Array.isArray(given)) return new Array<unknown>(count).fill(given);
  if (given.length !== count)
    refuse(
      where,
      `sequence argument must have length equal to input rank: ${name} is for ${count} axes, but got ${describe(given)}`,
    );
  return given;
}

/** One integer for each axis. */
export function integersFor(given: unknown, name: string, count: number, where: Where): number[] {
  return forEach(given, name, count, where).map((value) => whole(value, name, where));
}

/**
 * Checks the origin of a filter.
 * @throws RangeError if its centre would be outside the filter
 */
export function checkOrigin(origin: number, size: number, where: Where): void {
  const middle = Math.floor(size / 2) + origin;
  if (middle < 0 || middle >= size)
    refuse(
      where,
      `Invalid origin; origin must satisfy -(size // 2) <= origin <= (size - 1) // 2: ` +
        `from ${-Math.floor(size / 2)} to ${Math.floor((size - 1) / 2)} for size ${size}, but got ${origin}`,
    );
}
