// mul: the differentiable product of two tensors, with broadcasting.

import type { Tensor, TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { newResult, recorded } from '../tape/results.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';
import { commonShape, stretched } from './broadcast.js';

const where = () => 'mul';

/**
 * The elementwise product a · b with broadcasting, like torch.mul. For example a gate, (batch, channels, 1, 1), a mask of dropout, or a
 * learnt scale of each channel.
 *
 * @param a a tensor of any shape
 * @param b a number, or a tensor whose shape can be broadcast with that of `a`
 * @returns a tensor of the broadcast shape
 * @throws TypeError if one is not a tensor, RangeError for shapes that can't be broadcast
 * @see https://pytorch.org/docs/stable/generated/torch.mul.html
 * @example
 * import { mul } from 'convnd/train';
 * console.log(mul([[1, 2], [3, 4]], [10, 20]).data.join()); // 10,40,30,80
 */
export function mul(a: TensorLike, b: TensorLike): Tensor {
  const [one, other] = [inputTensor(a, where, 'a'), inputTensor(b, where, 'b')];
  const shape = commonShape(one.shape, other.shape, where);
  const [inOne, inOther] = [stretched(one.shape, shape), stretched(other.shape, shape)];
  const output = newResult(shape, where);
  const [products, first, second] = [viewOf(output), viewOf(one), viewOf(other)];
  for (let i = 0; i < products.length; i++)
    products[i] = first[inOne ? inOne[i] : i] * second[inOther ? inOther[i] : i];
  return recorded({
    ...{ name: where, inputs: [a, b], output, givesNew: true },
    saved: ([wantsOne, wantsOther]) => [wantsOne && other, wantsOther && one],
    gradients: (gradOutput, [wantsOne, wantsOther]) => [
      wantsOne ? slope(gradOutput, other, inOther, one, inOne) : null,
      wantsOther ? slope(gradOutput, one, inOne, other, inOther) : null,
    ],
  });
}

/** The gradient of a factor: that of the product times the other factor. What the factor was stretched to is added up. */
function slope(
  gradOutput: Tensor,
  other: Tensor,
  inOther: Int32Array | undefined,
  { shape }: Tensor,
  places: Int32Array | undefined,
): Tensor {
  const gradient = temporary(shape);
  const [given, factors, out] = [viewOf(gradOutput), viewOf(other), viewOf(gradient)];
  const sums = new Float64Array(out.length);
  for (let i = 0; i < given.length; i++)
    sums[places ? places[i] : i] += given[i] * factors[inOther ? inOther[i] : i];
  out.set(sums);
  return gradient;
}
