// The row `winograd`: fewer multiplications for taps that are evenly spaced.

import { FLOAT_BYTES, VECTOR_BYTES } from '../../core/bytes.js';
import { present } from '../../core/errors.js';
import { most, sum } from '../../core/lists.js';
import { largest } from '../../geometry/slice.js';
import {
  CLAMP,
  F3X3_2X2,
  LEAKY_RELU,
  LINE,
  NO_ACTIVATION,
  TILE_ENTRY,
  TILE_FILTERS,
  TILE_PIXELS,
  TILE_VECTORS,
} from '../../shared/sizes.js';
import { WinogradTask } from '../../shared/task.js';
import { LEAST_TILES, TRANSFORMED_BYTES } from '../caches.js';
import { type FilterTiles, filterPartsOf, inRegisterTiles } from '../filter-tiles.js';
import type { TapSet } from '../tap-sets.js';
import {
  type Algorithm,
  type CutWork,
  tileFields,
  type WinogradTile,
  type WorkspaceBytes,
} from './algorithm.js';
import { cheapestTile, panelsOf } from './winograd-tile.js';

export const winograd: Algorithm<'winograd'> = {
  name: 'winograd',
  reason: 'neighbouring taps: transformed tiles take fewer multiplications',
  // sums of 512 terms in registers round to 7e-6 of the largest output, 256 to 4.1e-6, 192 to 3.5e-6 (npm run bench:error)
  mostTerms: 192,
  compares: true,
  propose: (workload) => {
    if (workload.channels === 0) return 'no channels';
    const proposal = cheapestTile(workload);
    if (!proposal) return 'no tile fits these taps and this map';
    return workload.products < LEAST_PRODUCTS
      ? {
          ...proposal,
          unwise: 'few products: direct sums take microseconds more, and integers come out exact',
        }
      : proposal;
  },
  filterTiles: inRegisterTiles,
  variant: (work) => {
    const tile = present(work.tile, 'tile for winograd');
    const { channels } = work.convolution;
    const { panels, tilesAtOnce, filterTilesAtOnce, workspace } = scratchOf(work, tile);
    const filterParts = filterPartsOf(work.filterTiles, work.convolution.groups * panels);
    const { transform } = tile;
    // four outputs of a tile are one vector
    const isRow = transform.wide > 2 && tile.gaps[2] === 1;
    return {
      entry: 'winograd',
      input: 'window',
      finishes: isRow ? LEAKY_RELU : transform.id === F3X3_2X2 ? NO_ACTIVATION : CLAMP,
      adds: isRow,
      workspace,
      items: (images, sizes) => filterParts * panelsOf(tile, sizes, images),
      task: (set, images) => {
        const [tileDepth, tileHeight, tileWidth] = tile.outputs;
        const [depthGap, heightGap, widthGap] = tile.gaps;
        return Object.assign(new WinogradTask(), {
          images,
          ...tileFields(tile),
          ...kernelFields(tile, set),
          channels,
          planes: tile.planes,
          livePlanesEnd: tileDepth + tile.planes - 1,
          tileDepth,
          tileHeight,
          tileWidth,
          depthGap,
          heightGap,
          widthGap,
          depthAtOnce: tile.depthAtOnce,
          termsAtOnce: set.termsAtOnce,
          tilesAtOnce,
          filterTilesAtOnce,
          filterParts,
        });
      },
    };
  },
};

/**
 * Calls of fewer products are summed directly, because a transform rounds even small integers. It would save 3 us or less: 12.9 instead of
 * 16 us for n1 g1 c16 f16 i10x10 k3x3 p1x1, 11.5 either way for n1 g1 c64 f64 i16 k3 p1.
 */
const LEAST_PRODUCTS = 2 ** 18;

/** The number of kernels of a plane and how many of them are short, as fields of a task, in the order of `inKernels`. */
function kernelFields({ kernels: [, heights, widths], planes }: WinogradTile, { along }: TapSet) {
  const depth = along[0] / planes;
  const [high, shortHigh] = heights ? [heights.count, heights.short] : [along[1], 0];
  const [wide, shortWide] = widths ? [widths.count, widths.short] : [along[2], 0];
  const highEnd = depth * (high - shortHigh) * wide;
  return {
    kernels: depth * high * wide,
    highEnd,
    wideBegin: depth * (high - shortHigh) * shortWide,
    wideEnd: highEnd + depth * shortHigh * (wide - shortWide),
  };
}

/**
 * The fewest filters whose products are transformed back together. Each of them writes to its own place in the output, right after the
 * previous tile. Batches of 40 filters instead of all: 1.8 times as fast for n1 g1 c4 f512 i96x96 k3x3 p1x1, 1.4 for 320 filters.
 */
const FILTERS_AT_ONCE = 40;

/** Filter tiles whose products are transformed back together. At least as many filters as terms, because each batch reads the inputs again. */
function filterTilesAtOnceOf({ length }: FilterTiles, terms: number): number {
  const times = Math.floor((TILE_FILTERS * length) / Math.max(FILTERS_AT_ONCE, terms));
  return Math.ceil(length / Math.max(1, times));
}

/** The panels of the largest block, how many tiles are transformed together, a multiple of a panel's, and the scratch that this takes. */
function scratchOf(
  { images, slices, filterTiles, tapSets }: CutWork,
  tile: WinogradTile,
): { panels: number; tilesAtOnce: number; filterTilesAtOnce: number; workspace: WorkspaceBytes } {
  const { elements, planes, depthAtOnce } = tile;
  const terms = most(tapSets.map((set) => set.terms));
  const packed = sum(filterTiles);
  const filterTilesAtOnce = filterTilesAtOnceOf(filterTiles, terms);
  const filtersAtOnce = Math.min(packed, TILE_FILTERS * filterTilesAtOnce);
  // transformed inputs and products
  const tileBytes =
    FLOAT_BYTES * elements * ((terms / planes) * (depthAtOnce + planes - 1) + filtersAtOnce * depthAtOnce);
  const fitting = Math.floor(TRANSFORMED_BYTES / tileBytes / TILE_PIXELS) * TILE_PIXELS;
  const weightBytes = FLOAT_BYTES * elements * terms * packed;
  const least = weightBytes > TRANSFORMED_BYTES ? LEAST_TILES : TILE_PIXELS;
  const counts = largest(slices, ({ count }) => count);
  const panels = panelsOf(tile, counts, images);
  const tilesAtOnce = Math.min(Math.max(fitting, least), TILE_PIXELS * panels);
  return {
    panels,
    tilesAtOnce,
    filterTilesAtOnce,
    workspace: {
      // a cache line lies between the elements of the inputs, and between those of the products
      transformed: tilesAtOnce * tileBytes + 2 * LINE * elements,
      halfTransformed: VECTOR_BYTES * TILE_VECTORS,
      tileTable: TILE_ENTRY * tilesAtOnce,
    },
  };
}
