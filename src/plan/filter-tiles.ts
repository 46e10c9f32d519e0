// Filter tiles: how the filters of a group are divided among register tiles.

/** The filters of each register tile of a group, in order. */
export type FilterTiles = readonly number[];

/**
 * Splits filters into register tiles of five, four and three, as few as possible, the largest first. Only one or two filters are
 * padded, to three.
 */
export function inRegisterTiles(filters: number): FilterTiles {
  const tiles: number[] = [];
  for (let left = filters; left > 0; left -= tiles[tiles.length - 1]) {
    const fours = (5 - (left % 5)) % 5; // with so many fours, the rest are fives
    if (left > 4 * fours) tiles.push(5);
    else if (left === 4 * fours) tiles.push(4);
    // 3, 6, 7 and 11 are no sums of fives and fours
    else tiles.push(left < 3 || left % 3 === 0 ? 3 : 4);
  }
  return tiles;
}

/** Every filter by itself. */
export function oneByOne(filters: number): FilterTiles {
  return new Array<number>(filters).fill(1);
}

/** The first filter of each tile, and the number of filters that are packed in all. */
export function tileStarts(tiles: FilterTiles): number[] {
  const starts = [0];
  for (const filters of tiles) starts.push(starts[starts.length - 1] + filters);
  return starts;
}
