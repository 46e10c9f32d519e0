// Adaptive average pooling: adaptive_avg_pool1d, 2d and 3d of torch.nn.functional.

import type { Tensor, TensorLike } from '../core/tensor.js';
import { adaptivePool } from './adaptive-pool.js';
import type { AdaptiveOptions } from './options.js';

/**
 * 1-D adaptive average pooling to a given output size, like torch.nn.functional.adaptive_avg_pool1d.
 *
 * @param x the input, (batch, channels, length) or (channels, length)
 * @param outputSize the output length. Neighbouring windows overlap if it does not divide the input length
 * @param options.out a tensor of the output's shape to write the result to, so that nothing is allocated
 * @returns the output, (batch, channels, outputSize), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool1d.html
 * @example
 * import { functional as F } from 'convnd';
 * console.log(F.adaptiveAvgPool1d([[1, 2, 3]], 2).data.join()); // 1.5,2.5
 */
export function adaptiveAvgPool1d(
  x: TensorLike,
  outputSize: number | readonly [number],
  options?: AdaptiveOptions,
): Tensor {
  return adaptivePool('avg', 1, x, outputSize, options) as Tensor;
}

/**
 * 2-D adaptive average pooling to a given output size, like torch.nn.functional.adaptive_avg_pool2d. An output size of 1 is global average
 * pooling.
 *
 * @param x the input, (batch, channels, height, width) or (channels, height, width)
 * @param outputSize one size for both axes, or one per axis; null keeps the size of the input
 * @param options.out a tensor of the output's shape to write the result to, so that nothing is allocated
 * @returns the output, (batch, channels, ...outputSize), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool2d.html
 * @example
 * import { functional as F } from 'convnd';
 * const x = [[[1, 2], [3, 6]]];
 * console.log(F.adaptiveAvgPool2d(x, 1).data.join()); // 3
 * console.log(F.adaptiveAvgPool2d(x, [null, 1]).data.join()); // 1.5,4.5
 */
export function adaptiveAvgPool2d(
  x: TensorLike,
  outputSize: number | readonly [number | null, number | null],
  options?: AdaptiveOptions,
): Tensor {
  return adaptivePool('avg', 2, x, outputSize, options) as Tensor;
}

/**
 * 3-D adaptive average pooling to a given output size, like torch.nn.functional.adaptive_avg_pool3d.
 *
 * @param x the input, (batch, channels, depth, height, width) or (channels, depth, height, width)
 * @param outputSize one size for all axes, or one per axis; null keeps the size of the input
 * @param options.out a tensor of the output's shape to write the result to, so that nothing is allocated
 * @returns the output, (batch, channels, ...outputSize), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool3d.html
 * @example
 * import { functional as F, tensor } from 'convnd';
 * const x = tensor(Float32Array.from({ length: 8 }, (_, i) => i), [1, 2, 2, 2]);
 * console.log(F.adaptiveAvgPool3d(x, [1, 1, 2]).data.join()); // 3,4
 */
export function adaptiveAvgPool3d(
  x: TensorLike,
  outputSize: number | readonly [number | null, number | null, number | null],
  options?: AdaptiveOptions,
): Tensor {
  return adaptivePool('avg', 3, x, outputSize, options) as Tensor;
}
