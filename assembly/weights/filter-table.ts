// The table of the first filter of each register tile of a group.

/** The first filter of a tile; for the tile after the last one, the number of packed filters. */
// @ts-ignore: decorator
@inline
export function firstFilter(table: i32, tile: i32): i32 {
  return load<i32>(<usize>table + ((<usize>tile) << 2));
}

/** The first filter tile of a part, if the tiles of a group are divided into `parts`; for the part after the last one, the number of tiles. */
// @ts-ignore: decorator
@inline
export function firstTileOf(part: i32, tiles: i32, parts: i32): i32 {
  return (part * tiles) / parts;
}
