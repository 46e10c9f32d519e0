// tile-table: the table of the tiles that winograd transforms together.
//
//   {inputs: address, outputs: address, skipped: i32, notFinite: i32}[tiles]
//
// inputs and outputs: addresses of a tile's first ones, in the first plane and map; skipped: rows of outputs that the tile above has
// already stored; notFinite: 1 if an output of the tile is not finite.

import { TILE_ENTRY } from '../../src/shared/sizes';

const OUTPUTS: usize = 4;
const SKIPPED: usize = 8;
const NOT_FINITE: usize = 12;

/** The address of a tile's inputs. `tile` counts from the entry at `tiles`. */
// @ts-ignore: decorator
@inline
export function inputsOf(tiles: usize, tile: usize): usize {
  return load<usize>(tiles + tile * <usize>TILE_ENTRY);
}

/** The address of a tile's outputs. */
// @ts-ignore: decorator
@inline
export function outputsOf(tiles: usize, tile: usize): usize {
  return load<usize>(tiles + tile * <usize>TILE_ENTRY, OUTPUTS);
}

/** The first row of outputs that a tile stores. */
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
  store<i32>(entry, 0, NOT_FINITE);
}

// @ts-ignore: decorator
@inline
function noteTile(tiles: usize, tile: usize): void {
  store<i32>(tiles + tile * <usize>TILE_ENTRY, 1, NOT_FINITE);
}

/** Marks those of four tiles whose lane is NaN as not finite. */
// @ts-ignore: decorator
@inline
export function markNotFinite(tiles: usize, bad: v128): void {
  const lanes = f32x4.ne(bad, bad);
  if (!v128.any_true(lanes)) return;
  if (i32x4.extract_lane(lanes, 0)) noteTile(tiles, 0);
  if (i32x4.extract_lane(lanes, 1)) noteTile(tiles, 1);
  if (i32x4.extract_lane(lanes, 2)) noteTile(tiles, 2);
  if (i32x4.extract_lane(lanes, 3)) noteTile(tiles, 3);
}

/** Whether a tile is marked as not finite. */
// @ts-ignore: decorator
@inline
export function isNotFinite(entry: usize): bool {
  return load<i32>(entry, NOT_FINITE) != 0;
}
