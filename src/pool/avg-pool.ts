// Average pooling: torch.nn.functional's avg_pool1d, 2d and 3d.

import type { Tensor, TensorLike } from '../core/tensor.js';
import type { KernelSizes } from '../problem/options.js';
import { evenPool } from './call.js';
import type { AvgPool1dOptions, AvgPoolOptions } from './options.js';

/**
 * The mean of each window, as torch.nn.functional.avg_pool1d.
 *
 * @param x (batch, channels, length) or (channels, length)
 * @param kernelSize size of a window
 * @param options stride, by default the window; padding, ceilMode, countIncludePad, out
 * @returns (batch, channels, windows), unbatched for an unbatched input
 * @throws RangeError for invalid sizes, TypeError for invalid types, with torch's messages
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool1d.html
 * @example
 * import { functional as F } from 'convnd';
 * const x = [[2, 4, 6]];
 * console.log(F.avgPool1d(x, 2, { stride: 1 }).data.join()); // 3,5
 * console.log(F.avgPool1d(x, 2, { padding: 1 }).data.join()); // 1,5
 * console.log(F.avgPool1d(x, 2, { padding: 1, countIncludePad: false }).data.join()); // 2,5
 */
export function avgPool1d(x: TensorLike, kernelSize: KernelSizes<1>, options?: AvgPool1dOptions): Tensor {
  return evenPool('avg', 1, x, kernelSize, options);
}

/**
 * The mean of each window, as torch.nn.functional.avg_pool2d.
 *
 * @param x (batch, channels, height, width) or (channels, height, width)
 * @param kernelSize height and width of a window
 * @param options stride, by default the window; padding, ceilMode, countIncludePad, divisorOverride, out
 * @returns (batch, channels, output height, output width), unbatched for an unbatched input
 * @throws RangeError for invalid sizes, TypeError for invalid types, with torch's messages
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
  return evenPool('avg', 2, x, kernelSize, options);
}

/**
 * The mean of each window, as torch.nn.functional.avg_pool3d.
 *
 * @param x (batch, channels, depth, height, width) or (channels, depth, height, width)
 * @param kernelSize depth, height and width of a window
 * @param options stride, by default the window; padding, ceilMode, countIncludePad, divisorOverride, out
 * @returns (batch, channels, output depth, output height, output width), unbatched for an unbatched input
 * @throws RangeError for invalid sizes, TypeError for invalid types, with torch's messages
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
  return evenPool('avg', 3, x, kernelSize, options);
}
