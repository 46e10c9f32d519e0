// Products: the correlation of a template with every window, computed by src/sums.

import type { Where } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import type { AxisSum, Finish, Signal } from '../../sums/request.js';
import { dtypeIn, type NumberArray } from '../../sums/samples.js';
import { sums } from '../../sums/sums.js';
import { reusedArray, reusedDoubles } from '../reused-arrays.js';

/** The shape of a map of scores: one score for each window within the image. */
export function mapSizes(image: readonly number[], template: readonly number[]): number[] {
  return image.slice(1).map((size, axis) => size - template[axis + 1] + 1);
}

/** The axes of a sum over the windows within the planes. */
export function windowsWithin(image: readonly number[], template: readonly number[]): AxisSum[] {
  return mapSizes(image, template).map((count) => ({ first: 0, count, direction: 1 }));
}

/**
 * The correlation of a template with all windows, summed over channels.
 * @param planes of the type that sums are computed in
 * @param kernel of the same type, as planes of `shape`
 * @param use results with different uses exist at the same time; a result is overwritten by the next one with its use
 * @param finish products that it takes are missing in the result
 * @param axes if not the windows within the planes
 */
export function productsOf(
  planes: Signal,
  kernel: NumberArray,
  shape: readonly number[],
  where: Where,
  use = 'products',
  {
    finish,
    axes = windowsWithin(planes.shape, shape),
  }: { finish?: Finish | undefined; axes?: readonly AxisSum[] } = {},
): NumberArray {
  const dtype = dtypeIn(kernel);
  // omits an axis of one channel
  const from = planes.shape[0] > 1 ? 0 : 1;
  const all = [{ first: 0, count: 1, direction: 1 } as const, ...axes].slice(from);
  const counts = all.map(({ count }) => count);
  const out = { data: reusedArray(use, dtype, product(counts)), shape: counts };
  const signal: Signal = {
    get data() {
      return planes.data;
    },
    shape: planes.shape.slice(from),
    source: planes.source,
  };
  sums(
    { signal, kernel: { data: kernel, shape: shape.slice(from) }, out },
    { axes: all, border: 'nothing', method: 'auto', dtype, finish, where },
  );
  return out.data;
}

/** The squares of numbers. A loop, because `map` takes ten times as long. */
export function squaresOf(numbers: NumberArray, use = 'squares of numbers'): Float64Array {
  const squares = reusedDoubles(use, numbers.length);
  for (let i = 0; i < squares.length; i++) squares[i] = numbers[i] * numbers[i];
  return squares;
}
