// The row `gemm`: packed weights by packed inputs. It takes every shape, so it ends the table.
// Not taken: one level of Strassen's scheme, seven products of halves of filters, terms and pixels instead of eight. By itself 1.07 to 1.15
// of the speed of gemm, as a whole row with notes of what is not finite 1.01 to 1.11, for 7/4 of the packed weights and 2.2 KB in every bundle.

import { FLOAT_BYTES } from '../../core/bytes.js';
import { most, product } from '../../core/lists.js';
import type { PerAxis } from '../../geometry/axis.js';
import { largest } from '../../geometry/slice.js';
import { LEAKY_RELU, TILE_FILTERS, TILE_PIXELS } from '../../shared/sizes.js';
import { GemmTask } from '../../shared/task.js';
import { PANEL_TERMS, PANEL_TILES, WEIGHT_BYTES } from '../caches.js';
import { filterPartsOf, inTilesFor } from '../filter-tiles.js';
import { type Algorithm, PACKING_COST, panelsCost, weightCost } from './algorithm.js';

/** Filter tiles that are computed at once: four of five filters, for a single remaining pixel. */
const FIVES = 4;

export const gemm: Algorithm<'gemm'> = {
  name: 'gemm',
  reason: 'packed weights by packed inputs, for every shape',
  mostTerms: PANEL_TERMS,
  compares: false,
  propose: ({ images, filters, terms, depth, height, width }) => {
    const pixels = images * depth * height * width;
    const panels = Math.ceil(pixels / TILE_PIXELS);
    const products = panelsCost(filters, terms, pixels);
    const packing = panels * PACKING_COST * terms;
    const loading = weightCost(filters * terms, Math.ceil(panels / PANEL_TILES));
    return { cost: (products + packing + loading) / images };
  },
  filterTiles: inTilesFor,
  variant: ({ convolution, images, filterTiles, tapSets, slices }) => {
    const tilesOf = (images: number, sizes: Readonly<PerAxis>) =>
      Math.ceil((images * product(sizes)) / TILE_PIXELS);
    const tiles = tilesOf(
      images,
      largest(slices, ({ count }) => count),
    );
    const filterParts = filterPartsOf(filterTiles, convolution.groups * tiles);
    return {
      entry: 'gemm',
      input: 'window',
      finishes: LEAKY_RELU,
      workspace: {
        panel:
          Math.min(PANEL_TILES, tiles) *
          FLOAT_BYTES *
          TILE_PIXELS *
          most(tapSets.map(({ termsAtOnce }) => termsAtOnce)),
        spareTile: FLOAT_BYTES * TILE_FILTERS * TILE_PIXELS,
      },
      items: (images, sizes) => filterParts * tilesOf(images, sizes),
      task: ({ termsAtOnce }, images) =>
        Object.assign(new GemmTask(), {
          images,
          termsAtOnce,
          pixelTilesAtOnce: PANEL_TILES,
          pixelTilesAlong: Math.max(1, Math.floor(PANEL_TERMS / termsAtOnce)),
          filterTilesAtOnce:
            FIVES *
            Math.max(1, Math.floor(WEIGHT_BYTES / (FLOAT_BYTES * TILE_FILTERS * termsAtOnce * FIVES))),
          filterParts,
        }),
    };
  },
};
