// The gradients of convTranspose1d, convTranspose2d and convTranspose3d, which torch.nn.grad lacks.

import type { Shape, Tensor, TensorLike } from '../../core/tensor.js';
import type { FunctionalTransposeOptions } from '../../problem/options.js';
import type { Rank } from '../../problem/sizes.js';
import { gradOfInput, gradOfWeight } from './grad-call.js';

/** Options of the gradients of `convTranspose1d`, `convTranspose2d`, `convTranspose3d`: those of the functional. */
export type GradTransposeOptions<R extends Rank> = FunctionalTransposeOptions<R>;

/**
 * The gradient of the input of `convTranspose1d`, which torch.nn.grad lacks.
 *
 * @param inputSize the shape of the input, (batch, channels, length)
 * @param weight (channels, filters / groups, kernel)
 * @param gradOutput the gradient of the output, (batch, filters, output length)
 * @param options stride, padding, outputPadding, groups and dilation of the transposed convolution
 * @returns a tensor of `inputSize`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html
 * @example
 * import { grad } from 'convnd/train';
 * console.log(grad.convTranspose1dInput([1, 1, 2], [[[1, 10]]], [[[1, 2, 3, 4]]], { stride: 2 }).data.join()); // 21,43
 */
export function convTranspose1dInput(
  inputSize: Shape,
  weight: TensorLike,
  gradOutput: TensorLike,
  options?: GradTransposeOptions<1>,
): Tensor {
  return gradOfInput({ transposed: true, rank: 1 }, inputSize, weight, gradOutput, options);
}

/**
 * The gradient of the weight of `convTranspose1d`, which torch.nn.grad lacks.
 *
 * @param input (batch, channels, length)
 * @param weightSize the shape of the weight, (channels, filters / groups, kernel)
 * @param gradOutput the gradient of the output, (batch, filters, output length)
 * @param options stride, padding, outputPadding, groups and dilation of the transposed convolution
 * @returns a tensor of `weightSize`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html
 * @example
 * import { grad } from 'convnd/train';
 * console.log(grad.convTranspose1dWeight([[[1, 2]]], [1, 1, 2], [[[1, 2, 3, 4]]], { stride: 2 }).data.join()); // 7,10
 */
export function convTranspose1dWeight(
  input: TensorLike,
  weightSize: Shape,
  gradOutput: TensorLike,
  options?: GradTransposeOptions<1>,
): Tensor {
  return gradOfWeight({ transposed: true, rank: 1 }, input, weightSize, gradOutput, options);
}

/**
 * The gradient of the input of `convTranspose2d`, which torch.nn.grad lacks.
 *
 * @param inputSize the shape of the input, (batch, channels, height, width)
 * @param weight (channels, filters / groups, kernel height, kernel width)
 * @param gradOutput the gradient of the output, (batch, filters, output height, output width)
 * @param options stride, padding, outputPadding, groups and dilation of the transposed convolution
 * @returns a tensor of `inputSize`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html
 * @example
 * import { grad } from 'convnd/train';
 * console.log(grad.convTranspose2dInput([1, 1, 1, 2], [[[[1, 10]]]], [[[[1, 2, 3, 4]]]], { stride: [1, 2] }).data.join()); // 21,43
 */
export function convTranspose2dInput(
  inputSize: Shape,
  weight: TensorLike,
  gradOutput: TensorLike,
  options?: GradTransposeOptions<2>,
): Tensor {
  return gradOfInput({ transposed: true, rank: 2 }, inputSize, weight, gradOutput, options);
}

/**
 * The gradient of the weight of `convTranspose2d`, which torch.nn.grad lacks.
 *
 * @param input (batch, channels, height, width)
 * @param weightSize the shape of the weight, (channels, filters / groups, kernel height, kernel width)
 * @param gradOutput the gradient of the output, (batch, filters, output height, output width)
 * @param options stride, padding, outputPadding, groups and dilation of the transposed convolution
 * @returns a tensor of `weightSize`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html
 * @example
 * import { grad } from 'convnd/train';
 * console.log(grad.convTranspose2dWeight([[[[1, 2]]]], [1, 1, 1, 2], [[[[1, 2, 3, 4]]]], { stride: [1, 2] }).data.join()); // 7,10
 */
export function convTranspose2dWeight(
  input: TensorLike,
  weightSize: Shape,
  gradOutput: TensorLike,
  options?: GradTransposeOptions<2>,
): Tensor {
  return gradOfWeight({ transposed: true, rank: 2 }, input, weightSize, gradOutput, options);
}

/**
 * The gradient of the input of `convTranspose3d`, which torch.nn.grad lacks.
 *
 * @param inputSize the shape of the input, (batch, channels, depth, height, width)
 * @param weight (channels, filters / groups, kernel depth, kernel height, kernel width)
 * @param gradOutput the gradient of the output, (batch, filters, output depth, output height, output width)
 * @param options stride, padding, outputPadding, groups and dilation of the transposed convolution
 * @returns a tensor of `inputSize`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose3d.html
 * @example
 * import { grad } from 'convnd/train';
 * console.log(grad.convTranspose3dInput([1, 1, 1, 1, 2], [[[[[1, 10]]]]], [[[[[1, 2, 3]]]]]).data.join()); // 21,32
 */
export function convTranspose3dInput(
  inputSize: Shape,
  weight: TensorLike,
  gradOutput: TensorLike,
  options?: GradTransposeOptions<3>,
): Tensor {
  return gradOfInput({ transposed: true, rank: 3 }, inputSize, weight, gradOutput, options);
}

/**
 * The gradient of the weight of `convTranspose3d`, which torch.nn.grad lacks.
 *
 * @param input (batch, channels, depth, height, width)
 * @param weightSize the shape of the weight, (channels, filters / groups, kernel depth, kernel height, kernel width)
 * @param gradOutput the gradient of the output, (batch, filters, output depth, output height, output width)
 * @param options stride, padding, outputPadding, groups and dilation of the transposed convolution
 * @returns a tensor of `weightSize`
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose3d.html
 * @example
 * import { grad } from 'convnd/train';
 * console.log(grad.convTranspose3dWeight([[[[[1, 2]]]]], [1, 1, 1, 1, 2], [[[[[1, 2, 3]]]]]).data.join()); // 5,8
 */
export function convTranspose3dWeight(
  input: TensorLike,
  weightSize: Shape,
  gradOutput: TensorLike,
  options?: GradTransposeOptions<3>,
): Tensor {
  return gradOfWeight({ transposed: true, rank: 3 }, input, weightSize, gradOutput, options);
}
