// Differentiable activation functions of torch.nn.functional. Activations fused into a layer's `forward` are faster.

import { numeric, optionsObject } from '../../core/arguments.js';
import { describe, refuse } from '../../core/errors.js';
import type { Tensor, TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import type { Activation } from '../../run/activation.js';
import { activate } from '../gradients/activate.js';
import { maskAndSum } from '../gradients/mask-and-sum.js';
import { isToldByResult, needsResult } from '../gradients/slopes.js';
import { newResult, recorded } from '../tape/results.js';
import { gapless } from '../tensors/gapless.js';
import { temporary } from '../tensors/temporary.js';

/** Applies an activation by the code of the layers, so that the result is bitwise that of `forward(x, { activation })`. */
function elementwise(x: TensorLike, name: string, activation: Activation): Tensor {
  const where = () => name;
  const input = inputTensor(x, where);
  const output = newResult(input.shape, where);
  gapless([input], (dense) => {
    activate(dense, activation, output);
  });
  const isTold = isToldByResult(activation);
  const saved = {
    given: isTold ? undefined : input,
    result: isTold || needsResult(activation) ? output : undefined,
  };
  return recorded({
    ...{ name: where, inputs: [x], output, givesNew: true },
    saved: () => Object.values(saved),
    gradients: (gradOutput) => {
      const out = temporary(input.shape);
      maskAndSum(1, 1, gradOutput, { activation, ...saved, out }, undefined);
      return [out];
    },
  });
}

/**
 * max(x, 0) of each element. `forward(x, { activation: 'relu' })` fuses it into a layer, which is faster.
 * @param x a tensor of any shape
 * @returns a tensor of that shape
 * @throws TypeError if it is not a tensor
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.relu.html
 * @example
 * import { relu } from 'convnd/train';
 * console.log(relu([-1, 0, 2]).data.join()); // 0,0,2
 */
export function relu(x: TensorLike): Tensor {
  return elementwise(x, 'relu', { entry: 'clamp', operand: Number.POSITIVE_INFINITY });
}

/**
 * min(max(x, 0), 6) of each element.
 * @param x a tensor of any shape
 * @returns a tensor of that shape
 * @throws TypeError if it is not a tensor
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.relu6.html
 * @example
 * import { relu6 } from 'convnd/train';
 * console.log(relu6([-1, 2, 9]).data.join()); // 0,2,6
 */
export function relu6(x: TensorLike): Tensor {
  return elementwise(x, 'relu6', { entry: 'clamp', operand: 6 });
}

/**
 * x of each positive element, negativeSlope · x of the others.
 * @param x a tensor of any shape
 * @param negativeSlope any number; default 0.01
 * @returns a tensor of that shape
 * @throws TypeError if `x` is not a tensor or the slope is not a number
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html
 * @example
 * import { leakyRelu } from 'convnd/train';
 * console.log(leakyRelu([-4, 2], 0.25).data.join()); // -1,2
 */
export function leakyRelu(x: TensorLike, negativeSlope = 0.01): Tensor {
  numeric(negativeSlope, 'negative_slope', () => 'leaky_relu');
  return elementwise(x, 'leaky_relu', { entry: 'leakyRelu', operand: negativeSlope });
}

/**
 * The hyperbolic tangent of each element.
 * @param x a tensor of any shape
 * @returns a tensor of that shape
 * @throws TypeError if it is not a tensor
 * @see https://pytorch.org/docs/stable/generated/torch.tanh.html
 * @example
 * import { tanh } from 'convnd/train';
 * console.log(tanh([0, 100]).data.join()); // 0,1
 */
export function tanh(x: TensorLike): Tensor {
  return elementwise(x, 'tanh', { entry: 'tanh', operand: 0 });
}

/**
 * The logistic function 1 / (1 + exp(-x)) of each element.
 * @param x a tensor of any shape
 * @returns a tensor of that shape
 * @throws TypeError if it is not a tensor
 * @see https://pytorch.org/docs/stable/generated/torch.sigmoid.html
 * @example
 * import { sigmoid } from 'convnd/train';
 * console.log(sigmoid([0, 100]).data.join()); // 0.5,1
 */
export function sigmoid(x: TensorLike): Tensor {
  return elementwise(x, 'sigmoid', { entry: 'sigmoid', operand: 0 });
}

/**
 * x · sigmoid(x) of each element.
 * @param x a tensor of any shape
 * @returns a tensor of that shape
 * @throws TypeError if it is not a tensor
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.silu.html
 * @example
 * import { silu } from 'convnd/train';
 * console.log(silu([0, 100]).data.join()); // 0,100
 */
export function silu(x: TensorLike): Tensor {
  return elementwise(x, 'silu', { entry: 'silu', operand: 0 });
}

/**
 * x · relu6(x + 3) / 6 of each element.
 * @param x a tensor of any shape
 * @returns a tensor of that shape
 * @throws TypeError if it is not a tensor
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.hardswish.html
 * @example
 * import { hardswish } from 'convnd/train';
 * console.log(hardswish([-3, 0, 3]).data.join()); // 0,0,3
 */
export function hardswish(x: TensorLike): Tensor {
  return elementwise(x, 'hardswish', { entry: 'hardswish', operand: 0 });
}

/**
 * x · Φ(x) of each element, with the normal distribution function Φ: the exact function, with the error function.
 * @param x a tensor of any shape
 * @param options.approximate torch's option, of which only 'none' is here; the cookbook has the formula of 'tanh'
 * @returns a tensor of that shape
 * @throws TypeError if it is not a tensor, RangeError for another `approximate`
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.gelu.html
 * @example
 * import { gelu } from 'convnd/train';
 * console.log(gelu([0, 1]).data[1].toFixed(4)); // 0.8413
 */
export function gelu(x: TensorLike, options?: { approximate?: 'none' | undefined }): Tensor {
  const where = () => 'gelu';
  optionsObject(options, ['approximate'], where);
  const { approximate = 'none' } = options ?? {};
  if (approximate !== 'none')
    refuse(
      where,
      `approximate must be 'none', but got ${describe(approximate)}: its formula is in docs/cookbook.md`,
    );
  return elementwise(x, 'gelu', { entry: 'gelu', operand: 0 });
}
