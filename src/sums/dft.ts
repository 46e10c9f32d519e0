// The discrete Fourier transform of arrays of any size along all axes, in float64. Registration needs it, because its period is the size of the
// picture. Convolutions can choose their length and use a faster one.

import { product } from '../core/lists.js';
import { complexZeros, dftLength, exchanged } from './dft-length.js';
import type { ComplexNumbers } from './dft-passes.js';

/** Numbers that are transformed at once. Two copies of them fit the second-level cache. */
const BLOCK = 8192;
/** The largest number of lines in a block. */
const LINES = 16;

/** X[k] = Σ_j x[j] · e^(-2πi·j·k/n) along every axis, in place. */
export function dft(x: ComplexNumbers, shape: readonly number[]): void {
  shape.forEach((n, axis) => {
    if (n > 1) transformAxis(x, n, product(shape.slice(axis + 1)));
  });
}

/** Σ_k X[k] · e^(2πi·j·k/n) along every axis, in place: the inverse transform without division by the number of elements. */
export function inverseDft(x: ComplexNumbers, shape: readonly number[]): void {
  dft(exchanged(x), shape);
}

/** Transforms lines of n elements that are `inner` numbers apart, several lines at a time in an interleaved copy. */
function transformAxis(x: ComplexNumbers, n: number, inner: number): void {
  const along = dftLength(n);
  const all = x.re.length / n;
  const lines = Math.min(all, LINES, Math.max(1, Math.floor(BLOCK / n)));
  const block = complexZeros(n * lines);
  const spare = complexZeros(n * lines);
  for (let line = 0; line < all; line += lines) {
    const starts = Array.from({ length: Math.min(lines, all - line) }, (_, i) => {
      const from = (line + i) % inner;
      return (line + i - from) * n + from;
    });
    copy(x, block, starts, n, inner, true);
    copy(x, along.transform(block, spare, starts.length), starts, n, inner, false);
  }
}

/**
 * Copies lines to the block or back. Element k of line i is at starts[i] + k · inner in the array and at k · lines + i in the block. Rows are
 * copied one after another, columns side by side, because the elements of one column may share a cache set. There are four loops, because
 * a single one with a branch in each iteration makes phaseCrossCorrelation of 200 x 200 numbers take 1.08 times as long.
 */
function copy(
  x: ComplexNumbers,
  block: ComplexNumbers,
  starts: readonly number[],
  n: number,
  inner: number,
  into: boolean,
): void {
  const count = starts.length;
  for (const [array, packed] of [
    [x.re, block.re],
    [x.im, block.im],
  ]) {
    if (inner === 1 && into) {
      for (let i = 0; i < count; i++)
        for (let k = 0, at = starts[i]; k < n; k++) packed[k * count + i] = array[at++];
    } else if (inner === 1) {
      for (let i = 0; i < count; i++)
        for (let k = 0, at = starts[i]; k < n; k++) array[at++] = packed[k * count + i];
    } else if (into) {
      for (let k = 0, to = 0; k < n; k++)
        for (let i = 0; i < count; i++) packed[to++] = array[starts[i] + k * inner];
    } else {
      for (let k = 0, from = 0; k < n; k++)
        for (let i = 0; i < count; i++) array[starts[i] + k * inner] = packed[from++];
    }
  }
}
