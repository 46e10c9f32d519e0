// Differentiable activation functions of torch.nn.functional. Activations fused into a layer's `forward` are faster.

import { numeric } from '../../core/arguments.js';
import type { Tensor, TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import type { Activation } from '../../run/activation.js';
import { maskAndSum } from '../gradients/mask-and-sum.js';
import { isToldByResult } from '../gradients/slopes.js';
import { newResult, recorded } from '../tape/results.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';

/**
 * An elementwise function. Each has its own loop: a shared loop that calls a function per number can't be inlined by V8, which then
 * allocates each result, and takes up to ten times as long.
 */
interface Elementwise {
  readonly name: string;
  values(from: Float32Array, to: Float32Array): void;
  /** the equivalent activation of a layer, which provides the derivative */
  readonly activation: Activation;
}

function elementwise(x: TensorLike, { name, values, activation }: Elementwise): Tensor {
  const where = () => name;
  const input = inputTensor(x, where);
  const output = newResult(input.shape, where);
  values(viewOf(input), viewOf(output));
  const saved = isToldByResult(activation) ? { result: output } : { given: input };
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
  return elementwise(x, RELU);
}

const RELU: Elementwise = {
  name: 'relu',
  values(from, to) {
    for (let i = 0; i < to.length; i++) to[i] = Math.max(from[i], 0);
  },
  activation: { entry: 'clamp', operand: Number.POSITIVE_INFINITY },
};

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
  return elementwise(x, RELU6);
}

const RELU6: Elementwise = {
  name: 'relu6',
  values(from, to) {
    for (let i = 0; i < to.length; i++) to[i] = Math.min(Math.max(from[i], 0), 6);
  },
  activation: { entry: 'clamp', operand: 6 },
};

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
  return elementwise(x, {
    name: 'leaky_relu',
    values(from, to) {
      for (let i = 0; i < to.length; i++) to[i] = from[i] > 0 ? from[i] : from[i] * negativeSlope;
    },
    activation: { entry: 'leakyRelu', operand: negativeSlope },
  });
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
  return elementwise(x, TANH);
}

const TANH: Elementwise = {
  name: 'tanh',
  values(from, to) {
    for (let i = 0; i < to.length; i++) to[i] = Math.tanh(from[i]);
  },
  activation: { entry: 'tanh', operand: 0 },
};

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
  return elementwise(x, SIGMOID);
}

const SIGMOID: Elementwise = {
  name: 'sigmoid',
  values(from, to) {
    for (let i = 0; i < to.length; i++) to[i] = 1 / (1 + Math.exp(-from[i]));
  },
  activation: { entry: 'sigmoid', operand: 0 },
};
