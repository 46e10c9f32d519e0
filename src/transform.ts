// Transform: the tiles of Winograd's algorithm, which of them suits a problem, and what it costs.

import type { KernelShape } from './kernels.js';

type Axes = readonly [depth: number, height: number, width: number];

/** A kind of tiles. */
interface Kind {
  /** as in the literature: F(outputs, taps) */
  readonly name: string;
  /** inputs of a tile along the width */
  readonly side: number;
  /** elements of a transformed tile */
  readonly elements: number;
  /** outputs along height and width, and the taps that become one term; 1 and 1 where a tile does not cover the height */
  readonly outputs: readonly [number, number];
  readonly taps: readonly [number, number];
  /** quarters of a cycle to transform four tiles of a term's inputs, and of a filter's outputs, measured with what memory costs */
  readonly inputWork: number;
  readonly outputWork: number;
}

/** The tile of a problem. Nothing is transformed along its depth, but neighbouring outputs there share the transformed inputs. */
export interface WinogradTile extends Omit<Kind, 'outputs' | 'taps'> {
  readonly outputs: Axes;
  /** outputs from one of a tile to the next */
  readonly gaps: Axes;
  /** taps that become one term */
  readonly taps: number;
  /** planes of inputs along the depth that go into an output */
  readonly planes: number;
  /** outputs along the depth that are computed at a time */
  readonly stretch: number;
}

const kinds: readonly Kind[] = [
  {
    name: 'F(4x4, 3x3)',
    side: 6,
    elements: 36,
    outputs: [4, 4],
    taps: [3, 3],
    inputWork: 1400,
    outputWork: 850,
  },
  {
    name: 'F(3x3, 2x2)',
    side: 4,
    elements: 16,
    outputs: [3, 3],
    taps: [2, 2],
    inputWork: 500,
    outputWork: 500,
  },
  {
    name: 'F(4, 3) along the width',
    side: 6,
    elements: 6,
    outputs: [1, 4],
    taps: [1, 3],
    inputWork: 150,
    outputWork: 150,
  },
];

/** The transformed inputs and outputs of a block of tiles: they must stay in a second-level cache of 512 KB. */
export const TRANSFORMED_BYTES = 320 << 10;

/** Outputs along the depth that are computed at a time, at most: a plane or two of inputs are moved for each stretch. */
const STRETCH = 4;

/** Outputs along the depth of a tile at most: the planes that two tiles transform both are few beside these. */
const DEEPEST = 64;

/** Bytes that a tile takes transformed, of `terms` products and `rows` filters. */
export function tileBytes({ elements, stretch, planes }: WinogradTile, terms: number, rows: number): number {
  return 4 * elements * ((terms / planes) * (stretch + planes - 1) + rows * stretch);
}

/** Tiles that cover the outputs of a group of an image, and rows of tiles; of dilated taps, as many as the dilation lie interleaved. */
export function tileCounts({ outputs, gaps }: WinogradTile, sizes: Axes): { rows: number; tiles: number } {
  const [depth, height, width] = sizes.map((size, axis) => {
    const gap = gaps[axis] as number;
    return Math.ceil(size / ((outputs[axis] as number) * gap)) * gap;
  }) as [number, number, number];
  return { rows: depth * height, tiles: depth * height * width };
}

/** The tile of least work for a shape, if there is one. */
export function winogradTile(shape: KernelShape): WinogradTile | undefined {
  let best: WinogradTile | undefined;
  for (const kind of kinds) {
    for (const tile of tilesOf(kind, shape)) {
      if (!best || winogradWork(tile, shape) < winogradWork(best, shape)) best = tile;
    }
  }
  return best;
}

/** The tiles of a kind that fit a shape, of one output along the depth, two, three … */
function tilesOf(
  kind: Kind,
  { taps, gaps, depth, height, width, terms, filters }: KernelShape,
): WinogradTile[] {
  const fits = [height, width].every((size, i) => {
    const count = kind.taps[i] as number;
    const gap = gaps[i + 1] as number;
    return (
      count === 1 ||
      (taps[i + 1] === count && size >= (kind.outputs[i] as number) * gap && (count === 3 || gap === 1))
    );
  });
  if (!fits) return [];
  const size = kind.taps[0] * kind.taps[1];
  const [gap] = gaps;
  // a wide layer's weights must serve many tiles, and where these lie doesn't matter
  const wide = 4 * kind.elements * (terms / size) * filters > TRANSFORMED_BYTES;
  const most = wide || gap === 0 ? 1 : Math.max(1, Math.min(DEEPEST, Math.floor(depth / gap)));
  return Array.from({ length: most }, (_, index) => {
    const count = index + 1;
    return {
      ...kind,
      outputs: [count, ...kind.outputs],
      gaps: [count > 1 ? gap : 1, kind.taps[0] > 1 ? gaps[1] : 1, gaps[2]],
      taps: size,
      planes: gap > 0 ? taps[0] : 1,
      stretch: Math.ceil(count / Math.ceil(count / STRETCH)),
    };
  });
}

/**
 * Quarters of a cycle, in which there is room for a vector instruction, for a product of filters by terms by eight pixels: 27 a
 * term and five filters, and about 80 to begin and end such a tile.
 */
function productWork(filters: number, terms: number): number {
  return (filters / 5) * (27 * terms + 80);
}

/** The work of the better of gemm, which also packs the pixels, and direct, which waits for them. */
function sumWork({ filters, terms, depth, height, width }: KernelShape): number {
  const gemm = productWork(filters, terms) + 15 * terms;
  const direct = filters < 3 ? 16 * filters * terms : (filters / 5) * (32 * terms + 80);
  return Math.ceil((depth * height * width) / 8) * (width < 8 ? gemm : Math.min(gemm, direct));
}

/** The products of all elements, and the transforms. */
function winogradWork(tile: WinogradTile, { terms, filters, depth, height, width }: KernelShape): number {
  const [outputs] = tile.outputs;
  const panels = Math.ceil(tileCounts(tile, [depth, height, width]).tiles / 8);
  const inputs = (terms / tile.taps / tile.planes) * (outputs + tile.planes - 1);
  const products = tile.elements * productWork(Math.max(3, filters), terms / tile.taps) * outputs;
  return panels * (products + 2 * (tile.inputWork * inputs + tile.outputWork * filters * outputs));
}

/** The estimated work of a tile in units of that without a transform: within 15 % of what was measured (Zen 3, V8 11.3). */
export function winogradShare(tile: WinogradTile, shape: KernelShape): number {
  return winogradWork(tile, shape) / sumWork(shape);
}
