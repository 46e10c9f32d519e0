// Winograd tiles: which transform suits a workload, the depth of its tiles, and the estimated cost.

import { FLOAT_BYTES } from '../../core/bytes.js';
import { product } from '../../core/lists.js';
import { mapAxes, type PerAxis } from '../../geometry/axis.js';
import {
  EIGHT_POINTS,
  EIGHT_POINTS_HIGH,
  F3X3_2X2,
  F4_3,
  F4_3_HIGH,
  F4X4_3X3,
  FAR_WEIGHTS,
  FAR_WEIGHTS_OF_PAIRS,
  HALF_TILE,
  LANES,
  TILE_PIXELS,
} from '../../shared/sizes.js';
import { LEAST_TILES, TRANSFORMED_BYTES } from '../caches.js';
import { LEAST_TILE_FILTERS, pairedFilters } from '../filter-tiles.js';
import { type AxisKernels, kernelsAlong } from '../transform-kernels.js';
import { panelsCost, type Transform, type WinogradTile, type Workload, weightCost } from './algorithm.js';

const transforms: readonly Transform[] = [
  { name: 'F(4x4, 3x3)', id: F4X4_3X3, high: 3, wide: 3, outputs: 4, inputCost: 900, outputCost: 1100 },
  { name: 'F(3x3, 2x2)', id: F3X3_2X2, high: 2, wide: 2, outputs: 3, inputCost: 220, outputCost: 520 },
  ...alongAxes(F4_3, F4_3_HIGH, 3, { outputs: 4, inputCost: 135, outputCost: 160 }),
  ...[3, 4, 5].flatMap((taps) => {
    const outputs = 9 - taps;
    // F(6, 3) rounds sums of 128 terms to 4.5e-6 of the largest output, the others sums of 192 terms
    const mostTerms = taps === 3 ? 64 : 128;
    const parts = { outputs, inputCost: 200, outputCost: 42 * outputs, mostTerms };
    return alongAxes(EIGHT_POINTS, EIGHT_POINTS_HIGH, taps, parts);
  }),
];

/** A transform of one axis, along the width and along the height. */
function alongAxes(
  wideId: number,
  highId: number,
  taps: number,
  parts: Omit<Transform, 'name' | 'id' | 'high' | 'wide'>,
): Transform[] {
  const name = `F(${parts.outputs}, ${taps}) along the`;
  return [
    { name: `${name} width`, id: wideId, high: 1, wide: taps, ...parts },
    { name: `${name} height`, id: highId, high: taps, wide: 1, ...parts },
  ];
}

/**
 * Numbers of outputs along the depth that may be computed at a time. The last step is moved back to end with the tile, so it computes some
 * outputs twice: the number that repeats the fewest is chosen. Transformed planes that the next step reads too are moved to the front.
 */
const DEPTHS_AT_ONCE = [4, 5, 6, 7];

/** The number of outputs along the depth that are computed, including repeated ones. */
function computedOf(depth: number, atOnce: number): number {
  return atOnce * Math.ceil(depth / atOnce);
}

/**
 * The number of tiles along each axis that cover `sizes`, the outputs of a group and image. If the outputs of a tile are `gap` apart, `gap`
 * tiles interleave.
 */
export function tilesAlong(
  { outputs, gaps }: Pick<WinogradTile, 'outputs' | 'gaps'>,
  sizes: Readonly<PerAxis>,
): PerAxis {
  return mapAxes(sizes, (size, axis) => Math.ceil(size / (outputs[axis] * gaps[axis])) * gaps[axis]);
}

/** Panels of eight tiles that cover the outputs of a group in some images. */
export function panelsOf(
  tile: Pick<WinogradTile, 'outputs' | 'gaps'>,
  sizes: Readonly<PerAxis>,
  images: number,
): number {
  return Math.ceil((images * product(tilesAlong(tile, sizes))) / TILE_PIXELS);
}

/** A tile and its cost. */
interface TileProposal {
  readonly tile: WinogradTile;
  /** in quarter cycles; its ratio to the cost of a direct algorithm is within 15 % of measurements */
  readonly cost: number;
}

/** The tile of least cost for a workload, if any fits. */
export function cheapestTile(workload: Workload): TileProposal | undefined {
  let best: TileProposal | undefined;
  for (const transform of transforms) {
    for (const proposal of tilesOf(transform, workload))
      if (!best || proposal.cost < best.cost) best = proposal;
  }
  return best;
}

