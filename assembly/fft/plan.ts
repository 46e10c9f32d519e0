// The structs of a transform: its tables and its block. src/spectrum/transform.ts writes both to memory.

/** Forward only: writes the spectrum to the transform's `spectrum`; the block is modified. */
export const FORWARD: i32 = 0;
/** Forward, product with a spectrum that `factors` has prepared, and inverse. */
export const PRODUCT: i32 = 1;
/** Inverse only, from the spectrum, which is overwritten. */
export const INVERSE: i32 = 2;

/** Bytes of a position: a vector of real parts and one of imaginary parts. Its lanes belong to the children of a row's first level. */
export const POSITION: usize = 32;

/** Bytes of a node of a tree: s, s squared and s cubed, each as a vector of real parts and one of imaginary parts. */
export const NODE: usize = 96;

// Tables: powers of roots, as float32 or float64. A node divides x^m - r into factors x^(m/4) - i^c s, where s^4 = r and c is the child.
// A tree is a table of nodes, depth after depth, so that a part of it serves every smaller size.

/** s, s squared, s cubed of x^m - i, which the first level divides: six numbers. */
export const FIRST: usize = 0;
/** A half, and half the root of three. */
export const HALVES: usize = 48;
/** s and s squared of a level that divides in three, s^3 = r: a lane for each child of the first level. */
export const THIRD: usize = 64;
/** Addresses of the trees: below the first level; below each child of a level that divides in three. */
export const TREES: usize = 128;

/** A block of numbers: contiguous planes of contiguous rows. A block of fewer axes has one plane, or one row. */
@unmanaged
export class Transform {
  tables: usize;
  /** spectrum of the kernel; or of the block */
  spectrum: usize;
  /** room for one row */
  work: usize;
  /** numbers of a row */
  length: i32;
  rows: i32;
  planes: i32;
  mode: i32;
  /** whether numbers are float32, not float64 */
  isSingle: bool;
}

/** Bytes of the prepared factors of a spectrum of a given size in bytes. */
// @ts-ignore: decorator
@inline
export function factorBytes(bytes: usize): usize {
  return bytes + (bytes >> 1);
}

/** Address of a node of a tree. */
// @ts-ignore: decorator
@inline
export function nodeOf(tree: usize, depth: i32, index: usize): usize {
  return tree + ((((<usize>1) << (2 * depth)) - 1) / 3 + index) * NODE;
}
