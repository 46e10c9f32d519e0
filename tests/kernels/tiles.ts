// Filter tiles for the specs, and the offsets of the filters' kernels.

import { table } from './memory';

/** The division of a group's filters into register tiles. */
export class Tiles {
  table: i32 = 0;
  count: i32 = 0;
  /** filters of all tiles */
  packed: i32 = 0;

  /** The first filter of a tile; for the tile after the last one, the number of filters. */
  first(tile: i32): i32 {
    return load<i32>(this.table + tile * 4);
  }
}

/** Tiles of five, four, three filters and one, a number of each. */
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

/** Tiles for some filters: a number of tiles of five, and tiles of `rest` for the remaining filters. */
export function tilesFor(filters: i32, fives: i32, rest: i32): Tiles {
  const others = (max(0, filters - 5 * fives) + rest - 1) / rest;
  return divide(fives, rest == 4 ? others : 0, rest == 3 ? others : 0, rest == 1 ? others : 0);
}

/** Byte offsets of the kernels of some filters, `bytes` apart and in reverse order, so that they must be read from the table. */
export function kernelsOf(filters: i32, bytes: i32): i32[] {
  const offsets: i32[] = [];
  for (let filter = filters - 1; filter >= 0; filter--) offsets.push(filter * bytes);
  return offsets;
}
