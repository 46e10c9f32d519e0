// add: the differentiable sum of two tensors, with broadcasting.

import { numeric, optionsObject } from '../../core/arguments.js';
import type { Tensor, TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { newResult, recorded } from '../tape/results.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';
import { commonShape, stretched } from './broadcast.js';

/** Options of `add`. */
export interface AddOptions {
  /** factor of the second tensor; default 1 */
  alpha?: number | undefined;
}

const where = () => 'add';

/**
 * The elementwise sum a + alpha · b with broadcasting, like torch.add.
 *
 * @param a a tensor of any shape
 * @param b a tensor whose shape can be broadcast with that of `a`
 * @param options.alpha factor of `b`; default 1
 * @returns a tensor of the broadcast shape
 * @throws TypeError if one is not a tensor, RangeError for shapes that can't be broadcast
 * @see https://pytorch.org/docs/stable/generated/torch.add.html
 * @example
 * import { add } from 'convnd/train';
 * console.log(add([[1, 2], [3, 4]], [10, 20]).data.join()); // 11,22,13,24
 */
export function add(a: TensorLike, b: TensorLike, options?: AddOptions): Tensor {
  optionsObject(options, ['alpha'], where);
  const alpha = numeric(options?.alpha ?? 1, 'alpha', where);
  const [one, other] = [inputTensor(a, where, 'a'), inputTensor(b, where, 'b')];
  const shape = commonShape(one.shape, other.shape, where);
  const places = [stretched(one.shape, shape), stretched(other.shape, shape)];
  const output = newResult(shape, where);
  const [sum, first, second] = [viewOf(output), viewOf(one), viewOf(other)];
  const [inFirst, inSecond] = places;
  for (let i = 0; i < sum.length; i++)
    sum[i] = first[inFirst ? inFirst[i] : i] + alpha * second[inSecond ? inSecond[i] : i];
  return recorded({
    ...{ name: where, inputs: [a, b], output, givesNew: false },
    saved: () => [],
    gradients: (gradOutput, wanted) =>
      [one, other].map((input, index) => {
        const factor = index === 0 ? 1 : alpha;
        if (!wanted[index]) return null;
        return !places[index] && factor === 1
          ? gradOutput
          : gathered(gradOutput, input, places[index], factor);
      }),
  });
}

/** The gradient of a tensor that was stretched and multiplied: what it was stretched to is added up. */
function gathered(
  gradOutput: Tensor,
  { shape }: Tensor,
  places: Int32Array | undefined,
  factor: number,
): Tensor {
  const gradient = temporary(shape);
  const [given, out] = [viewOf(gradOutput), viewOf(gradient)];
  const sums = new Float64Array(out.length);
  for (let i = 0; i < given.length; i++) sums[places ? places[i] : i] += factor * given[i];
  out.set(sums);
  return gradient;
}
