// The gradients of conv1d, conv2d and conv3d, those of torch.nn.grad.

import type { Shape, Tensor, TensorLike } from '../../core/tensor.js';
import type { FunctionalOptions } from '../../problem/options.js';
import type { Padding, Rank } from '../../problem/sizes.js';
import { gradOfInput, gradOfWeight } from './grad-call.js';

/** Options of the gradients of `conv1d`, `conv2d`, `conv3d`: those of the functional, except that padding must be numeric. */
export interface GradOptions<R extends Rank> extends Omit<FunctionalOptions<R>, 'padding'> {
  /** zero padding on both sides of each axis, as pairs if the sides differ; default 0 */
  padding?: Padding<R> | undefined;
}

/**
 * The gradient of the input of `conv1d`, as torch.nn.grad.conv1d_input.
 *
 * @param inputSize the shape of the input, (batch, channels, length)
 * @param weight (filters, channels / groups, kernel)
 * @param gradOutput the gradient of the output, (batch, filters, output length)
 * @param options stride, padding, dilation and groups of the convolution
 * @returns a tensor of `inputSize`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://github.com/pytorch/pytorch/blob/main/torch/nn/grad.py
 * @example
 * import { grad } from 'convnd/train';
 * console.log(grad.conv1dInput([1, 1, 4], [[[1, -1]]], [[[1, 2, 3]]]).data.join()); // 1,1,1,-3
 */
export function conv1dInput(
  inputSize: Shape,
  weight: TensorLike,
  gradOutput: TensorLike,
  options?: GradOptions<1>,
): Tensor {
  return gradOfInput({ transposed: false, rank: 1 }, inputSize, weight, gradOutput, options);
}

/**
 * The gradient of the weight of `conv1d`, as torch.nn.grad.conv1d_weight.
 *
 * @param input (batch, channels, length)
 * @param weightSize the shape of the weight, (filters, channels / groups, kernel)
 * @param gradOutput the gradient of the output, (batch, filters, output length)
 * @param options stride, padding, dilation and groups of the convolution
 * @returns a tensor of `weightSize`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://github.com/pytorch/pytorch/blob/main/torch/nn/grad.py
 * @example
 * import { grad } from 'convnd/train';
 * console.log(grad.conv1dWeight([[[1, 2, 3, 4]]], [1, 1, 2], [[[1, 1, 1]]]).data.join()); // 6,9
 */
export function conv1dWeight(
  input: TensorLike,
  weightSize: Shape,
  gradOutput: TensorLike,
  options?: GradOptions<1>,
): Tensor {
  return gradOfWeight({ transposed: false, rank: 1 }, input, weightSize, gradOutput, options);
}

/**
 * The gradient of the input of `conv2d`, as torch.nn.grad.conv2d_input.
 *
 * @param inputSize the shape of the input, (batch, channels, height, width)
 * @param weight (filters, channels / groups, kernel height, kernel width)
 * @param gradOutput the gradient of the output, (batch, filters, output height, output width)
 * @param options stride, padding, dilation and groups of the convolution
 * @returns a tensor of `inputSize`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://github.com/pytorch/pytorch/blob/main/torch/nn/grad.py
 * @example
 * import { grad } from 'convnd/train';
 * console.log(grad.conv2dInput([1, 1, 2, 3], [[[[1, 2]]]], [[[[1], [1]]]], { stride: [1, 2] }).data.join()); // 1,2,0,1,2,0
 */
export function conv2dInput(
  inputSize: Shape,
  weight: TensorLike,
  gradOutput: TensorLike,
  options?: GradOptions<2>,
): Tensor {
  return gradOfInput({ transposed: false, rank: 2 }, inputSize, weight, gradOutput, options);
}

/**
 * The gradient of the weight of `conv2d`, as torch.nn.grad.conv2d_weight.
 *
 * @param input (batch, channels, height, width)
 * @param weightSize the shape of the weight, (filters, channels / groups, kernel height, kernel width)
 * @param gradOutput the gradient of the output, (batch, filters, output height, output width)
 * @param options stride, padding, dilation and groups of the convolution
 * @returns a tensor of `weightSize`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://github.com/pytorch/pytorch/blob/main/torch/nn/grad.py
 * @example
 * import { grad } from 'convnd/train';
 * console.log(grad.conv2dWeight([[[[1, 2], [3, 4]]]], [1, 1, 1, 2], [[[[1], [10]]]]).data.join()); // 31,42
 */
export function conv2dWeight(
  input: TensorLike,
  weightSize: Shape,
  gradOutput: TensorLike,
  options?: GradOptions<2>,
): Tensor {
  return gradOfWeight({ transposed: false, rank: 2 }, input, weightSize, gradOutput, options);
}

/**
 * The gradient of the input of `conv3d`, as torch.nn.grad.conv3d_input.
 *
 * @param inputSize the shape of the input, (batch, channels, depth, height, width)
 * @param weight (filters, channels / groups, kernel depth, kernel height, kernel width)
 * @param gradOutput the gradient of the output, (batch, filters, output depth, output height, output width)
 * @param options stride, padding, dilation and groups of the convolution
 * @returns a tensor of `inputSize`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://github.com/pytorch/pytorch/blob/main/torch/nn/grad.py
 * @example
 * import { grad } from 'convnd/train';
 * console.log(grad.conv3dInput([1, 1, 1, 1, 3], [[[[[1, 2]]]]], [[[[[1, 1]]]]]).data.join()); // 1,3,2
 */
export function conv3dInput(
  inputSize: Shape,
  weight: TensorLike,
  gradOutput: TensorLike,
  options?: GradOptions<3>,
): Tensor {
  return gradOfInput({ transposed: false, rank: 3 }, inputSize, weight, gradOutput, options);
}

/**
 * The gradient of the weight of `conv3d`, as torch.nn.grad.conv3d_weight.
 *
 * @param input (batch, channels, depth, height, width)
 * @param weightSize the shape of the weight, (filters, channels / groups, kernel depth, kernel height, kernel width)
 * @param gradOutput the gradient of the output, (batch, filters, output depth, output height, output width)
 * @param options stride, padding, dilation and groups of the convolution
 * @returns a tensor of `weightSize`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://github.com/pytorch/pytorch/blob/main/torch/nn/grad.py
 * @example
 * import { grad } from 'convnd/train';
 * console.log(grad.conv3dWeight([[[[[1, 2, 3]]]]], [1, 1, 1, 1, 2], [[[[[1, 1]]]]]).data.join()); // 3,5
 */
export function conv3dWeight(
  input: TensorLike,
  weightSize: Shape,
  gradOutput: TensorLike,
  options?: GradOptions<3>,
): Tensor {
  return gradOfWeight({ transposed: false, rank: 3 }, input, weightSize, gradOutput, options);
}
