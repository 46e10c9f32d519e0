// Average pooling: avg_pool1d, 2d and 3d of torch.nn.functional.

import type { Tensor, TensorLike } from '../core/tensor.js';
import type { KernelSizes } from '../problem/sizes.js';
import { evenPool } from './call.js';
import type { AvgPool1dOptions, AvgPoolOptions } from './options.js';

/**
 * 1-D average pooling, like torch.nn.functional.avg_pool1d.
 *
 * @param x the input, (batch, channels, length) or (channels, length)
 * @param kernelSize the size of a window
 * @param options stride (default: the window size), padding, ceilMode, countIncludePad, out
 * @returns the output, (batch, channels, output length), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool1d.html
 * @example
 * import { functional as F } from 'convnd';
 * const x = [[2, 4, 6]];
 * console.log(F.avgPool1d(x, 2, { stride: 1 }).data.join()); // 3,5
 * console.log(F.avgPool1d(x, 2, { padding: 1 }).data.join()); // 1,5
 * console.log(F.avgPool1d(x, 2, { padding: 1, countIncludePad: false }).data.join()); // 2,5
 */
export function avgPool1d(x: TensorLike, kernelSize: KernelSizes<1>, options?: AvgPool1dOptions): Tensor {
  return evenPool('avg', 1, x, kernelSize, options) as Tensor;
}

/**
 * 2-D average pooling, like torch.nn.functional.avg_pool2d.
 *
 * @param x the input, (batch, channels, height, width) or (channels, height, width)
 * @param kernelSize one number for both axes, or height and width
 * @param options stride (default: the window size), padding, ceilMode, countIncludePad, divisorOverride, out
 * @returns the output, (batch, channels, output height, output width), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html
 * @example
 * import { functional as F } from 'convnd';
 * const x = [[[1, 2], [3, 6]]];
 * console.log(F.avgPool2d(x, 2).data.join()); // 3
 * console.log(F.avgPool2d(x, 2, { divisorOverride: 1 }).data.join()); // 12
 */
export function avgPool2d(
  x: TensorLike,
  kernelSize: KernelSizes<2> | readonly [number],
  options?: AvgPoolOptions<2>,
): Tensor {
  return evenPool('avg', 2, x, kernelSize, options) as Tensor;
}

/**
 * 3-D average pooling, like torch.nn.functional.avg_pool3d.
 *
 * @param x the input, (batch, channels, depth, height, width) or (channels, depth, height, width)
 * @param kernelSize one number for all axes, or depth, height and width
 * @param options stride (default: the window size), padding, ceilMode, countIncludePad, divisorOverride, out
 * @returns the output, (batch, channels, output depth, output height, output width), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool3d.html
 * @example
 * import { functional as F, tensor } from 'convnd';
 * const x = tensor(Float32Array.from({ length: 8 }, (_, i) => i), [1, 2, 2, 2]);
 * console.log(F.avgPool3d(x, 2).data.join(), F.avgPool3d(x, [2, 1, 2]).data.join()); // 3.5 2.5,4.5
 */
export function avgPool3d(
  x: TensorLike,
  kernelSize: KernelSizes<3> | readonly [number],
  options?: AvgPoolOptions<3>,
): Tensor {
  return evenPool('avg', 3, x, kernelSize, options) as Tensor;
}
