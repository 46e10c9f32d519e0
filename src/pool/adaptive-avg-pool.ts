// Adaptive average pooling: adaptive_avg_pool1d, 2d and 3d of torch.nn.functional.

import { optionsObject, whole } from '../core/arguments.js';
import { asList, describe, refuse, refuseKind, type Where } from '../core/errors.js';
import type { Shape, Tensor, TensorLike } from '../core/tensor.js';
import { inputTensor } from '../layers/call.js';
import type { Rank } from '../problem/sizes.js';
import { poolInto } from './call.js';
import type { AdaptiveOptions } from './options.js';
import { adaptiveWindows } from './windows.js';

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
  return adaptivePool(1, x, outputSize, options);
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
  return adaptivePool(2, x, outputSize, options);
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
  return adaptivePool(3, x, outputSize, options);
}

function adaptivePool(
  rank: Rank,
  x: TensorLike,
  outputSize: unknown,
  options: AdaptiveOptions | undefined,
): Tensor {
  const name = `adaptive_avg_pool${rank}d`;
  const named: Where = () => name;
  optionsObject(options, ['out'], named);
  const input = inputTensor(x, named);
  const { shape } = input;
  const where: Where = () => `${name} of input ${describe(shape)}`;
  if (shape.length !== rank + 1 && shape.length !== rank + 2) {
    refuse(
      where,
      rank === 1
        ? `Expected 2 to 3 dimensions, but got ${shape.length}-dimensional tensor for argument #1 'self' (while checking arguments for ${name})`
        : `${name}(): Expected ${rank + 1}D or ${rank + 2}D tensor, but got ${asList(shape)}`,
    );
  }
  const outputs = outputSizes(rank, outputSize, shape, where);
  const windowsOf = () => {
    checkSizes(rank, shape, where);
    return outputs.map((output, axis) => adaptiveWindows(shape[shape.length - rank + axis], output));
  };
  const key = `${name} ${shape} ${outputs}`;
  return poolInto({ key, isMax: false, x, input, where, windowsOf }, options?.out).output;
}

/** Checks that no axis is empty, with torch's message. */
function checkSizes(rank: Rank, shape: Shape, where: Where): void {
  // for batches of volumes, torch also checks the channels
  const first = shape.length - rank - +(rank === 3 && shape.length === rank + 2);
  const empty = shape.indexOf(0, first);
  if (empty < 0) return;
  // torch implements the 1-D function by the 2-D one
  const [axes, shown, at] = rank === 1 ? [2, [...shape.slice(0, -1), 1, 0], empty + 1] : [rank, shape, empty];
  refuse(
    where,
    `adaptive_avg_pool${axes}d(): Expected input to have non-zero size for non-batch dimensions, but input has sizes ${asList(shown)} with dimension ${at} being empty`,
  );
}

function outputSizes(rank: Rank, given: unknown, shape: Shape, where: Where): number[] {
  const list = typeof given === 'number' ? new Array<unknown>(rank).fill(given) : given;
  if (!Array.isArray(list))
    refuseKind(
      where,
      `output_size must be an integer or a tuple of ${rank} integers, but got ${describe(given)}`,
    );
  if (list.length !== rank) {
    refuse(
      where,
      rank === 1
        ? `adaptive_avg_pool1d() argument 'output_size' should contain one int (got ${list.length})`
        : `adaptive_avg_pool${rank}d: output_size must be ${rank}`,
    );
  }
  // null is torch's None, which the 1-D function does not accept
  const sizes = list.map((size: unknown, axis) =>
    size === null && rank > 1 ? shape[shape.length - rank + axis] : whole(size, 'output_size', where),
  );
  if (sizes.some((size) => size < 0)) {
    refuse(
      where,
      `adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 but received {${rank === 1 ? '1, ' : ''}${sizes.join(', ')}}`,
    );
  }
  return sizes;
}
