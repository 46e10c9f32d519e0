// The row `direct`: few filters or terms, whose inputs are read in place.

import { ROW_PIXELS, TILE_PIXELS } from '../../shared/sizes.js';
import { RowsTask, SumTask } from '../../shared/task.js';
import { inRegisterTiles, LEAST_TILE_FILTERS, oneByOne } from '../filter-tiles.js';
import { type Algorithm, PACKING_COST, productCost } from './algorithm.js';
import { hasThreeTaps, rowKernels } from './row-kernels.js';

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
    // each filter waits 1.25 quarter cycles for a term's inputs; all filters together wait no longer than packing takes
    const reading = Math.min(1.25 * filters, PACKING_COST) * terms;
    return {
      cost: Math.ceil((depth * height * width) / TILE_PIXELS) * (productCost(filters, terms) + reading),
      unwise:
        filters > 10 && terms > 32
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
          about: 'one by one along rows',
          kernels: rowKernels(tapSets),
          pixels: ROW_PIXELS,
          task: (set) => Object.assign(new RowsTask(), { threeTaps: +hasThreeTaps(set) }),
        }
      : {
          ...common,
          entry: 'direct',
          about: 'in place along rows',
          kernels: [...new Set(filterTiles)].map((filters) => `correlate${filters}x8InPlace`),
          pixels: TILE_PIXELS,
          task: () => new SumTask(),
        };
  },
};
