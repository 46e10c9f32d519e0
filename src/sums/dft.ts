// The discrete Fourier transform of arrays of any size along all axes, in float64. Registration needs it, because its period is the size of the
// picture. Convolutions can choose their length and use a faster one.

import { product } from '../core/lists.js';
import { complexZeros, dftLength, exchanged } from './dft-length.js';
import type { ComplexNumbers } from './dft-passes.js';
import { copyMatrix } from './orders.js';

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
  for (let line = 0, count = 0; line < all; line += count) {
    // rows are one after another, columns side by side
    const column = line % inner;
    count = Math.min(lines, inner > 1 ? inner - column : all - line);
    const from = (line - column) * n + column;
    const steps = [inner, inner > 1 ? 1 : n] as const;
    const packed = [count, 1] as const;
    for (const part of ['re', 'im'] as const)
      copyMatrix(n, count, x[part], from, steps, block[part], 0, packed);
    const done = along.transform(block, spare, count);
    for (const part of ['re', 'im'] as const)
      copyMatrix(n, count, done[part], 0, packed, x[part], from, steps);
  }
}
