// tile-table: how winograd lists the tiles that it transforms together.
//
//   {inputs: address, outputs: address, skipped: i32}[tiles]
//
// inputs and outputs: a tile's first ones, in the first plane and map; skipped: the rows of outputs that the
// tile above has written.

/** Bytes of a tile's entry. */
export const TILE_ENTRY: usize = 12;
const OUTPUTS: usize = 4;
const SKIPPED: usize = 8;

/** Where the inputs of one of the tiles from an entry on begin. */
// @ts-ignore: decorator
@inline
export function inputsOf(tiles: usize, tile: usize): usize {
  return load<usize>(tiles + tile * TILE_ENTRY);
}

/** Where its outputs begin. */
// @ts-ignore: decorator
@inline
export function outputsOf(tiles: usize, tile: usize): usize {
  return load<usize>(tiles + tile * TILE_ENTRY, OUTPUTS);
}

/** The first row of outputs that it writes. */
// @ts-ignore: decorator
@inline
export function firstRowOf(tiles: usize, tile: usize): i32 {
  return load<i32>(tiles + tile * TILE_ENTRY, SKIPPED);
}
