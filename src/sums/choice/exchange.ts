// Exchanges signal and kernel if the kernel is longer and the signal is extended with zeros or nothing.

import { product } from '../../core/lists.js';
import { isZero } from '../borders/border.js';
import { isDense, type SumOperands, type SumRequest } from '../request.js';
import type { NumberArray, Samples } from '../samples.js';

/**
 * The request with signal and kernel exchanged, if that is less work and gives the same sums; else undefined.
 *
 *   Σ_k h[k] · X[first + o + k] = Σ_m X[m] · h[m - first - o]          a correlation, whose outputs run the other way
 *   Σ_k h[k] · X[first + o - k] = Σ_m X[m] · h[first + o - m]          a convolution is the same either way
 */
export function exchanged(
  { signal, kernel }: SumOperands,
  request: SumRequest,
): { request: SumRequest; backwards: boolean[] } | undefined {
  const { axes, border } = request;
  if (!isZero(border)) return undefined;
  const sizes = (shape: readonly number[]) =>
    product(shape.map((size, i) => (axes[i] === 'each' ? 1 : size)));
  if (sizes(kernel.shape) <= sizes(signal.shape)) return undefined;
  if (!axes.every((axis) => axis === 'each' || isDense(axis))) return undefined;
  // a zero times Infinity is NaN; a border of 'nothing' does not multiply
  if (border !== 'nothing' && !kernel.data.every((value) => Number.isFinite(value))) return undefined;
  const backwards = axes.map((axis) => axis !== 'each' && axis.direction === 1);
  const turned = axes.map((axis) =>
    axis === 'each' || axis.direction === -1 ? axis : { ...axis, first: 1 - axis.first - axis.count },
  );
  return { request: { ...request, axes: turned, border: 'nothing' }, backwards };
}

/** Reverses some axes of a tensor in place. */
export function turn({ data, shape }: Samples, backwards: readonly boolean[]): void {
  let inner = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis];
    if (backwards[axis] && size > 1)
      for (let from = 0; from < data.length; from += size * inner) turnLines(data, from, size, inner);
    inner *= size;
  }
}

/** Reverses the order of `size` lines of `inner` numbers. */
function turnLines(data: NumberArray, from: number, size: number, inner: number): void {
  for (let low = from, high = from + (size - 1) * inner; low < high; high -= 2 * inner)
    for (let i = 0; i < inner; i++, low++, high++) {
      const number = data[low];
      data[low] = data[high];
      data[high] = number;
    }
}
