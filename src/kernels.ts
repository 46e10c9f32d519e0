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
export type AlgorithmName = 'direct' | 'gemm';

/** One row: a macro-kernel, its register tile, and what it is for. */
export interface Algorithm {
  readonly name: AlgorithmName;
  /** filters and pixels of the register tile */
  readonly filters: number;
  readonly pixels: number;
  /** what an item is: a row of outputs, or a tile of pixels */
  readonly item: 'row' | 'tile';
  /** products summed in registers at most, before they are added to the output */
  readonly mostTerms: number;
  /** why it is taken */
  readonly reason: string;
  /** why it can't or shouldn't compute this, if so; a hint overrides the reasons in `unwise` */
  readonly unable: (shape: KernelShape) => string | undefined;
  readonly unwise: (shape: KernelShape) => string | undefined;
}

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
export const algorithms: readonly Algorithm[] = [direct, gemm];

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

/** Filter tiles of five and of four rows that cover the filters, with as few rows to spare as can be. */
export function filterTiles(filters: number): { fives: number; fours: number; rows: number } {
  const fours = (5 - (filters % 5)) % 5;
  const fives = (filters - 4 * fours) / 5;
  if (fives >= 0) return { fives, fours, rows: filters };
  // 1, 2, 3, 6, 7 and 11 are no sum of fives and fours
  const count = Math.ceil(filters / 4);
  return { fives: 0, fours: count, rows: 4 * count };
}
