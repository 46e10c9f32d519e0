// Ways to sum the products of a weight gradient, and the choice between them.

import { DOUBLE_BYTES, FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import { product, sum } from '../../core/lists.js';
import type { PerAxis } from '../../geometry/axis.js';
import type { WorkspaceBytes } from '../../plan/algorithms/algorithm.js';
import { inRegisterTiles, LEAST_TILE_FILTERS, tileStarts } from '../../plan/filter-tiles.js';
import { LANES, LINE, TILE_FILTERS, TILE_PIXELS } from '../../shared/sizes.js';
import { type RowOrder, restMasks } from './rows.js';

/** Their names, which are those of their entries. */
export type WayName = 'weightPairs' | 'weightPlanes' | 'weightQuads' | 'weightPanels';

/** What ways judge by: the largest block. */
export interface WeightWork {
  readonly images: number;
  readonly groups: number;
  /** of one group */
  readonly channels: number;
  readonly filters: number;
  /** kernel elements */
  readonly taps: number;
  /** outputs along each axis */
  readonly sizes: Readonly<PerAxis>;
  /** of a whole map of the gradient */
  readonly map: number;
  /** of the window of one channel and image */
  readonly numbers: number;
}

/** A way, made for a work. */
export interface Way {
  readonly entry: WayName;
  /** as of a variant of the layers' table */
  readonly input: 'window' | 'plane';
  /** taps are those of one channel, else of all channels of a group */
  readonly isByChannel: boolean;
  /** offsets in the table of taps */
  readonly taps: number;
  readonly order: RowOrder;
  /** bytes of the sums of one channel of a filter, or of a panel of channels, of a filter, and of a group's filters */
  readonly sumsChannel: number;
  readonly sumsFilter: number;
  readonly sumsGroup: number;
  readonly items: number;
  readonly workspace: WorkspaceBytes;
  /** words of a table that is its own */
  readonly tables: readonly number[];
  /** as in WeightPairsTask and WeightPlanesTask */
  readonly tapsAtOnce: number;
  /** maps that the window is packed into side by side; 1 where it is read as it is */
  readonly side: number;
  /** panels of channels of a group, and bytes of an image of one; none where the window is read as it is */
  readonly panels: number;
  readonly panelImage: number;
  /** bytes of all panels */
  readonly packed: number;
  /** estimated cycles */
  readonly cost: number;
}

/**
 * Products that are summed in a lane, at most, before the sum is added to others in float64. So the error of a gradient is that of a few
 * hundred terms, however many it has.
 */
const DOTS_STEPS = 256;
const PANEL_STEPS = 512;

/** Bytes of a register tile, which an entry stores before its sums are added. */
const TILE_BYTES = FLOAT_BYTES * TILE_FILTERS * TILE_PIXELS;

/** Channels whose rows of a run, four kilobytes each and more, stay in a second-level cache while all filters meet them. */
const CHANNELS_AT_ONCE = 32;

/** What the ways have in common whose lanes lie along rows. */
const alongRows = {
  order: { step: LANES, mostSteps: DOTS_STEPS },
  tables: restMasks,
  side: 1,
  panels: 0,
  panelImage: 0,
  packed: 0,
} as const;

/** Vectors of all rows; a rest takes longer than a whole vector. */
function stepsOf({ images, sizes: [depths, heights, width] }: WeightWork): number {
  const rest = width % LANES > 0 ? 1.6 : 0;
  return images * depths * heights * (Math.floor(width / LANES) + rest + 2);
}

/** Two filters by four taps, lanes along rows. */
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

/** Taps that a filter meets at a time where planes are read one by one: more, if there are more. */
const FEW_TAPS = 3;
const MORE_TAPS = 5;

/** One filter by some taps of a channel, lanes along rows. Each plane is staged right before it is read. */
function planes(work: WeightWork): Way {
  const { images, groups, channels, filters, taps, numbers } = work;
  const tapsAtOnce = taps <= FEW_TAPS ? FEW_TAPS : MORE_TAPS;
  const rounded = tapsAtOnce * Math.ceil(taps / tapsAtOnce);
  // sums are added two by two
  const sumsChannel = DOUBLE_BYTES * (rounded + 1);
  const sumsFilter = channels * sumsChannel;
  const ofPlane = filters * (rounded / tapsAtOnce) * (4 * stepsOf(work) + 40 * images);
  return {
    ...alongRows,
    entry: 'weightPlanes',
    input: 'plane',
    // staging may write three numbers past the end
    workspace: { spareTile: TILE_BYTES, plane: FLOAT_BYTES * numbers + LINE },
    isByChannel: true,
    taps: rounded,
    tapsAtOnce,
    sumsChannel,
    sumsFilter,
    sumsGroup: filters * sumsFilter,
    items: groups * channels,
    cost: groups * channels * ofPlane,
  };
}

/**
 * The same of four groups side by side, lanes along these: no rest of a row takes longer, and no lanes are summed. For small maps, 1.3 at
 * 14 x 14 and 1.45 at 7 x 7; of large ones packing takes more than that saves: 0.7 of g64 c64 f64 i56x56 k3x3 s2x2 p1x1.
 */
function quads(work: WeightWork): Way {
  const { images, groups, channels, filters, sizes, map, numbers } = work;
  const way = planes(work);
  const items = Math.ceil(groups / LANES) * channels;
  const dots = (way.taps / way.tapsAtOnce) * (4 * product(sizes) + 40);
  const packing = 1.8 * numbers + 0.3 * filters * map;
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
      // a staged plane has up to two vectors more
      plane: packed * numbers + 2 * LINE,
      // squares of four positions are whole
      panel: packed * filters * map + LINE,
    },
    cost: items * images * (filters * dots + packing),
  };
}

/** Three to five filters by eight channels, position by position; undefined for fewer filters. */
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
    tapsAtOnce: taps,
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
    // the filters of the tiles, and zeros that sums begin with
    tables: [...tileStarts(tiles), ...new Array<number>(TILE_FILTERS).fill(0)],
    panels: count,
    panelImage,
    packed: groups * count * images * panelImage,
    cost: groups * (products + 0.5 * (images * TILE_PIXELS * count * numbers + filters * positions)),
  };
}

/**
 * The way that is estimated to be the fastest.
 * @param preference this one instead
 * @throws Error where that can't compute the work
 */
export function chosenWay(work: WeightWork, preference?: WayName): Way {
  const ways = [pairs(work), planes(work), quads(work), panels(work)].filter((way) => way !== undefined);
  const allowed = preference ? ways.filter(({ entry }) => entry === preference) : ways;
  if (allowed.length === 0) throw new Error(`${preference} can't compute this weight gradient`);
  return allowed.reduce((best, way) => (way.cost < best.cost ? way : best));
}
