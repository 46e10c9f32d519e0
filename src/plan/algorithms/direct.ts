// The row `direct`: few filters or terms. Inputs are read in place, without packing.

import { FLOAT_BYTES, PAGE } from '../../core/bytes.js';
import { most } from '../../core/lists.js';
import { ROW_PIXELS, TILE_PIXELS } from '../../shared/sizes.js';
import { DirectTask } from '../../shared/task.js';
import { STRETCH_BYTES } from '../caches.js';
import { inRegisterTiles, LEAST_TILE_FILTERS, oneByOne } from '../filter-tiles.js';
import { type Algorithm, type CutWork, PACKING_COST, productCost, type Workload } from './algorithm.js';

/** Rows of sixteen outputs of a stretch, at least. */
const LEAST_STRETCH = 4;

/** Outputs of an item, at least. Few, so that even a small map, which is one folded row, has many items. */
const PIECE = 2 * ROW_PIXELS;

/** Whether there are fewer filters than the smallest register tile has: they are computed along rows, one or two at once. */
function isOneByOne(filters: number): boolean {
  return filters < LEAST_TILE_FILTERS;
}

/** Associativity of a first-level cache. */
const CACHE_WAYS = 12;

/**
 * The inputs of the shortest stretch of so many channels exceed a first-level cache and, if these are two pages apart, its TLB; so do those
 * of twice as many that are one page apart.
 */
const MANY_CHANNELS = 128;

/** Packing never pays with fewer filters. */
const FEW_FILTERS = 11;

/**
 * Packing does not pay with so many terms or fewer, unless channels lie pages apart: the inputs of a long stretch of outputs stay in a
 * first-level cache.
 */
const FEW_TERMS = 32;

/** Packing always pays with more filters. With fewer it pays where a stretch has more weights an output than this, or rows are short. */
const MANY_FILTERS = 32;
const WEIGHTS_AN_OUTPUT = 192;

/** With no more terms than this, packing always pays only from this many filters on. */
const MORE_FILTERS = 64;
const SOME_TERMS = 64;

/** Quarter cycles that packing a term of eight pixels takes longer than reading it in place. */
const PACKING_BEYOND = 16;

export const direct: Algorithm<'direct'> = {
  name: 'direct',
  reason: 'few filters or terms: packing the input would not pay',
  mostTerms: Number.POSITIVE_INFINITY,
  compares: false,
  propose: (workload) => {
    const { filters, terms, depth, height, width } = workload;
    const pixels = isOneByOne(filters) ? ROW_PIXELS : TILE_PIXELS;
    if (width < pixels) return `rows of ${width} outputs are shorter than a tile of ${pixels}`;
    // each filter waits 1.25 quarter cycles for the inputs of a term, but no longer than packing takes for all filters together
    const reading = Math.min(1.25 * filters, PACKING_COST) * terms;
    const tiles = Math.ceil((depth * height * width) / TILE_PIXELS);
    const more = (depth * height * Math.ceil(width / TILE_PIXELS)) / tiles;
    return {
      cost: tiles * (productCost(filters, terms) + reading),
      unwise: filters < FEW_FILTERS ? undefined : whyToPack(workload, more),
    };
  },
  filterTiles: (filters) => (isOneByOne(filters) ? oneByOne(filters) : inRegisterTiles(filters)),
  variant: (work) => {
    const stretch = stretchOf(work);
    const byRows = work.filterTiles.every((filters) => filters === 1);
    return {
      entry: byRows ? 'directRows' : 'direct',
      input: 'window',
      workspace: {},
      items: (images, [depth, height, width]) =>
        images * depth * height * Math.max(1, Math.floor(width / PIECE)),
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

/**
 * Why packing the inputs pays, if it does.
 * @param more how many times as many pixel tiles there are along rows as in gemm, whose tiles continue in the next row
 */
function whyToPack(
  { filters, terms, width, channels, mapBytes }: Workload,
  more: number,
): string | undefined {
  // 1.5 for n1 g1 c32 f64 i64x64 k1x1
  const isPaged = mapBytes > 0 && mapBytes % PAGE === 0 && channels > CACHE_WAYS;
  // 1.2 to 2 for n1 g1 c256 f16 i80x80 k1x1, 1.23 for n1 g1 c480 f16 i8x14x14 k1x1x1
  const isFar = mapBytes >= PAGE && channels * Math.min(mapBytes, 2 * PAGE) >= 2 * PAGE * MANY_CHANNELS;
  if (isPaged || isFar) return `${channels} channels pages apart repay packing`;
  if (terms <= FEW_TERMS) return undefined;
  const isMany = filters > (terms <= SOME_TERMS ? MORE_FILTERS : MANY_FILTERS);
  const outputs = Math.min(width, LEAST_STRETCH * ROW_PIXELS);
  if (isMany || filters * terms > WEIGHTS_AN_OUTPUT * outputs)
    return `${filters} filters a group and ${terms} terms repay packing`;
  // 1.3 for n1 g1 c32 f32 i19x19 k3x3 s2x2, whose rows of nine outputs are two tiles each
  if ((more - 1) * productCost(filters, terms) > PACKING_BEYOND * terms)
    return `rows by themselves take ${more.toFixed(2)} times the tiles, which repays packing`;
  return undefined;
}
