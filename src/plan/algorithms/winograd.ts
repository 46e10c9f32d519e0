// The row `winograd`: kernels of stride one with fewer multiplications, which of the transforms suits a workload, and what it costs.

import { most } from '../../core/lists.js';
import type { PerAxis } from '../../geometry/axis.js';
import { F3X3_2X2, F4_3, F4X4_3X3, LINE, TILE_ENTRY, TILE_PIXELS, TILE_VECTORS } from '../../shared/sizes.js';
import { WinogradTask } from '../../shared/task.js';
import { LEAST_TILES, TRANSFORMED_BYTES } from '../caches.js';
import { inRegisterTiles, tileStarts } from '../filter-tiles.js';
import type { TapSet } from '../tap-sets.js';
import {
  type Algorithm,
  type CutWork,
  type DeskBytes,
  productCost,
  type WinogradTile,
  type Workload,
} from './algorithm.js';

export const winograd: Algorithm<'winograd'> = {
  name: 'winograd',
  reason: 'taps of step one: transformed tiles take fewer multiplications',
  // 512 terms in a row round to 7e-6 of the largest output, 256 to 4.1e-6, 192 to 3.5e-6 (npm run bench:error)
  mostTerms: 192,
  compares: true,
  offer: (load) => {
    if (load.channels === 0) return 'no channels';
    return cheapestTile(load) ?? 'no tile fits these taps and this map';
  },
  filterTiles: inRegisterTiles,
  variant: (work) => {
    const tile = work.tile as WinogradTile;
    const { channels } = work.convolution;
    const { tilesAtOnce, desk } = scratchOf(work, tile);
    const [inputs, outputs] = kernelsOf(tile);
    return {
      entry: 'winograd',
      about: '',
      kernels: [
        ...inputs,
        ...[...new Set(work.filterTiles)].map((filters) => `correlate${filters}x8`),
        ...outputs,
      ],
      pixels: TILE_PIXELS,
      input: 'window',
      desk,
      items: (sizes) => {
        const [deep, high] = tilesAlong(tile, sizes);
        return deep * high;
      },
      task: ({ terms, termsAtOnce }) =>
        Object.assign(new WinogradTask(), {
          transform: tile.transform,
          channels,
          kernels: terms / tile.planes / channels,
          kernelTaps: product(tile.taps),
          planes: tile.planes,
          elements: tile.elements,
          tileDepth: tile.outputs[0],
          tileHeight: tile.outputs[1],
          tileWidth: tile.outputs[2],
          depthGap: tile.gaps[0],
          heightGap: tile.gaps[1],
          widthGap: tile.gaps[2],
          depthAtOnce: tile.depthAtOnce,
          termsAtOnce,
          tilesAtOnce,
        }),
    };
  },
};

/** A transform, with what it costs in quarter cycles for four tiles, memory traffic included. */
interface Transform {
  readonly name: string;
  readonly transform: number;
  /** taps along height and width; an axis of t taps gives t + 1 outputs, one of 1 is not transformed */
  readonly high: number;
  readonly wide: number;
  /** to transform a term's inputs, and to transform a filter's products back */
  readonly inputCost: number;
  readonly outputCost: number;
  readonly kernels: readonly [inputs: readonly string[], outputs: readonly string[]];
}

const transforms: readonly Transform[] = [
  {
    ...{ name: 'F(4x4, 3x3)', transform: F4X4_3X3, high: 3, wide: 3, inputCost: 900, outputCost: 1100 },
    kernels: [
      ['inputRows4x3', 'inputColumns4x3'],
      ['outputColumns4x3', 'outputRows4x3'],
    ],
  },
  {
    ...{ name: 'F(3x3, 2x2)', transform: F3X3_2X2, high: 2, wide: 2, inputCost: 220, outputCost: 520 },
    kernels: [['input3x2'], ['output3x2']],
  },
  {
    ...{
      name: 'F(4, 3) along the width',
      transform: F4_3,
      high: 1,
      wide: 3,
      inputCost: 135,
      outputCost: 160,
    },
    kernels: [['inputRows4x3'], ['outputRows4x3']],
  },
];

function kernelsOf({ transform }: WinogradTile): Transform['kernels'] {
  return transforms[transform].kernels;
}

/** Outputs along the depth that are computed at a time, at most: the planes that they share with the next are moved then. */
const DEPTH_AT_ONCE = 4;

/** Tiles that cover the outputs of a group of an image along each axis; of dilated taps, as many as the dilation lie interleaved. */
export function tilesAlong(
  { outputs, gaps }: Pick<WinogradTile, 'outputs' | 'gaps'>,
  sizes: Readonly<PerAxis>,
): PerAxis {
  return sizes.map((size, axis) => Math.ceil(size / (outputs[axis] * gaps[axis])) * gaps[axis]) as PerAxis;
}

/** A tile with what it costs. */
export interface TileOffer {
  readonly tile: WinogradTile;
  /** within 15 % of what was measured, beside that of a row without transforms */
  readonly cost: number;
}

