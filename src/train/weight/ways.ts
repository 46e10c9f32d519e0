// The algorithms ("ways") of the weight gradient, with cost estimates, and the choice between them.

import { DOUBLE_BYTES, FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import { product, sum } from '../../core/lists.js';
import type { PerAxis } from '../../geometry/axis.js';
import type { WorkspaceBytes } from '../../plan/algorithms/algorithm.js';
import { inRegisterTiles, LEAST_TILE_FILTERS, tileStarts } from '../../plan/filter-tiles.js';
import { GRADIENT_TAPS, LANES, LINE, TILE_FILTERS, TILE_PIXELS } from '../../shared/sizes.js';
import { type RowOrder, restMasks } from './rows.js';

/** The names of the ways, which are those of their wasm entries. */
export type WayName = 'weightPairs' | 'weightPlanes' | 'weightQuads' | 'weightPanels';

/** The sizes that costs are estimated from: those of the largest block. */
interface WeightWork {
  readonly images: number;
  readonly groups: number;
  /** channels and filters of one group */
  readonly channels: number;
  readonly filters: number;
  /** kernel elements */
  readonly taps: number;
  /** the kernel has rows of three taps, and an output reads the rows of the one above, shifted by one */
  readonly rowsOfThree: boolean;
  /** whether neighbouring outputs of a row read inputs that are not neighbours */
  readonly isStrided: boolean;
  /** outputs along each axis */
  readonly sizes: Readonly<PerAxis>;
  /** elements of a whole map of the gradient */
  readonly map: number;
  /** elements of the window of one channel and image */
  readonly numbers: number;
}

/** A way, with its parameters for a given work. */
export interface Way {
  readonly entry: WayName;
  /** how the input is staged, as in a variant of src/plan */
  readonly input: 'window' | 'stagedPlane';
  /** whether the tap table has the taps of one channel; else those of all channels of a group */
  readonly isByChannel: boolean;
  /** entries of the tap table */
  readonly taps: number;
  readonly order: RowOrder;
  /** strides of the sums in bytes: of a channel (or a panel of channels), of a filter, and of a group */
  readonly sumsChannel: number;
  readonly sumsFilter: number;
  readonly sumsGroup: number;
  readonly items: number;
  readonly workspace: WorkspaceBytes;
  /** words of an additional table of this way */
  readonly tables: readonly number[];
  /** of weightPairs: see WeightPairsTask */
  readonly tapsAtOnce?: number;
  /** of weightPlanes: two rows of three taps are summed at a time, while there are two */
  readonly byTwoRows?: boolean;
  /** the number of maps that are interleaved in the packed window; 1 if it is not packed */
  readonly side: number;
  /** panels of channels per group, and bytes of one image of a panel; 0 if the window is not packed */
  readonly panels: number;
  readonly panelImage: number;
  /** bytes of all panels */
  readonly packed: number;
  /** estimated cycles */
  readonly cost: number;
}

/**
 * The most products that are summed in a float32 lane before the sum is added in float64. So the error of a gradient is that of a sum of
 * a few hundred terms, regardless of its length.
 */
const DOTS_STEPS = 256;
const PANEL_STEPS = 512;

/** Bytes of a register tile, which an entry stores before it adds the sums. */
const TILE_BYTES = FLOAT_BYTES * TILE_FILTERS * TILE_PIXELS;

/** The channels that are processed together. Their rows of a run, at least 4 KB each, stay in the L2 cache for all filters. */
const CHANNELS_AT_ONCE = 32;

/** The common parameters of the ways that vectorize along rows. */
const alongRows = {
  order: { step: LANES, mostSteps: DOTS_STEPS },
  tables: restMasks,
  side: 1,
  panels: 0,
  panelImage: 0,
  packed: 0,
} as const;

/** Estimated steps of all rows. A partial vector costs more than a whole one. */
function stepsOf({ images, sizes: [depths, heights, width] }: WeightWork): number {
  const rest = width % LANES > 0 ? 1.6 : 0;
  return images * depths * heights * (Math.floor(width / LANES) + rest + 2);
}

/** Two filters by four taps, vectorized along rows. */
function pairs(work: WeightWork): Way {
  const { groups, channels, filters, taps } = work;
  const rounded = LANES * Math.ceil((channels * taps) / LANES);
  const tapsAtOnce = LANES * Math.ceil((CHANNELS_AT_ONCE * taps) / LANES);
  const sumsFilter = DOUBLE_BYTES * (rounded + 1);
  const half = Math.ceil(filters / 2);
  return {
    ...alongRows,
    entry: 'weightPairs',
    input: 'window',
    workspace: { spareTile: TILE_BYTES },
    isByChannel: false,
    sumsChannel: DOUBLE_BYTES * taps,
    taps: rounded,
    tapsAtOnce,
    sumsFilter,
    sumsGroup: 2 * half * sumsFilter,
    items: groups * half * Math.ceil(rounded / tapsAtOnce),
    cost: groups * half * (rounded / LANES) * (5 * stepsOf(work) + 40),
  };
}

/** The taps of a filter that `planes` sums at a time, at least. If fewer are left, the last ones are filled up. */
const LEAST_TAPS = 3;

/** One filter by several taps of a channel, vectorized along rows. Each plane is staged right before it is read. */
function planes(work: WeightWork): Way {
  const { images, groups, channels, filters, taps, numbers, rowsOfThree, sizes } = work;
  const byTwoRows = rowsOfThree && sizes[2] <= LANES * DOTS_STEPS;
  const rounds = Math.ceil(taps / GRADIENT_TAPS);
  const rounded = byTwoRows ? taps : Math.max(taps, GRADIENT_TAPS * (rounds - 1) + LEAST_TAPS);
  // one more, since sums are added in pairs
  const sumsChannel = DOUBLE_BYTES * (rounded + 1);
  const sumsFilter = channels * sumsChannel;
  const ofPlane = filters * rounds * (4 * stepsOf(work) + 40 * images);
  return {
    ...alongRows,
    entry: 'weightPlanes',
    input: 'stagedPlane',
    // staging may write three elements past the end
    workspace: { spareTile: TILE_BYTES, plane: FLOAT_BYTES * numbers + LINE },
    isByChannel: true,
    byTwoRows,
    taps: rounded,
    sumsChannel,
    sumsFilter,
    sumsGroup: filters * sumsFilter,
    items: groups * channels,
    cost: groups * channels * ofPlane,
  };
}

/**
 * Like `planes`, but vectorized over four groups: there are no partial vectors, and no sums across lanes. The speed-up is 1.05 to 1.35 for
 * maps of 14 x 14 and 1.45 to 1.75 for 7 x 7. For large maps packing costs more than it saves. With a stride it copies number by number,
 * so it hardly ever pays: 0.88 of 5x5 kernels with stride 2 on maps of 28 x 28.
 */
function quads(work: WeightWork): Way {
  const { images, groups, channels, filters, isStrided, sizes, map, numbers } = work;
  const way = planes({ ...work, rowsOfThree: false });
  const items = Math.ceil(groups / LANES) * channels;
  const dots = Math.ceil(way.taps / GRADIENT_TAPS) * (4.8 * product(sizes) + 48);
  const packing = (isStrided ? 7 : 2.2) * numbers + 0.36 * filters * map;
  const packed = FLOAT_BYTES * LANES;
  return {
    ...way,
    entry: 'weightQuads',
    order: { step: 1, mostSteps: DOTS_STEPS },
    tables: [],
    side: LANES,
    items,
    workspace: {
      spareTile: TILE_BYTES,
      // a staged plane may extend two vectors past the end
      plane: packed * numbers + 2 * LINE,
      // transposition writes whole 4x4 tiles
      panel: packed * filters * map + LINE,
    },
    cost: items * images * (filters * dots + packing),
  };
}

/** Three to five filters by eight channels, one position at a time; undefined for fewer filters. */
function panels(work: WeightWork): Way | undefined {
  const { images, groups, channels, filters, taps, sizes, numbers } = work;
  if (filters < LEAST_TILE_FILTERS) return undefined;
  const tiles = inRegisterTiles(filters);
  const count = Math.ceil(channels / TILE_PIXELS);
  const panelImage = FLOAT_BYTES * TILE_PIXELS * LANES * Math.ceil(numbers / LANES);
  const sumsFilter = DOUBLE_BYTES * TILE_PIXELS * count * taps;
  const positions = images * product(sizes);
  const products =
    count *
    taps *
    sum(tiles.map((size) => (size + 0.3) * positions + 60 * Math.ceil(positions / PANEL_STEPS)));
  return {
    entry: 'weightPanels',
    input: 'window',
    isByChannel: true,
    sumsChannel: DOUBLE_BYTES * TILE_PIXELS * taps,
    taps,
    order: { step: 1, mostSteps: PANEL_STEPS },
    sumsFilter,
    sumsGroup: filters * sumsFilter,
    items: groups * tiles.length,
    side: TILE_PIXELS,
    workspace: {
      spareTile: TILE_BYTES,
      panel: FLOAT_BYTES * TILE_FILTERS * PANEL_STEPS + LINE,
      places: WORD_BYTES * PANEL_STEPS,
    },
    // the first filters of the tiles, and zeros as initial sums
    tables: [...tileStarts(tiles), ...new Array<number>(TILE_FILTERS).fill(0)],
    panels: count,
    panelImage,
    packed: groups * count * images * panelImage,
    cost: groups * (products + 0.5 * (images * TILE_PIXELS * count * numbers + filters * positions)),
  };
}

/**
 * The way with the lowest estimated cost.
 * @param preference forces a way
 * @throws Error if the forced way can't compute the work
 */
export function chosenWay(work: WeightWork, preference?: WayName): Way {
  const ways = [pairs(work), planes(work), quads(work), panels(work)].filter((way) => way !== undefined);
  const allowed = preference ? ways.filter(({ entry }) => entry === preference) : ways;
  if (allowed.length === 0) throw new Error(`${preference} can't compute this weight gradient`);
  return allowed.reduce((best, way) => (way.cost < best.cost ? way : best));
}
