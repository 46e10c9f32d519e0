// Transform: the tiles of Winograd's algorithm, which of them suits a problem, and what it costs.

import type { PerAxis } from '../../geometry/axis.js';
import type { KernelShape } from '../choice.js';

/** The tile of a problem. Nothing is transformed along its depth, but neighbouring outputs there share transformed inputs. */
export interface WinogradTile {
  /** as in the literature: F(outputs, taps) */
  readonly name: string;
  /** elements of a transformed tile */
  readonly elements: number;
  readonly outputs: Readonly<PerAxis>;
  /** outputs from one of a tile to the next */
  readonly gaps: Readonly<PerAxis>;
  /** taps along each axis that become one term */
  readonly taps: Readonly<PerAxis>;
  /** planes of inputs along the depth that go into an output */
  readonly planes: number;
  /** outputs along the depth that are computed at a time */
  readonly stretch: number;
  /** the estimated work in units of that of a sum without transforms: within 15 % of what was measured (Zen 3, V8 11.3) */
  readonly share: number;
}

/**
 * Taps along height and width, for which there are one or two outputs more; and quarters of a cycle that it takes to transform
 * four tiles of a term's inputs, and of a filter's outputs, measured with what memory costs.
 */
const kinds = [
  ['F(4x4, 3x3)', 3, 3, 900, 1100],
  ['F(3x3, 2x2)', 2, 2, 220, 520],
  ['F(4, 3) along the width', 1, 3, 135, 160],
] as const;

/** The transformed inputs and outputs of a block of tiles: they must stay in a second-level cache of 512 KB. */
export const TRANSFORMED_BYTES = 320 << 10;

/** Outputs along the depth that are computed at a time, at most: the planes that they share with the next are moved then. */
const STRETCH = 4;

/** Tiles that cover the outputs of a group of an image, along each axis; of dilated taps, as many as the dilation lie interleaved. */
export function tilesAlong(
  { outputs, gaps }: Pick<WinogradTile, 'outputs' | 'gaps'>,
  sizes: Readonly<PerAxis>,
): PerAxis {
  return sizes.map((size, axis) => {
    const gap = gaps[axis];
    return Math.ceil(size / (outputs[axis] * gap)) * gap;
  }) as PerAxis;
}

/** The tile of least work for a shape, if one fits. */
export function winogradTile(shape: KernelShape): WinogradTile | undefined {
  const { spacings, sizes, classes } = shape;
  const filters = shape.filters * classes;
  const [[deep, step], [, rowGap], [, gap]] = spacings;
  let best: WinogradTile | undefined;
  for (const [name, high, wide, inputWork, outputWork] of kinds) {
    const side = 2 * wide;
    const elements = high > 1 ? side * side : side;
    const outputs = [high > 1 ? high + 1 : 1, wide + 1] as const;
    let terms = shape.terms;
    let fits = true;
    for (const [axis, count] of [high, wide].entries()) {
      if (count === 1) continue;
      const [taps, gap] = spacings[axis + 1];
      const size = sizes[axis + 1];
      fits &&= taps >= count && size >= (count + 1) * gap && (count > 2 || gap === 1);
      terms = (terms / taps) * Math.ceil(taps / count);
    }
    // a wide layer's weights must serve many tiles, wherever these lie
    const isWide = 4 * elements * terms * filters > TRANSFORMED_BYTES;
    // one column of tiles along the depth, two, four …: short ones of small maps fill panels; without outputs depth is infinite
    for (let columns = 1, count = 0; fits && count !== 1; columns *= 2) {
      count = (!isWide && step && Math.ceil((sizes[0] | 0) / step / columns)) || 1;
      if (count > 1 && count * step > sizes[0]) continue;
      const tile = {
        name,
        elements,
        outputs: [count, ...outputs] as PerAxis,
        gaps: [count > 1 ? step : 1, high > 1 ? rowGap : 1, gap] as PerAxis,
        taps: [1, high, wide] as PerAxis,
        planes: deep || 1,
        stretch: Math.ceil(count / Math.ceil(count / STRETCH)),
      };
      const panels = Math.ceil(tilesAlong(tile, sizes).reduce((a, b) => a * b) / 8);
      const products = elements * productWork(Math.max(3, filters), terms) * count;
      const inputs = (terms / tile.planes) * (count + tile.planes - 1) * inputWork;
      const work = panels * (products + 2 * (inputs + outputWork * filters * count));
      const share = work / classes / sumWork(shape);
      if (!best || share < best.share) best = { ...tile, share };
    }
  }
  return best;
}

/**
 * Quarters of a cycle, in which there is room for a vector instruction, for a product of filters by terms by eight pixels: 27 a
 * term and five filters, and about 80 to begin and end such a tile.
 */
function productWork(filters: number, terms: number): number {
  return (filters / 5) * (27 * terms + 80);
}

/** The work of gemm, which packs the pixels for 24 a term, or of direct, which waits for them: 1.25 a term and filter. */
function sumWork({ filters, terms, depth, height, width }: KernelShape): number {
  const pixels = filters > 10 || width < 8 ? 24 : 1.25 * filters;
  return Math.ceil((depth * height * width) / 8) * (productWork(filters, terms) + pixels * terms);
}