/** The tile of least cost for a workload, if one fits. */
export function cheapestTile(load: Workload): TileOffer | undefined {
  let best: TileOffer | undefined;
  for (const transform of transforms) {
    for (const offer of tilesOf(transform, load)) if (!best || offer.cost < best.cost) best = offer;
  }
  return best;
}

/** The tiles of a transform that fit: as deep as the map, half of that and so on, for short ones of small maps fill panels. */
function tilesOf(transform: Transform, load: Workload): TileOffer[] {
  const { spacings, sizes } = load;
  const { high, wide } = transform;
  if (!fits(high, 1, load) || !fits(wide, 2, load)) return [];
  const elements = high > 1 ? 2 * high * (2 * wide) : 2 * wide;
  const terms = termsOf(transform, load);
  const filters = load.filters * load.classes;
  const [[planes, depthGap], [, heightGap], [, widthGap]] = spacings;
  // a wide layer's weights must serve many tiles, wherever these lie; without outputs the depth is infinite
  const isWide = 4 * elements * terms * filters > TRANSFORMED_BYTES;
  const depth = isWide || !depthGap || !Number.isFinite(sizes[0]) ? 1 : sizes[0];
  const offers: TileOffer[] = [];
  for (let columns = 1, deep = 0; deep !== 1; columns *= 2) {
    deep = depthGap ? Math.max(1, Math.ceil(depth / depthGap / columns)) : 1;
    if (deep > 1 && deep * depthGap > sizes[0]) continue;
    const tile: WinogradTile = {
      name: transform.name,
      transform: transform.transform,
      elements,
      outputs: [deep, high > 1 ? high + 1 : 1, wide + 1],
      gaps: [deep > 1 ? depthGap : 1, high > 1 ? heightGap : 1, widthGap],
      taps: [1, high, wide],
      planes: planes || 1,
      depthAtOnce: Math.ceil(deep / Math.ceil(deep / DEPTH_AT_ONCE)),
    };
    offers.push({ tile, cost: costOf(tile, transform, load, terms) });
  }
  return offers;
}

/** Whether some taps along an axis fit the spacing of its taps and its outputs. */
function fits(count: number, axis: number, { spacings, sizes }: Workload): boolean {
  if (count === 1) return true;
  const [taps, gap] = spacings[axis];
  // threes of taps may lie apart, twos may not
  return taps >= count && sizes[axis] >= (count + 1) * gap && (count > 2 || gap === 1);
}

/** The terms of a transform: kernels of all channels and planes. */
function termsOf({ high, wide }: Transform, { terms, spacings }: Workload): number {
  let kernels = terms;
  for (const [axis, count] of [high, wide].entries()) {
    if (count === 1) continue;
    const [taps] = spacings[axis + 1];
    kernels = (kernels / taps) * Math.ceil(taps / count);
  }
  return kernels;
}

/** The cost of one class of outputs by a tile. */
function costOf(
  tile: WinogradTile,
  { inputCost, outputCost }: Transform,
  load: Workload,
  terms: number,
): number {
  const filters = load.filters * load.classes;
  const [depth] = tile.outputs;
  const panels = Math.ceil(product(tilesAlong(tile, load.sizes)) / TILE_PIXELS);
  const products = tile.elements * productCost(Math.max(3, filters), terms) * depth;
  const inputs = (terms / tile.planes) * (depth + tile.planes - 1) * inputCost;
  return (panels * (products + 2 * (inputs + outputCost * filters * depth))) / load.classes;
}

/** How many tiles are transformed together, and the scratch that this takes. */
function scratchOf(
  { slices, filterTiles, tapSets }: CutWork,
  tile: WinogradTile,
): { tilesAtOnce: number; desk: DeskBytes } {
  const { elements, planes, depthAtOnce } = tile;
  const terms = most(tapSets.map((set: TapSet) => set.terms));
  const packed = most(tileStarts(filterTiles));
  const tileBytes = 4 * elements * ((terms / planes) * (depthAtOnce + planes - 1) + packed * depthAtOnce);
  const fitting = Math.floor(TRANSFORMED_BYTES / tileBytes / TILE_PIXELS) * TILE_PIXELS;
  const least = 4 * elements * terms * packed > TRANSFORMED_BYTES ? LEAST_TILES : TILE_PIXELS;
  const counts = slices.map((list) => most(list.map(({ count }) => count))) as PerAxis;
  const all = TILE_PIXELS * Math.ceil(product(tilesAlong(tile, counts)) / TILE_PIXELS);
  const tilesAtOnce = Math.min(Math.max(fitting, least), all);
  return {
    tilesAtOnce,
    desk: {
      // a line lies between the elements of the inputs, and between those of the products
      transformed: tilesAtOnce * tileBytes + 2 * LINE * elements,
      halfTransformed: 16 * TILE_VECTORS,
      tileTable: TILE_ENTRY * tilesAtOnce,
    },
  };
}

function product(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a * b);
}
