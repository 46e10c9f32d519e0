// Kernels: the ordered table of algorithms. The first row that does not refuse a problem computes it.

import type { PerAxis } from '../geometry/axis.js';
import { type WinogradTile, winogradTile } from './algorithms/winograd.js';
import type { Spacing } from './tap-sets.js';

/** The sizes that rows judge by; per group, and for the smallest phase. */
export interface KernelShape {
  readonly channels: number;
  readonly filters: number;
  /** products of one output, at most */
  readonly terms: number;
  /** outputs of a group of an image */
  readonly depth: number;
  readonly height: number;
  readonly width: number;
  /** of depth, height and width */
  readonly spacings: readonly [Spacing, Spacing, Spacing];
  /** classes of outputs whose taps are spaced alike, so that they can share transformed inputs */
  readonly classes: number;
  /** outputs along each axis that are computed then */
  readonly sizes: Readonly<PerAxis>;
}

/** Names of the rows. */
export type AlgorithmName = 'depthwise' | 'direct' | 'winograd' | 'gemm';

/** One row: a macro-kernel, its register tile, and what it is for. */
export interface Algorithm {
  readonly name: AlgorithmName;
  /** outputs along a row of the register tile */
  readonly pixels: number;
  /** what an item is: a map (all outputs of one filter), a row of outputs, a row of tiles, or a tile of pixels */
  readonly item: 'map' | 'row' | 'tile row' | 'tile';
  /** the tiles of a transform, for kernels that have one */
  readonly tile?: (shape: KernelShape) => WinogradTile | undefined;
  /** products summed in registers at most, before they are added to the output */
  readonly mostTerms: number;
  /** why it is taken */
  readonly reason: string;
  /** why it can't or shouldn't compute this, if so; a hint overrides the reasons in `unwise` */
  readonly unable: (shape: KernelShape) => string | undefined;
  readonly unwise: (shape: KernelShape) => string | undefined;
}

const depthwise: Algorithm = {
  name: 'depthwise',
  pixels: 4,
  item: 'map',
  mostTerms: Number.POSITIVE_INFINITY,
  reason: 'one channel a group: plane by plane in the first cache',
  unable: ({ channels, width }) =>
    channels !== 1
      ? `${channels} channels a group`
      : width < 4
        ? `rows of ${width} outputs are shorter than a vector of 4`
        : undefined,
  unwise: ({ filters }) => (filters > 3 ? `${filters} filters a channel share its inputs` : undefined),
};

const direct: Algorithm = {
  name: 'direct',
  pixels: 8,
  item: 'row',
  mostTerms: Number.POSITIVE_INFINITY,
  reason: 'few filters or terms: packing the input would not pay',
  unable: ({ width, filters }) => {
    const tile = filters < 3 ? 16 : 8;
    return width < tile ? `rows of ${width} outputs are shorter than a tile of ${tile}` : undefined;
  },
  unwise: ({ filters, terms }) =>
    filters > 10 && terms > 32 ? `${filters} filters a group and ${terms} terms repay packing` : undefined,
};

const winograd: Algorithm = {
  name: 'winograd',
  pixels: 8,
  item: 'tile row',
  tile: winogradTile,
  // 512 terms in a row round to 7e-6 of the largest output, 256 to 4.1e-6, 192 to 3.5e-6 (npm run bench:error)
  mostTerms: 192,
  reason: 'taps of step one: transformed tiles take fewer multiplications',
  unable: (shape) => {
    if (shape.channels === 0) return 'no channels';
    return winogradTile(shape) ? undefined : 'no tile fits these taps and this map';
  },
  unwise: (shape) => {
    const { share } = winogradTile(shape) as WinogradTile;
    return share > 1 ? `estimated at ${share.toFixed(2)} times the work of a direct sum` : undefined;
  },
};

const gemm: Algorithm = {
  name: 'gemm',
  pixels: 8,
  item: 'tile',
  // 512 rows of a panel are 16 KB, half of the smallest first cache
  mostTerms: 512,
  reason: 'packed weights by packed inputs, for every shape',
  unable: () => undefined,
  unwise: () => undefined,
};

/** The table, in order of preference. */
export const algorithms: readonly Algorithm[] = [depthwise, winograd, direct, gemm];

/** Whether Winograd's algorithm may be taken where it is faster ('auto'), or sums are always direct ('never'). */
export type Winograd = 'auto' | 'never';

/** What a caller wants of the choice. */
export interface Wish {
  /** this row and no other */
  readonly algorithm?: AlgorithmName | undefined;
  /** 'never' leaves the row `winograd` out */
  readonly winograd?: Winograd | undefined;
}

/** The choice for a shape: the row, and the rows before it with their reasons. */
export interface Choice {
  readonly algorithm: Algorithm;
  readonly refused: readonly { readonly name: AlgorithmName; readonly reason: string }[];
}

/** The row that is asked for can't compute this. */
export class UnableError extends RangeError {}

/**
 * Picks the first row that does not refuse, or the one that is asked for.
 * @throws RangeError if there is no such row, UnableError if it can't compute this
 */
export function choose(
  shape: KernelShape,
  { algorithm: hint, winograd: wanted = 'auto' }: Wish = {},
): Choice {
  if (hint !== undefined) {
    const algorithm = algorithms.find(({ name }) => name === hint);
    if (!algorithm)
      throw new RangeError(
        `no algorithm '${hint}', there are ${algorithms.map(({ name }) => name).join(', ')}`,
      );
    const reason = algorithm.unable(shape);
    if (reason) throw new UnableError(`algorithm '${hint}' can't compute this: ${reason}`);
    return { algorithm, refused: [] };
  }
  const refused: { name: AlgorithmName; reason: string }[] = [];
  const taken = algorithms.find(({ name, unable, unwise }) => {
    const off = name === 'winograd' && wanted === 'never' ? 'switched off' : undefined;
    const reason = off ?? unable(shape) ?? unwise(shape);
    if (reason) refused.push({ name, reason });
    return !reason;
  });
  // the last row takes everything
  return { algorithm: taken as Algorithm, refused };
}

/**
 * The first row of each filter tile, and the rows of all. They cover the filters exactly, as few as can be, fives first; only one or
 * two filters may have rows to spare.
 */
export function filterTiles(filters: number, { name }: Algorithm): number[] {
  const alone = name === 'depthwise' || (name === 'direct' && filters < 3);
  const tiles = [0];
  for (let row = 0; row < filters; tiles.push(row)) {
    const left = filters - row;
    const inFours = 4 * ((5 - (left % 5)) % 5);
    // 3, 6, 7 and 11 are no sum of fives and fours
    const threes = left !== inFours && (left < 3 || left % 3 === 0);
    row += alone ? 1 : left > inFours ? 5 : threes ? 3 : 4;
  }
  return tiles;
}
