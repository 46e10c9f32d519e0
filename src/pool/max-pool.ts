// Max pooling: torch.nn.functional's max_pool1d, 2d and 3d.

import type { Tensor, TensorLike } from '../core/tensor.js';
import type { KernelSizes } from '../problem/options.js';
import { evenPool } from './call.js';
import type { MaxPoolOptions } from './options.js';

/**
 * The largest number of each window, as torch.nn.functional.max_pool1d. The padding is −Infinity; a NaN wins.
 *
 * @param x (batch, channels, length) or (channels, length)
 * @param kernelSize size of a window
 * @param options stride, by default the window; padding, dilation, ceilMode, out
 * @returns (batch, channels, windows), unbatched for an unbatched input
 * @throws RangeError for invalid sizes, TypeError for invalid types, with torch's messages
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool1d.html
 * @example
 * import { functional as F } from 'convnd';
 * console.log(F.maxPool1d([[1, 5, 2, 4]], 2).data.join()); // 5,4
 */
export function maxPool1d(x: TensorLike, kernelSize: KernelSizes<1>, options?: MaxPoolOptions<1>): Tensor {
  return evenPool('max', 1, x, kernelSize, options);
}

/**
 * The largest number of each window, as torch.nn.functional.max_pool2d. The padding is −Infinity; a NaN wins.
 *
 * @param x (batch, channels, height, width) or (channels, height, width)
 * @param kernelSize height and width of a window
 * @param options stride, by default the window; padding, dilation, ceilMode, out
 * @returns (batch, channels, output height, output width), unbatched for an unbatched input
 * @throws RangeError for invalid sizes, TypeError for invalid types, with torch's messages
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
  options?: MaxPoolOptions<2>,
): Tensor {
  return evenPool('max', 2, x, kernelSize, options);
}

/**
 * The largest number of each window, as torch.nn.functional.max_pool3d. The padding is −Infinity; a NaN wins.
 *
 * @param x (batch, channels, depth, height, width) or (channels, depth, height, width)
 * @param kernelSize depth, height and width of a window
 * @param options stride, by default the window; padding, dilation, ceilMode, out
 * @returns (batch, channels, output depth, output height, output width), unbatched for an unbatched input
 * @throws RangeError for invalid sizes, TypeError for invalid types, with torch's messages
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool3d.html
 * @example
 * import { functional as F, tensor } from 'convnd';
 * const x = tensor(Float32Array.from({ length: 8 }, (_, i) => i), [1, 2, 2, 2]);
 * console.log(F.maxPool3d(x, 2).data.join(), F.maxPool3d(x, [2, 1, 2]).data.join()); // 7 5,7
 */
export function maxPool3d(
  x: TensorLike,
  kernelSize: KernelSizes<3> | readonly [number],
  options?: MaxPoolOptions<3>,
): Tensor {
  return evenPool('max', 3, x, kernelSize, options);
}
