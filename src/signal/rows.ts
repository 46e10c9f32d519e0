// Rows: lines of samples along one axis; the means and norms of those of float64.

import { product } from '../core/lists.js';
import type { Samples } from '../sums/samples.js';

/** The layout of rows along an axis: row (outer, inner) has its elements `inner` apart. */
export interface Rows {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

/** The rows along an axis of a shape. */
export function rowsOf(shape: readonly number[], axis: number): Rows {
  return { outer: product(shape.slice(0, axis)), size: shape[axis], inner: product(shape.slice(axis + 1)) };
}

/** Calls `visit` with the index of each row's first element and the row's index. */
export function eachRow({ outer, size, inner }: Rows, visit: (at: number, row: number) => void): void {
  for (let o = 0; o < outer; o++) for (let i = 0; i < inner; i++) visit(o * size * inner + i, o * inner + i);
}

/**
 * Subtracts the mean of each row, in float64. The first mean is rounded; the mean of the differences to it makes up for that, so equal
 * numbers leave exactly 0, and numbers far from 0 keep all their digits.
 */
export function centred({ data, shape }: Samples<'float64'>, axis: number): Samples<'float64'> {
  const rows = rowsOf(shape, axis);
  const result = new Float64Array(data.length);
  eachRow(rows, (at) => {
    const end = at + rows.size * rows.inner;
    let mean = 0;
    for (let i = at; i < end; i += rows.inner) mean += data[i] / rows.size;
    let sum = 0;
    for (let i = at; i < end; i += rows.inner) sum += data[i] - mean;
    // NaN if the mean is infinite
    const rest = sum / rows.size || 0;
    for (let i = at; i < end; i += rows.inner) result[i] = data[i] - mean - rest;
  });
  return { data: result, shape };
}

/** The 2-norm of each row, as samples with one element along the axis. */
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

/** A product over the norms of its factors, clamped to -1 … 1; 0 if a norm is 0. */
export function coefficient(product: number, norm1: number, norm2: number): number {
  if (norm1 === 0 || norm2 === 0) return 0;
  return Math.max(-1, Math.min(1, product / norm1 / norm2));
}
