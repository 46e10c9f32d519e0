// Max pooling: max_pool1d, 2d and 3d of torch.nn.functional.

import type { Tensor, TensorLike } from '../core/tensor.js';
import type { KernelSizes } from '../problem/sizes.js';
import { evenPool } from './call.js';
import type { AnyPoolOptions, MaxPoolIndices, MaxPoolIndicesOptions, MaxPoolOptions } from './options.js';

/**
 * 1-D max pooling, like torch.nn.functional.max_pool1d. Padding is −Infinity; the maximum of a window with a NaN is NaN.
 *
 * @param x the input, (batch, channels, length) or (channels, length)
 * @param kernelSize the size of a window
 * @param options stride (default: the window size), padding, dilation, ceilMode, returnIndices, out
 * @returns the output, (batch, channels, output length), or without batch if the input has none. With `returnIndices` a list of it and
 * the index of each maximum in its map, for `maxUnpool1d`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool1d.html
 * @example
 * import { functional as F } from 'convnd';
 * console.log(F.maxPool1d([[1, 5, 2, 4]], 2).data.join()); // 5,4
 * const [y, indices] = F.maxPool1d([[1, 5, 2, 4]], 2, { returnIndices: true });
 * console.log(y.data.join(), indices.data.join()); // 5,4 1,3
 */
export function maxPool1d(
  x: TensorLike,
  kernelSize: KernelSizes<1>,
  options: MaxPoolIndicesOptions<1>,
): [output: Tensor, indices: MaxPoolIndices];
export function maxPool1d(x: TensorLike, kernelSize: KernelSizes<1>, options?: MaxPoolOptions<1>): Tensor;
export function maxPool1d(x: TensorLike, kernelSize: KernelSizes<1>, options?: AnyPoolOptions): unknown {
  return evenPool('max', 1, x, kernelSize, options);
}

/**
 * 2-D max pooling, like torch.nn.functional.max_pool2d. Padding is −Infinity; the maximum of a window with a NaN is NaN.
 *
 * @param x the input, (batch, channels, height, width) or (channels, height, width)
 * @param kernelSize one number for both axes, or height and width
 * @param options stride (default: the window size), padding, dilation, ceilMode, returnIndices, out
 * @returns the output, (batch, channels, output height, output width), or without batch if the input has none. With `returnIndices` a list of it and
 * the index of each maximum in its map, for `maxUnpool2d`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html
 * @example
 * import { functional as F } from 'convnd';
 * const x = [[[1, 2, 3], [4, 9, 6], [7, 8, 5]]];
 * console.log(F.maxPool2d(x, 2, { stride: 1 }).data.join()); // 9,9,9,9
 * console.log(F.maxPool2d(x, 3, { stride: 2, padding: 1 }).data.join()); // 9,9,9,9
 * console.log(F.maxPool2d(x, 2, { ceilMode: true }).data.join()); // 9,6,8,5
 */
export function maxPool2d(
  x: TensorLike,
  kernelSize: KernelSizes<2> | readonly [number],
  options: MaxPoolIndicesOptions<2>,
): [output: Tensor, indices: MaxPoolIndices];
export function maxPool2d(
  x: TensorLike,
  kernelSize: KernelSizes<2> | readonly [number],
  options?: MaxPoolOptions<2>,
): Tensor;
export function maxPool2d(
  x: TensorLike,
  kernelSize: KernelSizes<2> | readonly [number],
  options?: AnyPoolOptions,
): unknown {
  return evenPool('max', 2, x, kernelSize, options);
}

/**
 * 3-D max pooling, like torch.nn.functional.max_pool3d. Padding is −Infinity; the maximum of a window with a NaN is NaN.
 *
 * @param x the input, (batch, channels, depth, height, width) or (channels, depth, height, width)
 * @param kernelSize one number for all axes, or depth, height and width
 * @param options stride (default: the window size), padding, dilation, ceilMode, returnIndices, out
 * @returns the output, (batch, channels, output depth, output height, output width), or without batch if the input has none. With `returnIndices` a list of it and
 * the index of each maximum in its map, for `maxUnpool3d`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool3d.html
 * @example
 * import { functional as F, tensor } from 'convnd';
 * const x = tensor(Float32Array.from({ length: 8 }, (_, i) => i), [1, 2, 2, 2]);
 * console.log(F.maxPool3d(x, 2).data.join(), F.maxPool3d(x, [2, 1, 2]).data.join()); // 7 5,7
 */
export function maxPool3d(
  x: TensorLike,
  kernelSize: KernelSizes<3> | readonly [number],
  options: MaxPoolIndicesOptions<3>,
): [output: Tensor, indices: MaxPoolIndices];
export function maxPool3d(
  x: TensorLike,
  kernelSize: KernelSizes<3> | readonly [number],
  options?: MaxPoolOptions<3>,
): Tensor;
export function maxPool3d(
  x: TensorLike,
  kernelSize: KernelSizes<3> | readonly [number],
  options?: AnyPoolOptions,
): unknown {
  return evenPool('max', 3, x, kernelSize, options);
}
