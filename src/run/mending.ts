// Mending: which outputs are computed again where sums of transformed numbers are not finite. A transform spreads NaN and infinity over
// a tile; direct sums have them where they belong.

import type { PerAxis } from '../geometry/axis.js';
import type { WinogradTile } from '../plan/algorithms/algorithm.js';
import { tilesAlong } from '../plan/algorithms/winograd-tile.js';
import { TILE_PIXELS } from '../shared/sizes.js';
import { WinogradTask } from '../shared/task.js';
import { wordOf } from './task-writer.js';

/** The word of a task with the address of its notes. */
export const NOTES = wordOf(new WinogradTask(), 'notes');

/**
 * Which items of gemm, tiles of eight outputs, cover the items of winograd that are noted, rows of tiles.
 * @param sizes outputs of a map that are computed
 * @param groups those of an image. The items of a group follow one another through all images
 */
export function itemsToMend(
  notes: Int32Array,
  tile: WinogradTile,
  sizes: Readonly<PerAxis>,
  images: number,
  groups: number,
): Uint8Array {
  const [deep, high] = tilesAlong(tile, sizes);
  const [depth, height, width] = sizes;
  const map = depth * height * width;
  const ofGroup = Math.ceil((images * map) / TILE_PIXELS);
  const chosen = new Uint8Array(groups * ofGroup);
  for (let item = notes.indexOf(1); item >= 0; item = notes.indexOf(1, item + 1)) {
    const image = Math.floor(item / (deep * high));
    const line = item % (deep * high);
    const group = Math.floor(image / images);
    for (const d of outputsOf(tile, 0, Math.floor(line / high), depth)) {
      for (const h of outputsOf(tile, 1, line % high, height)) {
        const first = (image % images) * map + (d * height + h) * width;
        const end = Math.ceil((first + width) / TILE_PIXELS);
        chosen.fill(1, group * ofGroup + Math.floor(first / TILE_PIXELS), group * ofGroup + end);
      }
    }
  }
  return chosen;
}

/** The outputs along an axis of one of the tiles there; the last is moved back to end with the axis, as winograd-tiles.ts does. */
function outputsOf({ outputs, gaps }: WinogradTile, axis: number, index: number, size: number): number[] {
  const gap = gaps[axis];
  const reach = outputs[axis] * gap;
  const first = Math.min(Math.floor(index / gap) * reach, size - reach) + (index % gap);
  return Array.from({ length: outputs[axis] }, (_, i) => first + i * gap);
}
