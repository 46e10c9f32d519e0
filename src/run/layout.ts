// Strides: where the elements of maps lie in memory.

import type { Interval } from '../geometry/intervals.js';

/** Where the first element lies, and the bytes from one filter (or channel), depth and row to the next. */
export interface Strides {
  readonly first: number;
  readonly filter: number;
  readonly depth: number;
  readonly row: number;
}

/** Strides of maps of given sizes, and the address of what lies first: `maps` whole maps and the first stretches further. */
export function placeIn(
  address: number,
  sizes: readonly number[],
  maps = 0,
  stretches: readonly (readonly Interval[])[] = [],
): Strides {
  const [depths, height, width] = sizes as [number, number, number];
  const row = 4 * width;
  const depth = row * height;
  const filter = depth * depths;
  const [d = 0, h = 0, w = 0] = stretches.map((list) => list[0]?.first ?? 0);
  return { first: address + maps * filter + d * depth + h * row + 4 * w, filter, depth, row };
}
