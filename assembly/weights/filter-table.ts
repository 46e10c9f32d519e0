// Filter table: with which filter each register tile of a group begins.

/** The first filter of a tile; of the tile behind the last, the number of packed filters. */
// @ts-ignore: decorator
@inline
export function firstFilter(table: i32, tile: i32): i32 {
  return load<i32>(<usize>table + ((<usize>tile) << 2));
}

/** The first of the filter tiles of a part, where a group has so many parts; of the part behind the last, the number of tiles. */
// @ts-ignore: decorator
@inline
export function firstTileOf(part: i32, tiles: i32, parts: i32): i32 {
  return (part * tiles) / parts;
}
