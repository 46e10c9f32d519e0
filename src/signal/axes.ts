// Checks of axes and sizes: which axes are summed along, and whether the others can be broadcast.

import { countedAxis } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import type { Mode } from './modes.js';

/**
 * The axes to sum along, counted from 0, in the caller's order; default all.
 * @throws TypeError for anything but an integer, RangeError for an axis out of range, a duplicate axis, or an empty list
 */
export function axesOf(axes: unknown, rank: number, where: Where): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  if (typeof axes !== 'number' && !Array.isArray(axes))
    refuseKind(where, `axes must be an axis or a list of axes, but got ${describe(axes)}`);
  const given = typeof axes === 'number' ? [axes] : axes;
  if (given.length === 0) refuse(where, 'axes: name at least one, or leave them out for all');
  const found = given.map((axis) => axisOf(axis, 'axes', rank, where));
  if (new Set(found).size < found.length)
    refuse(where, `axes: an axis is named twice in ${describe(given)} of ${rank} axes`);
  return found;
}

/**
 * One axis, counted from 0; negative axes count from the last.
 * @throws TypeError for anything but an integer, RangeError for an axis out of range
 */
export function axisOf(axis: unknown, name: string, rank: number, where: Where): number {
  const outside = (at: number) =>
    `${name}: there is no axis ${at} in ${rank} dimension${rank === 1 ? '' : 's'}`;
  return countedAxis(axis, name, rank, where, outside);
}

/** The names of the two inputs in error messages. */
export type Labels = readonly [string, string];

/**
 * Checks the sizes of two inputs with the same number of axes, for sums along some of them.
 * @throws RangeError if an input is empty, or sizes along other axes are neither equal nor 1
 */
export function checkSizes(
  n1: readonly number[],
  n2: readonly number[],
  axes: readonly number[],
  labels: Labels,
  where: Where,
): void {
  for (const [i, shape] of [n1, n2].entries())
    if (shape.includes(0)) refuse(where, `${labels[i]} is empty: its shape is ${describe([...shape])}`);
  const misfit = n1.findIndex(
    (size, axis) => !axes.includes(axis) && size !== n2[axis] && size !== 1 && n2[axis] !== 1,
  );
  if (misfit >= 0)
    refuse(
      where,
      `sizes along axis ${misfit}, which is not summed over, must be equal or 1, but are ${n1[misfit]} and ${n2[misfit]}`,
    );
}

/** @throws RangeError unless the input has `rank` axes; undefined allows any number */
export function checkRank(
  shape: readonly number[],
  rank: number | undefined,
  label: string,
  where: Where,
): void {
  if (rank !== undefined && shape.length !== rank)
    refuse(where, `${label} must have ${rank === 1 ? 'one axis' : 'two axes'}, but has ${shape.length}`);
}

/** @throws RangeError if the numbers of axes differ */
export function checkRanks(
  n1: readonly number[],
  n2: readonly number[],
  [label1, label2]: Labels,
  where: Where,
): void {
  if (n1.length !== n2.length)
    refuse(where, `${label1} and ${label2} must have as many axes, but have ${n1.length} and ${n2.length}`);
}

/** @throws RangeError for mode 'valid' unless one input is at least as large as the other along every summed axis */
export function checkMode(
  mode: Mode,
  n1: readonly number[],
  n2: readonly number[],
  axes: readonly number[],
  where: Where,
): void {
  if (mode !== 'valid') return;
  const larger = (a: readonly number[], b: readonly number[]) => axes.every((axis) => a[axis] >= b[axis]);
  if (!larger(n1, n2) && !larger(n2, n1))
    refuse(where, "mode 'valid': one input must be at least as large as the other along every axis");
}
