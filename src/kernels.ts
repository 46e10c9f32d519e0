// Kernels: the ordered table of algorithms. The first row that does not refuse a problem computes it.

/** The sizes that rows judge by; per group, and for the narrowest phase. */
export interface KernelShape {
  readonly channels: number;
  readonly filters: number;
  /** products of one output, at most */
  readonly terms: number;
  /** outputs in a row, at least */
  readonly width: number;
}

/** Names of the rows. */
export type AlgorithmName = 'depthwise' | 'direct' | 'gemm';

/** One row: a macro-kernel, its register tile, and what it is for. */
export interface Algorithm {
  readonly name: AlgorithmName;
  /** filters and pixels of the register tile */
  readonly filters: number;
  readonly pixels: number;
  /** what an item is: a map (all outputs of one filter), a row of outputs, or a tile of pixels */
  readonly item: 'map' | 'row' | 'tile';
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
  filters: 1,
  pixels: 4,
  item: 'map',
  mostTerms: Number.POSITIVE_INFINITY,
  reason: 'one channel a group: plane by plane, each staged just before it is read',
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
  filters: 5,
  pixels: 8,
  item: 'row',
  mostTerms: Number.POSITIVE_INFINITY,
  reason: 'few filters a group: the staged input is read in place, packing it would cost more than it saves',
  unable: ({ width }) => (width < 8 ? `rows of ${width} outputs are shorter than a tile of 8` : undefined),
  unwise: ({ filters }) => (filters > 10 ? `${filters} filters a group repay packing` : undefined),
};

const gemm: Algorithm = {
  name: 'gemm',
  filters: 5,
  pixels: 8,
  item: 'tile',
  // 512 rows of a panel are 16 KB, half of the smallest first cache
  mostTerms: 512,
  reason: 'a blocked product of packed weights and packed panels of the input, for every shape',
  unable: () => undefined,
  unwise: () => undefined,
};

/** The table, in order of preference. */
export const algorithms: readonly Algorithm[] = [depthwise, direct, gemm];

/** The choice for a shape: the row, and the rows before it with their reasons. */
export interface Choice {
  readonly algorithm: Algorithm;
  readonly refused: readonly { readonly name: AlgorithmName; readonly reason: string }[];
}

/**
 * Picks the first row that does not refuse, or the one that is asked for.
 * @throws RangeError if there is no such row, or it can't compute this
 */
export function choose(shape: KernelShape, hint?: AlgorithmName): Choice {
  if (hint !== undefined) {
    const algorithm = algorithms.find(({ name }) => name === hint);
    if (!algorithm)
      throw new RangeError(
        `no algorithm '${hint}', there are ${algorithms.map(({ name }) => name).join(', ')}`,
      );
    const reason = algorithm.unable(shape);
    if (reason) throw new RangeError(`algorithm '${hint}' can't compute this: ${reason}`);
    return { algorithm, refused: [] };
  }
  const refused: { name: AlgorithmName; reason: string }[] = [];
  for (const algorithm of algorithms) {
    const reason = algorithm.unable(shape) ?? algorithm.unwise(shape);
    if (!reason) return { algorithm, refused };
    refused.push({ name: algorithm.name, reason });
  }
  throw new Error('the last row of the table must take everything');
}

/** Filter tiles of five, four and one rows. */
export interface FilterTiles {
  readonly fives: number;
  readonly fours: number;
  readonly ones: number;
  readonly rows: number;
}

/** Filter tiles that cover the filters: of one where the kernel takes one, else of five and four with as few rows to spare as can be. */
export function filterTiles(filters: number, { filters: tile }: Algorithm): FilterTiles {
  if (tile === 1) return { fives: 0, fours: 0, ones: filters, rows: filters };
  const fours = (5 - (filters % 5)) % 5;
  const fives = (filters - 4 * fours) / 5;
  if (fives >= 0) return { fives, fours, ones: 0, rows: filters };
  // 1, 2, 3, 6, 7 and 11 are no sum of fives and fours
  const count = Math.ceil(filters / 4);
  return { fives: 0, fours: count, ones: 0, rows: 4 * count };
}
