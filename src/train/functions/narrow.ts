// narrow: a differentiable slice of a tensor along an axis.

import { countedAxis, whole } from '../../core/arguments.js';
import { refuse } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import type { Tensor, TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { newResult, recorded } from '../tape/results.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';
import { copyRuns, outOfRange } from './cat.js';

const where = () => 'narrow';

/**
 * A slice of a tensor along an axis, like torch.narrow, but a copy. For example to crop a skip connection, or the outputs of a causal
 * layer.
 * @param x a tensor of at least one axis
 * @param dim the axis; negative values count from the last
 * @param start the first index; negative values count from the end
 * @param length the number of indices
 * @returns a new tensor whose size along `dim` is `length`
 * @throws TypeError for wrong types, RangeError for indices out of range, with torch's message
 * @see https://pytorch.org/docs/stable/generated/torch.narrow.html
 * @example
 * import { narrow } from 'convnd/train';
 * console.log(narrow([[1, 2, 3], [4, 5, 6]], 1, 0, 2).data.join()); // 1,2,4,5
 */
export function narrow(x: TensorLike, dim: number, start: number, length: number): Tensor {
  const input = inputTensor(x, where);
  const { shape } = input;
  if (shape.length === 0) refuse(where, 'narrow() cannot be applied to a 0-dim tensor.');
  const axis = countedAxis(dim, 'dim', shape.length, where, outOfRange(shape.length));
  const size = shape[axis];
  if (whole(length, 'length', where) < 0) refuse(where, 'narrow(): length must be non-negative.');
  if (whole(start, 'start', where) < -size || start > size)
    refuse(where, `start out of range (expected to be in range of [${-size}, ${size}], but got ${start})`);
  const first = start < 0 ? start + size : start;
  if (first + length > size)
    refuse(where, `start (${first}) + length (${length}) exceeds dimension size (${size}).`);
  const output = newResult(
    shape.map((each, at) => (at === axis ? length : each)),
    where,
  );
  const inner = product(shape.slice(axis + 1));
  const outer = product(shape.slice(0, axis));
  const run = length * inner;
  const part = { step: size * inner, offset: first * inner };
  const dense = { step: run, offset: 0 };
  copyRuns(outer, run, { data: viewOf(input), ...part }, { data: viewOf(output), ...dense });
  return recorded({
    ...{ name: where, inputs: [x], output, givesNew: true },
    saved: () => [],
    gradients: (gradOutput) => {
      const gradient = temporary(shape);
      const from = { data: viewOf(gradOutput), ...dense };
      copyRuns(outer, run, from, { data: viewOf(gradient).fill(0), ...part });
      return [gradient];
    },
  });
}
