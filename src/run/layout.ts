// Layout: where the elements of maps lie in memory.

import { FLOAT_BYTES } from '../core/bytes.js';
import { product } from '../core/lists.js';
import { type PerAxis, turnedIf } from '../geometry/axis.js';
import type { Interval } from '../geometry/intervals.js';
import { denseMaps, type MapStrides } from '../problem/convolution.js';

/** The address of the first element, and the bytes from one image, group, map, depth, row and column to the next. */
export interface Layout {
  readonly first: number;
  readonly image: number;
  readonly group: number;
  readonly map: number;
  readonly depth: number;
  readonly row: number;
  readonly column: number;
}

/** The layout of maps at an address. `strides` are in elements. A turned plan sees maps column by column. */
export function layoutOf(
  address: number,
  strides: MapStrides,
  sizes: Readonly<PerAxis>,
  turned: boolean,
): Layout {
  const [, height, width] = turnedIf(turned, sizes);
  const line = FLOAT_BYTES * width;
  return {
    first: address,
    image: FLOAT_BYTES * strides.image,
    group: FLOAT_BYTES * strides.group,
    map: FLOAT_BYTES * strides.map,
    depth: line * height,
    row: turned ? FLOAT_BYTES : line,
    column: turned ? line : FLOAT_BYTES,
  };
}

/** The same strides with images `step` elements apart; -1: unchanged. */
export function apart(strides: MapStrides, step: number): MapStrides {
  return step < 0 ? strides : { ...strides, image: step };
}

/** The layout of dense maps at an address: [image][group][map]. */
export function denseLayout(
  address: number,
  groups: number,
  maps: number,
  sizes: Readonly<PerAxis>,
  turned = false,
): Layout {
  return layoutOf(address, denseMaps(groups, maps, product(sizes)), sizes, turned);
}

/** The same layout, starting at an image and a position. */
export function movedBy(layout: Layout, image: number, [d, h, w]: readonly number[]): Layout {
  const first = layout.first + image * layout.image + d * layout.depth + h * layout.row + w * layout.column;
  return { ...layout, first };
}

/** The first position of some intervals of each axis. */
export function startOf(intervals: readonly (readonly Interval[])[]): number[] {
  return intervals.map(([interval]) => interval?.first ?? 0);
}
