// Sizes: of blocks that can be transformed, and what of tables they need. assembly/fft has the same words.

/** The types of numbers, as the transforms need to know them. */
export type Precision = 'float32' | 'float64';

/** Bytes of a number. */
export const numberBytes = (precision: Precision): number => (precision === 'float32' ? 4 : 8);

/** Into how many parts the first level divides: as many as a vector has lanes. */
export const firstRadix = (precision: Precision): number => (precision === 'float32' ? 4 : 2);

/** The shortest row. */
const SHORTEST_ROW = 32;

/** The least rows of a column, if there is more than one. */
const SHORTEST_COLUMN = 4;

/** Whether rows may be so long: 2^a or 3·2^a. */
const isSize = (size: number, least: number): boolean => {
  const odd = size / (size & -size);
  return size >= least && (odd === 1 || (odd === 3 && size >= 3 * least));
};

/** The smallest size of a row that is not below `least`. */
export function rowSize(least: number): number {
  return nextSize(least, SHORTEST_ROW);
}

/** The smallest number of rows, or planes, that is not below `least`. */
export function columnSize(least: number): number {
  return least <= 1 ? 1 : nextSize(least, SHORTEST_COLUMN);
}

function nextSize(least: number, shortest: number): number {
  let size = shortest;
  while (size < least) size *= 2;
  const lower = (size / 4) * 3;
  return lower >= least && isSize(lower, shortest) ? lower : size;
}

/** Whether a level divides in three. */
export const isThreefold = (size: number): boolean => size % 3 === 0;

/** Depths of nodes that a tree needs for so many positions, 4^n or 2·4^n. */
export function depthsOf(positions: number): number {
  let depths = 0;
  for (; positions > 1; positions /= 4) depths++;
  return depths;
}

/** Positions below each tree: of a row of that length, or of so many rows. */
export function positionsOfRow(length: number, precision: Precision): number {
  return (length * numberBytes(precision)) / 32 / (isThreefold(length) ? 3 : 1);
}

export function positionsOfColumn(rows: number, precision: Precision): number {
  return rows === 1 ? 1 : rows / firstRadix(precision) / (isThreefold(rows) ? 3 : 1);
}

/** Bytes of a node: three powers, complex, a vector each. */
export const NODE_BYTES = 96;

/** Bytes of a tree of so many depths. */
export const treeBytes = (depths: number): number => (NODE_BYTES * (4 ** depths - 1)) / 3;
