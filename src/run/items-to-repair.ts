// Items to repair: the items of direct sums that cover the non-finite outputs of a transform.

import { type Interval, intervalsOf } from '../geometry/intervals.js';
import type { WinogradTile } from '../plan/algorithms/algorithm.js';
import { panelsOf, tilesAlong } from '../plan/algorithms/winograd-tile.js';
import { TILE_PIXELS } from '../shared/sizes.js';
import type { Block } from './block.js';

/**
 * The items of gemm (tiles of eight outputs) that cover the marked panels of winograd (of eight tiles), as intervals. Panels and items of a
 * group are numbered through all images of the block.
 * @param parts parts of the filters of a group, which have separate items
 */
export function itemsToRepair(
  marks: Int32Array,
  tile: WinogradTile,
  { plan, images, counts: sizes }: Pick<Block, 'plan' | 'images' | 'counts'>,
  parts: number,
): Interval[] {
  const [deep, high, wide] = tilesAlong(tile, sizes);
  const [depth, height, width] = sizes;
  const map = depth * height * width;
  const panels = panelsOf(tile, sizes, images);
  const tiles = images * deep * high * wide;
  const ofPart = Math.ceil((images * map) / TILE_PIXELS);
  const { groups } = plan.convolution;
  const chosen = new Uint8Array(groups * parts * ofPart);
  for (let panel = marks.indexOf(1); panel >= 0; panel = marks.indexOf(1, panel + 1)) {
    const group = Math.floor(panel / panels);
    const first = (panel % panels) * TILE_PIXELS;
    for (let index = first; index < Math.min(first + TILE_PIXELS, tiles); index++) {
      const line = Math.floor(index / wide);
      const image = Math.floor(line / (deep * high));
      const columns = outputsOf(tile, 2, index % wide, width);
      for (const d of outputsOf(tile, 0, Math.floor(line / high) % deep, depth)) {
        for (const h of outputsOf(tile, 1, line % high, height)) {
          const row = image * map + (d * height + h) * width;
          const begin = Math.floor((row + columns[0]) / TILE_PIXELS);
          const end = Math.floor((row + columns[columns.length - 1]) / TILE_PIXELS) + 1;
          for (let part = group * parts; part < (group + 1) * parts; part++)
            chosen.fill(1, part * ofPart + begin, part * ofPart + end);
        }
      }
    }
  }
  return intervalsOf(chosen);
}

/** The outputs of a tile along an axis. The last tile is moved back to end with the axis, as in winograd-tiles.ts. */
function outputsOf({ outputs, gaps }: WinogradTile, axis: number, index: number, size: number): number[] {
  const gap = gaps[axis];
  const reach = outputs[axis] * gap;
  const first = Math.min(Math.floor(index / gap) * reach, size - reach) + (index % gap);
  return Array.from({ length: outputs[axis] }, (_, i) => first + i * gap);
}
