// Rows: the numbers along one axis of float64 samples, their means and their energies.

import { product } from '../core/lists.js';
import type { Samples } from '../sums/samples.js';

/** How the rows along an axis lie: row (outer, inner) has its elements `inner` apart. */
export interface Rows {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

/** The rows along an axis of a shape. */
export function rowsOf(shape: readonly number[], axis: number): Rows {
  return { outer: product(shape.slice(0, axis)), size: shape[axis], inner: product(shape.slice(axis + 1)) };
}

/** Calls with the place of each row's first element, and the row's number. */
export function eachRow({ outer, size, inner }: Rows, visit: (at: number, row: number) => void): void {
  for (let o = 0; o < outer; o++) for (let i = 0; i < inner; i++) visit(o * size * inner + i, o * inner + i);
}

/** The samples with the mean of each row taken away, in float64. */
export function centred({ data, shape }: Samples<'float64'>, axis: number): Samples<'float64'> {
  const rows = rowsOf(shape, axis);
  const result = new Float64Array(data.length);
  eachRow(rows, (at) => {
    const end = at + rows.size * rows.inner;
    let sum = 0;
    for (let i = at; i < end; i += rows.inner) sum += data[i];
    const mean = sum / rows.size;
    for (let i = at; i < end; i += rows.inner) result[i] = data[i] - mean;
  });
  return { data: result, shape };
}

/** The square root of each row's sum of squares, as samples with one element along the axis. */
export function normsAlong({ data, shape }: Samples<'float64'>, axis: number): Samples<'float64'> {
  const rows = rowsOf(shape, axis);
  const norms = new Float64Array(rows.outer * rows.inner);
  eachRow(rows, (at, row) => {
    const end = at + rows.size * rows.inner;
    let sum = 0;
    for (let i = at; i < end; i += rows.inner) sum += data[i] * data[i];
    norms[row] = Math.sqrt(sum);
  });
  return { data: norms, shape: shape.map((size, i) => (i === axis ? 1 : size)) };
}

/** A quotient of a product by the norms of what was multiplied: 0 where there is nothing to compare, never beyond ±1 by rounding. */
export function coefficient(product: number, norm1: number, norm2: number): number {
  if (norm1 === 0 || norm2 === 0) return 0;
  return Math.max(-1, Math.min(1, product / norm1 / norm2));
}
