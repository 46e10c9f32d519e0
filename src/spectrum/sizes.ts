// Block sizes that FFTs support, and the sizes of their tables, in the terms of assembly/fft.

import { DOUBLE_BYTES, FLOAT_BYTES } from '../core/bytes.js';

/** The precision of a transform. */
export type Precision = 'float32' | 'float64';

/** Bytes of a number. */
export const numberBytes = (precision: Precision): number =>
  precision === 'float32' ? FLOAT_BYTES : DOUBLE_BYTES;

/** The radix of the first level: the number of lanes of a vector. */
export const firstRadix = (precision: Precision): number => (precision === 'float32' ? 4 : 2);

/** The shortest row. */
const SHORTEST_ROW = 32;

/** The smallest number of rows, if there is more than one. */
const SHORTEST_COLUMN = 4;

/** The smallest row size that is at least `least`. */
export function rowSize(least: number): number {
  return nextSize(least, SHORTEST_ROW);
}

/** The smallest number of rows or planes that is at least `least`. */
export function columnSize(least: number): number {
  return least <= 1 ? 1 : nextSize(least, SHORTEST_COLUMN);
}

/** The smallest size that is at least `least`: `shortest` times 2^a or 3·2^a. */
function nextSize(least: number, shortest: number): number {
  let size = shortest;
  while (size < least) size *= 2;
  const lower = (size / 4) * 3;
  return lower >= Math.max(least, 3 * shortest) ? lower : size;
}

/** Whether a transform has a radix-3 level. */
export const isThreefold = (size: number): boolean => size % 3 === 0;

/** The depth of the tree for 4^n or 2·4^n positions. */
export function depthsOf(positions: number): number {
  let depths = 0;
  for (; positions > 1; positions /= 4) depths++;
  return depths;
}

/** The number of positions at the leaves of a tree, for a row of this length and for a number of rows. */
export function positionsOfRow(length: number, precision: Precision): number {
  return (length * numberBytes(precision)) / 32 / (isThreefold(length) ? 3 : 1);
}

export function positionsOfColumn(rows: number, precision: Precision): number {
  return rows === 1 ? 1 : rows / firstRadix(precision) / (isThreefold(rows) ? 3 : 1);
}

/** Bytes of a node: three complex powers, with a vector for each real and each imaginary part. */
export const NODE_BYTES = 96;

/** Bytes of a tree of a given depth. */
export const treeBytes = (depths: number): number => (NODE_BYTES * (4 ** depths - 1)) / 3;
