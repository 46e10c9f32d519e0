// Activations: torch.nn.functional's, as operations of their own. Those that a layer applies itself are faster.

import { describe, refuseKind } from '../../core/errors.js';
import type { Tensor, TensorLike } from '../../core/tensor.js';
import { newResult, operand, recorded } from '../tape/operands.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';

/** A function of each number. */
interface Elementwise {
  readonly name: string;
  readonly value: (x: number) => number;
  /** the derivative, from the result or, where that doesn't tell, from the number given. Where it is 0, so is the gradient */
  readonly slope: (known: number) => number;
  readonly byResult: boolean;
}

function elementwise(x: TensorLike, { name, value, slope, byResult }: Elementwise): Tensor {
  const where = () => name;
  const input = operand(x, 'input', where);
  const output = newResult(input.shape, where);
  const [from, to] = [viewOf(input), viewOf(output)];
  for (let i = 0; i < to.length; i++) to[i] = value(from[i]);
  const kept = byResult ? output : input;
  return recorded({
    ...{ name: where, inputs: [x], output, givesNew: true },
    saved: () => [kept],
    gradients: (gradOutput) => {
      const gradient = temporary(input.shape);
      const [given, out, known] = [viewOf(gradOutput), viewOf(gradient), viewOf(kept)];
      for (let i = 0; i < out.length; i++) {
        const factor = slope(known[i]);
        out[i] = factor === 0 ? 0 : given[i] * factor;
      }
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

// the slopes of these two are written so that NaN passes
const RELU: Elementwise = {
  name: 'relu',
  value: (x) => Math.max(x, 0),
  slope: (y) => (y <= 0 ? 0 : 1),
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
  value: (x) => Math.min(Math.max(x, 0), 6),
  slope: (y) => (y <= 0 || y >= 6 ? 0 : 1),
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
    value: (v) => (v > 0 ? v : v * negativeSlope),
    slope: (v) => (v > 0 ? 1 : negativeSlope),
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

const TANH: Elementwise = { name: 'tanh', value: Math.tanh, slope: (y) => 1 - y * y, byResult: true };

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
  value: (x) => 1 / (1 + Math.exp(-x)),
  slope: (y) => y * (1 - y),
  byResult: true,
};
