// The row `direct`: few filters or terms, whose inputs are read in place.

import { ROW_PIXELS, TILE_PIXELS } from '../../shared/sizes.js';
import { RowsTask, SumTask } from '../../shared/task.js';
import { inRegisterTiles, LEAST_TILE_FILTERS, oneByOne } from '../filter-tiles.js';
import { type Algorithm, PACKING_COST, productCost } from './algorithm.js';
import { hasThreeTaps, rowKernels } from './row-kernels.js';

/** Quarter cycles that each filter waits for a term's inputs, which it reads where they lie. */
const READING_COST = 1.25;

/** With more filters and more terms than these, packing pays. */
const MOST_FILTERS = 10;
const MOST_TERMS = 32;

/** Fewer filters than the smallest register tile has are computed one by one, along rows. */
function isOneByOne(filters: number): boolean {
  return filters < LEAST_TILE_FILTERS;
}

export const direct: Algorithm<'direct'> = {
  name: 'direct',
  reason: 'few filters or terms: packing the input would not pay',
  mostTerms: Number.POSITIVE_INFINITY,
  compares: false,
  offer: ({ filters, terms, depth, height, width }) => {
    const pixels = isOneByOne(filters) ? ROW_PIXELS : TILE_PIXELS;
    if (width < pixels) return `rows of ${width} outputs are shorter than a tile of ${pixels}`;
    // all filters together wait no longer than packing takes
    const reading = Math.min(READING_COST * filters, PACKING_COST) * terms;
    return {
      cost: Math.ceil((depth * height * width) / TILE_PIXELS) * (productCost(filters, terms) + reading),
      unwise:
        filters > MOST_FILTERS && terms > MOST_TERMS
          ? `${filters} filters a group and ${terms} terms repay packing`
          : undefined,
    };
  },
  filterTiles: (filters) => (isOneByOne(filters) ? oneByOne(filters) : inRegisterTiles(filters)),
  variant: ({ filterTiles, tapSets }) => {
    const common = {
      input: 'window',
      desk: {},
      items: ([depth, height]: readonly number[]) => depth * height,
    } as const;
    return filterTiles.every((filters) => filters === 1)
      ? {
          ...common,
          entry: 'directRows',
          about: 'filters one by one along rows',
          kernels: rowKernels(tapSets),
          pixels: ROW_PIXELS,
          task: (set) => Object.assign(new RowsTask(), { threeTaps: +hasThreeTaps(set) }),
        }
      : {
          ...common,
          entry: 'direct',
          about: 'register tiles along rows',
          kernels: [...new Set(filterTiles)].map((filters) => `correlate${filters}x8InPlace`),
          pixels: TILE_PIXELS,
          task: () => new SumTask(),
        };
  },
};
