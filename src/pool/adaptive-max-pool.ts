// Adaptive max pooling: adaptive_max_pool1d, 2d and 3d of torch.nn.functional.

import type { Tensor, TensorLike } from '../core/tensor.js';
import { adaptivePool } from './adaptive-pool.js';
import type { AdaptiveMaxIndicesOptions, AdaptiveMaxOptions, MaxPoolIndices } from './options.js';

/**
 * 1-D adaptive max pooling to a given output size, like torch.nn.functional.adaptive_max_pool1d. The maximum of a window with a NaN is NaN.
 *
 * @param x the input, (batch, channels, length) or (channels, length)
 * @param outputSize the output length. Neighbouring windows overlap if it does not divide the input length
 * @param options returnIndices, out
 * @returns the output, (batch, channels, outputSize), or without batch if the input has none. With `returnIndices` a list of it and the
 * index of each maximum in its map
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool1d.html
 * @example
 * import { functional as F } from 'convnd';
 * console.log(F.adaptiveMaxPool1d([[1, 5, 2]], 2).data.join()); // 5,5
 * const [y, indices] = F.adaptiveMaxPool1d([[1, 5, 2]], 2, { returnIndices: true });
 * console.log(y.data.join(), indices.data.join()); // 5,5 1,1
 */
export function adaptiveMaxPool1d(
  x: TensorLike,
  outputSize: number | readonly [number],
  options: AdaptiveMaxIndicesOptions,
): [output: Tensor, indices: MaxPoolIndices];
export function adaptiveMaxPool1d(
  x: TensorLike,
  outputSize: number | readonly [number],
  options?: AdaptiveMaxOptions,
): Tensor;
export function adaptiveMaxPool1d(
  x: TensorLike,
  outputSize: number | readonly [number],
  options?: AdaptiveMaxOptions | AdaptiveMaxIndicesOptions,
): unknown {
  return adaptivePool('max', 1, x, outputSize, options);
}

/**
 * 2-D adaptive max pooling to a given output size, like torch.nn.functional.adaptive_max_pool2d. An output size of 1 is global max pooling.
 *
 * @param x the input, (batch, channels, height, width) or (channels, height, width)
 * @param outputSize one size for both axes, or one per axis; null keeps the size of the input
 * @param options returnIndices, out
 * @returns the output, (batch, channels, ...outputSize), or without batch if the input has none. With `returnIndices` a list of it and the
 * index of each maximum in its map: row · width + column
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool2d.html
 * @example
 * import { functional as F } from 'convnd';
 * const x = [[[1, 2], [6, 3]]];
 * console.log(F.adaptiveMaxPool2d(x, 1).data.join()); // 6
 * console.log(F.adaptiveMaxPool2d(x, [null, 1]).data.join()); // 2,6
 */
export function adaptiveMaxPool2d(
  x: TensorLike,
  outputSize: number | readonly [number | null, number | null],
  options: AdaptiveMaxIndicesOptions,
): [output: Tensor, indices: MaxPoolIndices];
export function adaptiveMaxPool2d(
  x: TensorLike,
  outputSize: number | readonly [number | null, number | null],
  options?: AdaptiveMaxOptions,
): Tensor;
export function adaptiveMaxPool2d(
  x: TensorLike,
  outputSize: number | readonly [number | null, number | null],
  options?: AdaptiveMaxOptions | AdaptiveMaxIndicesOptions,
): unknown {
  return adaptivePool('max', 2, x, outputSize, options);
}

/**
 * 3-D adaptive max pooling to a given output size, like torch.nn.functional.adaptive_max_pool3d.
 *
 * @param x the input, (batch, channels, depth, height, width) or (channels, depth, height, width)
 * @param outputSize one size for all axes, or one per axis; null keeps the size of the input
 * @param options returnIndices, out
 * @returns the output, (batch, channels, ...outputSize), or without batch if the input has none. With `returnIndices` a list of it and the
 * index of each maximum in its map
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool3d.html
 * @example
 * import { functional as F, tensor } from 'convnd';
 * const x = tensor(Float32Array.from({ length: 8 }, (_, i) => i), [1, 2, 2, 2]);
 * console.log(F.adaptiveMaxPool3d(x, [1, 1, 2]).data.join()); // 6,7
 */
export function adaptiveMaxPool3d(
  x: TensorLike,
  outputSize: number | readonly [number | null, number | null, number | null],
  options: AdaptiveMaxIndicesOptions,
): [output: Tensor, indices: MaxPoolIndices];
export function adaptiveMaxPool3d(
  x: TensorLike,
  outputSize: number | readonly [number | null, number | null, number | null],
  options?: AdaptiveMaxOptions,
): Tensor;
export function adaptiveMaxPool3d(
  x: TensorLike,
  outputSize: number | readonly [number | null, number | null, number | null],
  options?: AdaptiveMaxOptions | AdaptiveMaxIndicesOptions,
): unknown {
  return adaptivePool('max', 3, x, outputSize, options);
}
