// Filter tiles: how the filters of a group are divided among register tiles.

import { HALF_TILE, TILE_FILTERS } from '../shared/sizes.js';

/** Filters of the smallest register tile; kernels/ has tiles of 3, 4 and 5. */
export const LEAST_TILE_FILTERS = 3;

/** The filters of each register tile of a group, in order. */
export type FilterTiles = readonly number[];

/**
 * Splits filters into register tiles of five, four and three, as few as possible, the largest first. Only one or two filters are
 * padded, to three.
 */
export function inRegisterTiles(filters: number): FilterTiles {
  const fives = fivesOf(filters);
  const tiles = new Array<number>(fives).fill(TILE_FILTERS);
  for (let left = filters - TILE_FILTERS * fives; left > 0; left -= tiles[tiles.length - 1]) {
    // what is left is a multiple of four, or one of 1, 2, 3, 6, 7 and 11, which are no sums of fives and fours
    tiles.push(left % 4 !== 0 && (left < 3 || left % 3 === 0) ? 3 : 4);
  }
  return tiles;
}

/** The register tiles of five among those of so many filters: with zero to four tiles of four, all others are of five. */
function fivesOf(filters: number): number {
  const fours = (TILE_FILTERS - (filters % TILE_FILTERS)) % TILE_FILTERS;
  return Math.max(0, (filters - 4 * fours) / TILE_FILTERS);
}

/** How many filters are in pairs of register tiles of five. */
export function pairedFilters(filters: number): number {
  return 2 * TILE_FILTERS * Math.floor(fivesOf(filters) / 2);
}

/**
 * Of more filters none are padded: it gains nothing (1.00 for n1 g1 c256 f1024 i1x1 k1x1), and the weights of calls with more outputs would
 * be packed apart, 64 MiB for c4096 f4096.
 */
const MOST_PADDED = 512;

/**
 * Splits filters into register tiles for so many outputs. Kernels compute two tiles of five at once for up to four outputs, and four for a
 * single one: then filters are padded to such tiles. 2.6 for n1 g1 c256 f16 i3x3 k3x3.
 */
export function inTilesFor(filters: number, outputs: number): FilterTiles {
  if (outputs > HALF_TILE || filters <= TILE_FILTERS || filters > MOST_PADDED)
    return inRegisterTiles(filters);
  // a single output of three tiles takes less time with four
  const multiple = outputs === 1 && filters % 20 > 10 ? 20 : TILE_FILTERS;
  return inRegisterTiles(Math.ceil(filters / multiple) * multiple);
}

/** A tile for every filter. */
export function oneByOne(filters: number): FilterTiles {
  return new Array<number>(filters).fill(1);
}

/** The first filter of each tile, and last the number of filters in all tiles. */
export function tileStarts(tiles: FilterTiles): number[] {
  const starts = [0];
  for (const filters of tiles) starts.push(starts[starts.length - 1] + filters);
  return starts;
}

/** The number of items that a call should have, so that eight or more threads can share it evenly. */
const MANY_ITEMS = 32;

/** The number of parts to divide each item into, given the number of items. */
export function partsWanted(items: number): number {
  return Math.ceil(MANY_ITEMS / Math.max(1, items));
}

/**
 * The fewest filter tiles of a part: about 25 filters. Each part packs or transforms all inputs of an item again, which takes up to a third
 * of the time of its products.
 */
const LEAST_PART = 5;

/** The number of parts to divide the filter tiles of a group into, given the items of all groups. */
export function filterPartsOf(tiles: FilterTiles, items: number): number {
  return Math.min(Math.max(1, Math.floor(tiles.length / LEAST_PART)), partsWanted(items));
}
