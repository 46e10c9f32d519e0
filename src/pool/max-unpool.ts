// Max unpooling: max_unpool1d, 2d and 3d of torch.nn.functional.

import { optionsObject, perAxis } from '../core/arguments.js';
import { asList, describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { hasNoStrides } from '../core/foreign.js';
import { product } from '../core/lists.js';
import { asTensor, type Shape, sameShape, type Tensor, type TensorLike } from '../core/tensor.js';
import { viewName } from '../core/typed-array.js';
import { arraysOverlap } from '../engine/heap.js';
import { inputTensor } from '../layers/call.js';
import { recording } from '../layers/recording.js';
import type { KernelSizes, Rank, Sizes } from '../problem/sizes.js';
import { outputTensor } from './call.js';
import type { MaxPoolIndices } from './options.js';

/** Options of `maxUnpool1d`, `maxUnpool2d`, `maxUnpool3d`, with torch's defaults. */
export interface MaxUnpoolOptions<R extends Rank> {
  /** the stride of the max pooling; default: the window size */
  stride?: Sizes<R> | null | undefined;
  /** the padding of the max pooling; default 0 */
  padding?: Sizes<R> | undefined;
  /** the output sizes, or an output shape with batch and channels; default (size − 1) · stride − 2 · padding + kernel size */
  outputSize?: readonly number[] | null | undefined;
  /** a tensor of the output's shape to write the result to, so that nothing is allocated */
  out?: Tensor | undefined;
}

/**
 * Puts each value at the place that an index names in its map, and zeros elsewhere, like torch.nn.functional.max_unpool1d: the partial
 * inverse of max pooling. Where indices are equal, the last value counts.
 *
 * @param x the values, (batch, channels, length) or (channels, length)
 * @param indices the indices that `maxPool1d` returned, of the same shape; or other whole numbers
 * @param kernelSize the window size of the max pooling
 * @param options stride, padding, outputSize, out
 * @returns the output, (batch, channels, output length), or without batch if the input has none
 * @throws RangeError for sizes and indices that torch rejects, with its message; TypeError for indices that are not whole numbers
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool1d.html
 * @example
 * import { functional as F } from 'convnd';
 * const [y, indices] = F.maxPool1d([[1, 5, 2, 4]], 2, { returnIndices: true });
 * console.log(F.maxUnpool1d(y, indices, 2).data.join()); // 0,5,0,4
 * console.log(F.maxUnpool1d(y, indices, 2, { outputSize: [5] }).data.join()); // 0,5,0,4,0
 */
export function maxUnpool1d(
  x: TensorLike,
  indices: TensorLike | MaxPoolIndices,
  kernelSize: KernelSizes<1>,
  options?: MaxUnpoolOptions<1>,
): Tensor {
  return maxUnpool(1, x, indices, kernelSize, options);
}

/**
 * The same in 2-D, like torch.nn.functional.max_unpool2d.
 *
 * @param x the values, (batch, channels, height, width) or (channels, height, width)
 * @param indices the indices that `maxPool2d` returned, of the same shape: row · width + column of the map that is restored
 * @param kernelSize the window size of the max pooling: one number for both axes, or height and width
 * @param options stride, padding, outputSize, out
 * @returns the output, (batch, channels, output height, output width), or without batch if the input has none
 * @throws RangeError for sizes and indices that torch rejects, with its message; TypeError for indices that are not whole numbers
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool2d.html
 * @example
 * import { functional as F } from 'convnd';
 * const [y, indices] = F.maxPool2d([[[1, 2], [9, 4]]], 2, { returnIndices: true });
 * console.log(indices.data, F.maxUnpool2d(y, indices, 2).data.join()); // Int32Array(1) [ 2 ] 0,0,9,0
 */
export function maxUnpool2d(
  x: TensorLike,
  indices: TensorLike | MaxPoolIndices,
  kernelSize: KernelSizes<2> | readonly [number],
  options?: MaxUnpoolOptions<2>,
): Tensor {
  return maxUnpool(2, x, indices, kernelSize, options);
}

/**
 * The same in 3-D, like torch.nn.functional.max_unpool3d.
 *
 * @param x the values, (batch, channels, depth, height, width) or (channels, depth, height, width)
 * @param indices the indices that `maxPool3d` returned, of the same shape
 * @param kernelSize the window size of the max pooling: one number for all axes, or depth, height and width
 * @param options stride, padding, outputSize, out
 * @returns the output, (batch, channels, output depth, output height, output width), or without batch if the input has none
 * @throws RangeError for sizes and indices that torch rejects, with its message; TypeError for indices that are not whole numbers
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool3d.html
 * @example
 * import { functional as F, tensor } from 'convnd';
 * const x = tensor(Float32Array.from({ length: 8 }, (_, i) => i), [1, 2, 2, 2]);
 * const [y, indices] = F.maxPool3d(x, 2, { returnIndices: true });
 * console.log(F.maxUnpool3d(y, indices, 2).data.join()); // 0,0,0,0,0,0,0,7
 */
export function maxUnpool3d(
  x: TensorLike,
  indices: TensorLike | MaxPoolIndices,
  kernelSize: KernelSizes<3> | readonly [number],
  options?: MaxUnpoolOptions<3>,
): Tensor {
  return maxUnpool(3, x, indices, kernelSize, options);
}

function maxUnpool(
  rank: Rank,
  x: TensorLike,
  indices: TensorLike | MaxPoolIndices,
  kernelSize: unknown,
  options: MaxUnpoolOptions<Rank> | undefined,
): Tensor {
  const name = `max_unpool${rank}d`;
  optionsObject(options, ['stride', 'padding', 'outputSize', 'out'], () => name);
  const input = inputTensor(x, () => name);
  const { shape } = input;
  const where: Where = () => `${name} of input ${describe(shape)}`;
  checkShape(rank, shape, where);
  const sizes = outputSizes(rank, shape, kernelSize, options, where);
  const places = placesOf(indices, shape, sizes, where);
  const outer = shape.slice(0, -rank);
  const y = outputTensor(options?.out, [...outer, ...sizes], input, where);
  if (arraysOverlap(places, y.data))
    refuse(where, 'out: shares memory with the indices; allocate it separately');
  const maps = product(outer);
  const [from, to] = [input.data, y.data];
  to.fill(0);
  eachPlace(places, maps, product(sizes), (place, i) => {
    to[place] = from[i];
  });
  const { recorder } = recording;
  if (!recorder) return y;
  // a copy, because user code may change the indices before backward
  const kept = Int32Array.from(places);
  recorder.copyingCalled({
    ...{ name: where, x, input, output: y },
    adjoint(ofOutput, ofInput) {
      eachPlace(kept, maps, product(sizes), (place, i) => {
        ofInput[i] = ofOutput[place];
      });
    },
  });
  return y;
}

/** Visits the place of each value in the output. */
function eachPlace(
  places: ArrayLike<number>,
  maps: number,
  size: number,
  visit: (place: number, i: number) => void,
): void {
  const each = places.length / maps;
  for (let map = 0, i = 0; map < maps; map++)
    for (let left = each; left > 0; left--, i++) visit(map * size + places[i], i);
}

/** Checks the rank, and that only the batch is empty. */
function checkShape(rank: Rank, shape: Shape, where: Where): void {
  if (shape.length !== rank + 1 && shape.length !== rank + 2) {
    refuse(
      where,
      `Input to max_unpooling${rank}d should be a ${rank + 1}d or ${rank + 2}d Tensor, but got a tensor with ${shape.length} dimensions.`,
    );
  }
  const empty = shape.lastIndexOf(0);
  if (empty >= shape.length - rank - 1) {
    refuse(
      where,
      `Expected input to have non-zero size for non-batch dimensions, but got ${asList(shape)} with dimension ${empty} being empty.`,
    );
  }
}

/** The output sizes: those of the options, if a pooling of that size has the input's size. */
function outputSizes(
  rank: Rank,
  shape: Shape,
  kernelSize: unknown,
  options: MaxUnpoolOptions<Rank> | undefined,
  where: Where,
): readonly number[] {
  const kernel = perAxis(kernelSize, 'kernel_size', rank, where);
  const stride = perAxis(options?.stride ?? kernel, 'stride', rank, where);
  const padding = perAxis(options?.padding ?? 0, 'padding', rank, where);
  checkPositive('kernel_size', kernel, where);
  checkPositive('stride', stride, where);
  const usual = kernel.map(
    (size, axis) => (shape[shape.length - rank + axis] - 1) * stride[axis] - 2 * padding[axis] + size,
  );
  const given: unknown = options?.outputSize ?? usual;
  if (!Array.isArray(given)) refuseKind(where, `output_size must be a list, but got ${describe(given)}`);
  if (given.length !== rank && given.length !== rank + 2) {
    refuse(
      where,
      `output_size should be a sequence containing ${rank} or ${rank + 2} elements, but it has a length of '${given.length}'`,
    );
  }
  const sizes = perAxis(given.slice(-rank), 'output_size', rank, where);
  sizes.forEach((size, axis) => {
    const [least, most] = [usual[axis] - stride[axis], usual[axis] + stride[axis]];
    if (size <= least || size >= most)
      refuse(
        where,
        `invalid output_size "${asList(sizes)}" (dim ${axis} must be between ${least} and ${most})`,
      );
  });
  checkPositive('output_size', sizes, where);
  return sizes;
}

function checkPositive(name: string, sizes: readonly number[], where: Where): void {
  if (sizes.some((size) => size < 1))
    refuse(where, `${name} should be greater than zero, but got ${asList(sizes)}`);
}

/** The checked indices. */
function placesOf(
  indices: TensorLike | MaxPoolIndices,
  shape: Shape,
  sizes: readonly number[],
  where: Where,
): Float32Array | Int32Array {
  const { data: rounded, shape: given } = asTensor(indices, 'indices', where);
  if (!sameShape(given, shape)) {
    refuse(
      where,
      `Expected shape of indices to be same as that of the input tensor (${asList(shape)}) but got indices tensor with shape: ${asList(given)}`,
    );
  }
  // float32 has no odd numbers beyond 2^24
  const { data } = indices as MaxPoolIndices;
  const places = viewName(data) === 'Int32Array' && hasNoStrides(indices as object) ? data : rounded;
  const size = product(sizes);
  for (let i = 0; i < places.length; i++) {
    const place = places[i];
    if (!Number.isInteger(place))
      refuseKind(where, `elements in indices should be type int64 but got: Float ${place}`);
    if (place < 0 || place >= size)
      refuse(where, `Found an invalid max index: ${place} (output volumes are of size ${sizes.join('x')})`);
  }
  return places;
}
