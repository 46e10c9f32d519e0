// Filter tiles for the specs, and where the kernels of filters lie.

import { table } from './memory';

/** How the filters of a group are divided among register tiles. */
export class Tiles {
  table: i32 = 0;
  count: i32 = 0;
  /** filters of all tiles */
  packed: i32 = 0;

  /** The first filter of a tile, or the number of all for the one behind the last. */
  first(tile: i32): i32 {
    return load<i32>(this.table + tile * 4);
  }
}

/** Tiles of five, four, three filters and one, so many of each. */
export function divide(fives: i32, fours: i32, threes: i32, ones: i32): Tiles {
  const counts = [fives, fours, threes, ones];
  const filters = [5, 4, 3, 1];
  const firsts: i32[] = [];
  const tiles = new Tiles();
  for (let size = 0; size < 4; size++) {
    for (let i = 0; i < counts[size]; i++, tiles.packed += filters[size]) firsts.push(tiles.packed);
  }
  tiles.count = firsts.length;
  firsts.push(tiles.packed);
  tiles.table = <i32>table(firsts);
  return tiles;
}

/** Tiles for some filters: so many of five, and for the others tiles of `rest`. */
export function tilesFor(filters: i32, fives: i32, rest: i32): Tiles {
  const others = (max(0, filters - 5 * fives) + rest - 1) / rest;
  return divide(fives, rest == 4 ? others : 0, rest == 3 ? others : 0, rest == 1 ? others : 0);
}

/** Byte offsets of the kernels of some filters, `bytes` apart and backwards, as no rule would find them. */
export function kernelsOf(filters: i32, bytes: i32): i32[] {
  const offsets: i32[] = [];
  for (let filter = filters - 1; filter >= 0; filter--) offsets.push(filter * bytes);
  return offsets;
}
