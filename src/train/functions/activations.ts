// Activations: torch.nn.functional's, as operations of their own. Those that a layer applies itself are faster.

import { describe, refuseKind } from '../../core/errors.js';
import type { Tensor, TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { newResult, recorded } from '../tape/results.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';

/**
 * A function of each number. It has loops of its own: one loop for all functions would allocate each number that a function gives, and
 * take up to ten times as long.
 */
interface Elementwise {
  readonly name: string;
  values(from: Float32Array, to: Float32Array): void;
  /** multiplies gradients by the derivative, from the results or, where those don't tell, from the numbers given */
  slopes(known: Float32Array, given: Float32Array, to: Float32Array): void;
  readonly byResult: boolean;
}

function elementwise(x: TensorLike, { name, values, slopes, byResult }: Elementwise): Tensor {
  const where = () => name;
  const input = inputTensor(x, where);
  const output = newResult(input.shape, where);
  values(viewOf(input), viewOf(output));
  const kept = byResult ? output : input;
  return recorded({
    ...{ name: where, inputs: [x], output, givesNew: true },
    saved: () => [kept],
    gradients: (gradOutput) => {
      const gradient = temporary(input.shape);
      slopes(viewOf(kept), viewOf(gradOutput), viewOf(gradient));
      return [gradient];
    },
  });
}

/**
 * The numbers above 0, and 0 for the others. `forward(x, { activation: 'relu' })` does the same within a layer, and faster.
 * @param x of any shape
 * @returns a tensor of that shape
 * @throws TypeError if it is no tensor
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
  slopes(y, given, to) {
    // a gradient passes where the result is NaN
    for (let i = 0; i < to.length; i++) to[i] = y[i] <= 0 ? 0 : given[i];
  },
  byResult: true,
};

/**
 * The numbers between 0 and 6; the others become the nearer of both.
 * @param x of any shape
 * @returns a tensor of that shape
 * @throws TypeError if it is no tensor
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
  slopes(y, given, to) {
    for (let i = 0; i < to.length; i++) to[i] = y[i] <= 0 || y[i] >= 6 ? 0 : given[i];
  },
  byResult: true,
};

/**
 * The numbers above 0, and the others multiplied by a slope.
 * @param x of any shape
 * @param negativeSlope default 0.01; any number
 * @returns a tensor of that shape
 * @throws TypeError if `x` is no tensor, or the slope no number
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html
 * @example
 * import { leakyRelu } from 'convnd/train';
 * console.log(leakyRelu([-4, 2], 0.25).data.join()); // -1,2
 */
export function leakyRelu(x: TensorLike, negativeSlope = 0.01): Tensor {
  if (typeof negativeSlope !== 'number')
    refuseKind(() => 'leaky_relu', `negative_slope must be a number, but got ${describe(negativeSlope)}`);
  return elementwise(x, {
    name: 'leaky_relu',
    values(from, to) {
      for (let i = 0; i < to.length; i++) to[i] = from[i] > 0 ? from[i] : from[i] * negativeSlope;
    },
    slopes(v, given, to) {
      for (let i = 0; i < to.length; i++) to[i] = v[i] > 0 ? given[i] : given[i] * negativeSlope;
    },
    byResult: false,
  });
}

/**
 * The hyperbolic tangent of each number.
 * @param x of any shape
 * @returns a tensor of that shape
 * @throws TypeError if it is no tensor
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
  slopes(y, given, to) {
    for (let i = 0; i < to.length; i++) to[i] = given[i] * (1 - y[i] * y[i]);
  },
  byResult: true,
};

/**
 * 1 / (1 + exp(-x)) of each number.
 * @param x of any shape
 * @returns a tensor of that shape
 * @throws TypeError if it is no tensor
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
  slopes(y, given, to) {
    for (let i = 0; i < to.length; i++) to[i] = given[i] * (y[i] * (1 - y[i]));
  },
  byResult: true,
};
