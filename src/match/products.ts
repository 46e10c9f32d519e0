// Products: sums of a template's numbers times those of every window, through the sums that all correlations go through.

import type { Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { AxisSum, Finish, Signal } from '../sums/request.js';
import { dtypeIn, type NumberArray } from '../sums/samples.js';
import { sums } from '../sums/sums.js';
import { reusedArray } from './reused-arrays.js';

/** Sizes of a map of scores: where a window lies within the image. */
export function mapSizes(image: readonly number[], template: readonly number[]): number[] {
  return image.slice(1).map((size, axis) => size - template[axis + 1] + 1);
}

/** The windows of a template that lie within planes. */
export function windowsWithin(image: readonly number[], template: readonly number[]): AxisSum[] {
  return mapSizes(image, template).map((count) => ({ first: 0, count, direction: 1 }));
}

/**
 * The sums of a template's products with all windows of the planes, over all channels.
 * @param planes of the type that the sums are made in
 * @param kernel of the same type, planes of the shape
 * @param use tells products apart that are needed at a time: others are lost
 * @param finish products that it took are not in the result
 * @param axes others than the windows that lie within the planes
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
  // an axis of one channel is left out
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

/** The squares of numbers. A loop, as `map` takes ten times as long. */
export function squaresOf(numbers: NumberArray, use = 'squares of numbers'): Float64Array {
  const squares = reusedArray(use, 'float64', numbers.length) as Float64Array;
  for (let i = 0; i < squares.length; i++) squares[i] = numbers[i] * numbers[i];
  return squares;
}