/** The tiles of a transform that fit, with their costs; none if the transform does not support the taps. */
function tilesOf(transform: Transform, workload: Workload): TileProposal[] {
  const { spacings, sizes } = workload;
  const { high, wide, outputs } = transform;
  // tiles along the height are adjacent and read as vectors; with the axes exchanged, narrow maps took half of the time
  if (wide === 1 && sizes[2] < LANES) return [];
  if (transform.id >= EIGHT_POINTS && hasFewMaps(workload)) return [];
  const heights = partOf(high, outputs, 1, workload);
  const widths = partOf(wide, outputs, 2, workload);
  if (!heights || !widths) return [];
  const elements = heights.elements * widths.elements;
  const work: TileWork = {
    terms: workload.terms * heights.terms * widths.terms,
    products: workload.terms * heights.products * widths.products,
  };
  const [depths, { gap: heightGap }, { gap: widthGap }] = spacings;
  // planes are shared if neighbouring outputs read the same ones
  const [planes, depthGap] = depths.lines === 1 ? [depths.taps, depths.gap] : [1, 0];
  const weightBytes = FLOAT_BYTES * elements * work.terms * workload.filters * workload.classes;
  // weights that exceed the cache must serve many tiles, so flat tiles are best: there are the most of them
  const deep = weightBytes > TRANSFORMED_BYTES ? [1] : depthsOf(sizes[0], depthGap);
  return deep.map((depth) => {
    const atOnce = DEPTHS_AT_ONCE.reduce((a, b) => (computedOf(depth, b) < computedOf(depth, a) ? b : a));
    const tile: WinogradTile = {
      transform,
      elements,
      outputs: [depth, heights.outputs, widths.outputs],
      gaps: [depth > 1 ? depthGap : 1, high > 1 ? heightGap : 1, wide > 1 ? widthGap : 1],
      kernels: [null, heights.kernels, widths.kernels],
      planes,
      depthAtOnce: Math.min(depth, atOnce),
    };
    return { tile, cost: costOf(tile, workload, work) };
  });
}

/**
 * Whether there are so few channels and filters that the cost of eight points would be estimated too low: n1 g1 c3 f2 i256x256 k7x7 and
 * n1 g1 c4 f2 i256x256 k5x5 took 1.2 and 1.3 times as long as direct sums.
 */
function hasFewMaps({ channels, filters, classes }: Workload): boolean {
  const maps = filters * classes;
  return maps < LEAST_TILE_FILTERS || channels * maps <= 8;
}

/** The effect of a transform on one axis. */
interface AxisPart {
  readonly outputs: number;
  readonly elements: number;
  readonly kernels: AxisKernels | null;
  /** terms, and products of all elements, for one tap of the axis */
  readonly terms: number;
  readonly products: number;
}

/** An axis without a transform. */
const PLAIN: AxisPart = { outputs: 1, elements: 1, kernels: null, terms: 1, products: 1 };

/** The transform of `count` taps and a number of outputs along an axis; undefined if it does not support them, or saves nothing. */
function partOf(
  count: number,
  outputs: number,
  axis: number,
  { spacings, sizes }: Workload,
): AxisPart | undefined {
  if (count === 1) return PLAIN;
  const spacing = spacings[axis];
  const { gap, taps } = spacing;
  // three taps may be dilated, two may not
  if (gap === 0 || (count === 2 && gap > 1) || sizes[axis] < outputs * gap) return undefined;
  const kernels = kernelsAlong(spacing, count);
  if (!kernels) return undefined;
  // short kernels have no product at the last point
  const elements = outputs + count - 1;
  const products = elements * kernels.count - kernels.short;
  if (products >= outputs * taps) return undefined;
  return { outputs, elements, kernels, terms: kernels.count / taps, products: products / taps };
}

/**
 * The depths that a tile may have: the depth of the map, half of it and so on, down to one output. Outputs that are `gap` apart share
 * inputs, so deep tiles share the most. On small maps, only shallow tiles are numerous enough to fill panels.
 * @param outputs the depth of the map
 */
function depthsOf(outputs: number, gap: number): number[] {
  // taps without a common spacing have the gap 0; a map without outputs is infinitely deep
  if (gap === 0 || !Number.isFinite(outputs)) return [1];
  const depths: number[] = [];
  for (let divisor = 1; depths.at(-1) !== 1; divisor *= 2) {
    const depth = Math.max(1, Math.ceil(outputs / gap / divisor));
    if (depth === 1 || depth * gap <= outputs) depths.push(depth);
  }
  return depths;
}

/** The work for one tile of outputs. */
interface TileWork {
  /** kernels of the transform, in all channels and planes */
  readonly terms: number;
  /** products of all elements, for one filter and tile */
  readonly products: number;
}

/** The cost of computing one class of outputs by a tile; all classes share the transformed inputs. */
function costOf(tile: WinogradTile, workload: Workload, work: TileWork): number {
  const { inputCost, outputCost } = tile.transform;
  const { images } = workload;
  const filters = workload.filters * workload.classes;
  const depth = computedOf(tile.outputs[0], tile.depthAtOnce);
  const tiles = images * product(tilesAlong(tile, workload.sizes));
  const terms = work.products / tile.elements;
  const products = tile.elements * panelsCost(filters, terms, tiles) * depth;
  const inputs = (work.terms / tile.planes) * (tile.outputs[0] + tile.planes - 1) * inputCost;
  // four of the eight tiles of a panel are transformed at a time
  const transforms = 2 * Math.ceil(tiles / TILE_PIXELS) * (inputs + outputCost * filters * depth);
  const times = Math.ceil(tiles / LEAST_TILES);
  const isPaired = tiles <= HALF_TILE && pairedFilters(filters) > 0;
  const loading = weightCost(filters * work.products, times, isPaired ? FAR_WEIGHTS_OF_PAIRS : FAR_WEIGHTS);
  return (products + transforms + loading) / images / workload.classes;
}
