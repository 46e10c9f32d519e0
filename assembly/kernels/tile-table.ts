// tile-table: how winograd lists the tiles that it transforms together.
//
//   {inputs: address, outputs: address, skipped: i32}[tiles]
//
// inputs and outputs: a tile's first ones, in the first plane and map; skipped: the rows of outputs that the
// tile above has written.

import { TILE_ENTRY } from '../../src/shared/sizes';

const OUTPUTS: usize = 4;
const SKIPPED: usize = 8;

/** Where the inputs of one of the tiles from an entry on begin. */
// @ts-ignore: decorator
@inline
export function inputsOf(tiles: usize, tile: usize): usize {
  return load<usize>(tiles + tile * <usize>TILE_ENTRY);
}

/** Where its outputs begin. */
// @ts-ignore: decorator
@inline
export function outputsOf(tiles: usize, tile: usize): usize {
  return load<usize>(tiles + tile * <usize>TILE_ENTRY, OUTPUTS);
}

/** The first row of outputs that it writes. */
// @ts-ignore: decorator
@inline
export function firstRowOf(tiles: usize, tile: usize): i32 {
  return load<i32>(tiles + tile * <usize>TILE_ENTRY, SKIPPED);
}

/** Writes the entry of a tile. */
// @ts-ignore: decorator
@inline
export function listTile(entry: usize, inputs: usize, outputs: usize, skipped: i32): void {
  store<usize>(entry, inputs);
  store<usize>(entry, outputs, OUTPUTS);
  store<i32>(entry, skipped, SKIPPED);
}
