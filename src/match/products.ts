// Products: sums of a template's numbers times those of every window, through the sums that all correlations go through.

import type { Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { AxisSum, Finish, Signal, SumRequest } from '../sums/request.js';
import { dtypeIn, type NumberArray, numbersOf } from '../sums/samples.js';
import { sums } from '../sums/sums.js';
import { roomFor } from './rooms.js';

/** Sizes of a map of scores: where a window lies within the image. */
export function mapSizes(image: readonly number[], template: readonly number[]): number[] {
  return image.slice(1).map((size, axis) => size - template[axis + 1] + 1);
}

/**
 * For each kernel, the sums of its products with all windows of the planes, over all channels.
 * @param planes of the type that the sums are made in
 * @param kernels of the same type, planes of the template's shape
 * @param shape of the kernels
 * @param use tells products apart that are needed at a time: others are lost
 * @param finish products that it took are not in the result
 */
export function productsOf(
  planes: Signal,
  kernels: readonly NumberArray[],
  shape: readonly number[],
  where: Where,
  use = 'products',
  finish?: Finish,
): NumberArray[] {
  const dtype = dtypeIn(kernels[0]);
  const isMany = kernels.length > 1;
  // an axis of one channel, and one of one kernel, are left out
  const from = planes.shape[0] > 1 ? 0 : 1;
  const counts = mapSizes(planes.shape, shape);
  const valid = (count: number): AxisSum => ({ first: 0, count, direction: 1 });
  const axes = [...(isMany ? ['each' as const] : []), ...[1, ...counts].slice(from).map(valid)];
  const request: SumRequest = { axes, border: 'nothing', method: 'auto', dtype, finish, where };
  const behind = shape.slice(from);
  const elements = product(behind);
  let kernel = kernels[0];
  if (isMany) {
    kernel = numbersOf(kernels.length * elements, dtype);
    kernels.forEach((numbers, i) => {
      kernel.set(numbers, i * elements);
    });
  }
  const windows = product(counts);
  const out = {
    data: roomFor(use, dtype, kernels.length * windows),
    shape: [...(isMany ? [kernels.length] : []), ...[1, ...counts].slice(from)],
  };
  sums(
    {
      signal: {
        get data() {
          return planes.data;
        },
        shape: [...(isMany ? [1] : []), ...planes.shape.slice(from)],
        source: planes.source,
      },
      kernel: { data: kernel, shape: [...(isMany ? [kernels.length] : []), ...behind] },
      out,
    },
    request,
  );
  return kernels.map((_, i) => out.data.subarray(i * windows, (i + 1) * windows));
}

/** The squares of numbers. A loop, as `map` takes ten times as long. */
export function squaresOf(numbers: NumberArray, use = 'squares of numbers'): Float64Array {
  const squares = roomFor(use, 'float64', numbers.length) as Float64Array;
  for (let i = 0; i < squares.length; i++) squares[i] = numbers[i] * numbers[i];
  return squares;
}
