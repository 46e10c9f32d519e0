// Winograd tiles: which tiles cover a map, and the tile table, which says where each tile is read and written.
//
// With dilated taps, the outputs of a tile are `gap` apart, and `gap` tiles interleave. The last tile of an axis is moved back to end with
// the axis, and so overlaps the tile before it. Along the height, the overlapping rows are not stored again. Along the depth they are,
// with the same bits. Along the width they are too, with bits that may differ, so these two tiles must be stored in order.

import { TILE_ENTRY } from '../../src/shared/sizes';
import { WinogradTask } from '../../src/shared/task';
import { listTile } from '../kernels/tile-table';
import { targetOf, windowOf } from './groups';

/** Tiles that cover an axis. */
export function tilesAlong(size: i32, outputs: i32, gap: i32): i32 {
  const reach = outputs * gap;
  return ((size + reach - 1) / reach) * gap;
}

/** The first output of a tile along an axis. */
function placeOf(tile: i32, size: i32, outputs: i32, gap: i32): i32 {
  const reach = outputs * gap;
  return min((tile / gap) * reach, size - reach) + (tile % gap);
}

/** Writes entries for the `tiles` tiles of a group from `first` on, and repeats the last one until there are `padded`. */
export function listTiles(
  task: WinogradTask,
  group: i32,
  first: i32,
  tiles: i32,
  padded: i32,
  entry: usize,
): void {
  const columns = tilesAlong(task.width, task.tileWidth, task.widthGap);
  const heightGap = task.heightGap;
  const perDepth = tilesAlong(task.height, task.tileHeight, heightGap);
  const perImage = tilesAlong(task.depth, task.tileDepth, task.depthGap) * perDepth;
  let image = first / columns / perImage;
  let window = windowOf(task, image * task.groups + group);
  let target = targetOf(task, image * task.groups + group);
  for (let t = 0; t < padded; t++, entry += TILE_ENTRY) {
    const tile = first + min(t, tiles - 1);
    const line = tile / columns;
    // the tiles of an image follow those of the one before
    if (line >= (image + 1) * perImage) {
      image++;
      window = windowOf(task, image * task.groups + group);
      target = targetOf(task, image * task.groups + group);
    }
    const deep = (line - image * perImage) / perDepth;
    const high = line - image * perImage - deep * perDepth;
    const d = placeOf(deep, task.depth, task.tileDepth, task.depthGap);
    const h = placeOf(high, task.height, task.tileHeight, heightGap);
    const w = placeOf(tile - line * columns, task.width, task.tileWidth, task.widthGap);
    const inputs =
      window + <usize>d * <usize>task.windowDepth + <usize>h * <usize>task.windowRow + ((<usize>w) << 2);
    const outputs = target + ((<usize>((d * task.height + h) * task.width + w)) << 2);
    // the tile above has stored what lies before the place where this one would begin, had it not been moved back
    const begin = (high / heightGap) * heightGap * task.tileHeight;
    listTile(entry, inputs, outputs, (begin - h + heightGap - 1) / heightGap);
  }
}
