// Sizes along the axes of a convolution: the types in which they are given, and their check.

import { perAxis } from '../core/arguments.js';
import { asList, refuse, type Where } from '../core/errors.js';

/** The number of spatial axes. */
export type Rank = 1 | 2 | 3;

/** An array of unknown length, such as `number[]`. Excludes tuples, so that the compiler checks their length. */
export type SizeList<S = number> = readonly S[] & { readonly 0?: never };

/** One item per axis. A tuple of one means all axes. */
type PerAxis<R extends Rank, S> =
  | SizeList<S>
  | readonly [S]
  | (R extends 2 ? readonly [S, S] : R extends 3 ? readonly [S, S, S] : never);

/** One number for all axes, or one per axis. A tuple of one also means all axes. */
export type Sizes<R extends Rank> = number | PerAxis<R, number>;

/** The padding of an axis: on both sides, or before and after it. */
export type Sides = number | readonly [before: number, after: number];

/**
 * One number for all axes, or the padding of each axis, whose sides may differ. A tuple of one means all axes. Unlike torch's `F.pad`, the
 * first axis comes first.
 *
 * @example
 * import { functional as F } from 'convnd';
 * // a causal convolution, in torch F.conv1d(F.pad(x, (2, 0)), weight, dilation=2)
 * console.log(F.conv1d([[1, 2, 3, 4]], [[[1, 10]]], null, { padding: [[2, 0]], dilation: 2 }).data.join()); // 10,20,31,42
 */
export type Padding<R extends Rank> = number | PerAxis<R, Sides>;

/** Kernel sizes: one number for all axes, or one per axis. */
export type KernelSizes<R extends Rank> =
  | number
  | SizeList
  | (R extends 1
      ? readonly [number]
      : R extends 2
        ? readonly [number, number]
        : readonly [number, number, number]);

/**
 * Checks one size per axis.
 * @param refusal torch's message for sizes below `least`
 */
export function sizesFrom(
  given: unknown,
  name: string,
  rank: Rank,
  least: number,
  refusal: string,
  where: Where,
): number[] {
  const sizes = perAxis(given, name, rank, where);
  if (sizes.some((size) => size < least)) refuse(where, `${refusal} ${asList(sizes)}`);
  return sizes;
}
