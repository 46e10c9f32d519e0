// The row `direct`: few filters or terms, whose inputs are read in place.

import { FLOAT_BYTES } from '../../core/bytes.js';
import { most } from '../../core/lists.js';
import { ROW_PIXELS, TILE_PIXELS } from '../../shared/sizes.js';
import { DirectRowsTask, DirectTask } from '../../shared/task.js';
import { STRETCH_BYTES } from '../caches.js';
import { inRegisterTiles, LEAST_TILE_FILTERS, oneByOne } from '../filter-tiles.js';
import { type Algorithm, type CutWork, PACKING_COST, productCost } from './algorithm.js';
import { hasThreeTaps, rowKernels } from './row-kernels.js';

/** Rows of sixteen outputs of a stretch, at least. */
const LEAST_STRETCH = 4;

/** Outputs of a row that are an item: few, so that also a small map that is one folded row has many. */
const PIECE = 2 * ROW_PIXELS;

/** Fewer filters than the smallest register tile has are computed one by one, along rows. */
function isOneByOne(filters: number): boolean {
  return filters < LEAST_TILE_FILTERS;
}

/** Lines of a set of a first-level cache. */
const CACHE_WAYS = 12;

/** Filters among which the cost of packing is divided, at least: with fewer it does not pay. */
const MANY_FILTERS = 11;

export const direct: Algorithm<'direct'> = {
  name: 'direct',
  reason: 'few filters or terms: packing the input would not pay',
  mostTerms: Number.POSITIVE_INFINITY,
  compares: false,
  offer: ({ filters, terms, depth, height, width, channels, pagesApart }) => {
    const pixels = isOneByOne(filters) ? ROW_PIXELS : TILE_PIXELS;
    if (width < pixels) return `rows of ${width} outputs are shorter than a tile of ${pixels}`;
    // each filter waits 1.25 quarter cycles for a term's inputs; all filters together wait no longer than packing takes
    const reading = Math.min(1.25 * filters, PACKING_COST) * terms;
    return {
      cost: Math.ceil((depth * height * width) / TILE_PIXELS) * (productCost(filters, terms) + reading),
      unwise: filters < MANY_FILTERS ? undefined : whyToPack(terms, channels, pagesApart),
    };
  },
  filterTiles: (filters) => (isOneByOne(filters) ? oneByOne(filters) : inRegisterTiles(filters)),
  variant: (work) => {
    const { filterTiles, tapSets } = work;
    const stretch = stretchOf(work);
    const common = {
      input: 'window',
      desk: {},
      items: (images: number, [depth, height, width]: readonly number[]) =>
        images * depth * height * Math.max(1, Math.floor(width / PIECE)),
    } as const;
    return filterTiles.every((filters) => filters === 1)
      ? {
          ...common,
          entry: 'directRows',
          about: 'one by one along rows',
          kernels: rowKernels(tapSets),
          pixels: ROW_PIXELS,
          task: (set) =>
            Object.assign(new DirectRowsTask(), { stretch, piece: PIECE, threeTaps: +hasThreeTaps(set) }),
        }
      : {
          ...common,
          entry: 'direct',
          about: 'in place along rows',
          kernels: [...new Set(filterTiles)].map((filters) => `correlate${filters}x8InPlace`),
          pixels: TILE_PIXELS,
          task: () => Object.assign(new DirectTask(), { stretch, piece: PIECE }),
        };
  },
};

/** The outputs of a stretch of a row, a multiple of `ROW_PIXELS`. */
function stretchOf({ tapSets }: CutWork): number {
  const terms = most([1, ...tapSets.map((set) => set.terms)]);
  const fitting = STRETCH_BYTES / (FLOAT_BYTES * terms);
  return ROW_PIXELS * Math.max(LEAST_STRETCH, Math.floor(fitting / ROW_PIXELS));
}

/** Why it pays to pack the inputs, if it does. */
function whyToPack(terms: number, channels: number, pagesApart: boolean): string | undefined {
  if (terms > 32) return `many filters a group and ${terms} terms repay packing`;
  // 1.5 for n1 g1 c32 f64 i64x64 k1x1
  if (pagesApart && channels > CACHE_WAYS)
    return `${channels} channels a multiple of a page apart share a set of the cache`;
  return undefined;
}
