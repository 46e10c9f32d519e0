// cat: the differentiable concatenation of tensors along an axis.

import { countedAxis } from '../../core/arguments.js';
import { describe, refuse, refuseKind } from '../../core/errors.js';
import { product, sum } from '../../core/lists.js';
import type { Shape, Tensor, TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { newResult, recorded } from '../tape/results.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';

const where = () => 'cat';

/**
 * Concatenates tensors along an axis, like torch.cat. Channels are axis 1 of a batch.
 * @param tensors tensors of the same sizes, except along `dim`
 * @param dim the axis, default 0; negative values count from the last
 * @returns a new tensor whose size along `dim` is the sum of theirs
 * @throws TypeError if one is not a tensor, RangeError for mismatched sizes, with torch's message
 * @see https://pytorch.org/docs/stable/generated/torch.cat.html
 * @example
 * import { cat } from 'convnd/train';
 * const both = cat([[[1, 2], [3, 4]], [[10], [20]]], 1);
 * console.log(both.shape.join(), both.data.join()); // 2,3 1,2,10,3,4,20
 */
export function cat(tensors: readonly TensorLike[], dim = 0): Tensor {
  if (!Array.isArray(tensors)) refuseKind(where, `expected a list of tensors, got ${describe(tensors)}`);
  if (tensors.length === 0) refuse(where, 'torch.cat(): expected a non-empty list of Tensors');
  const inputs = tensors.map((one: TensorLike, at) => inputTensor(one, where, `tensors[${at}]`));
  const [first] = inputs;
  const rank = first.shape.length;
  const zeroDimensional = inputs.findIndex(({ shape }) => shape.length === 0);
  if (zeroDimensional >= 0)
    refuse(where, `zero-dimensional tensor (at position ${zeroDimensional}) cannot be concatenated`);
  const axis = countedAxis(dim, 'dim', rank, where, outOfRange(rank));
  inputs.forEach(({ shape }, at) => {
    checkSizes(shape, first.shape, axis, at);
  });
  const lengths = inputs.map(({ shape }) => shape[axis]);
  const output = newResult(
    first.shape.map((size, at) => (at === axis ? sum(lengths) : size)),
    where,
  );
  // the elements of each input for one index of the axes before `axis`; they are contiguous
  const runs = inputs.map(({ shape }) => product(shape.slice(axis)));
  const step = sum(runs);
  const outer = product(first.shape.slice(0, axis));
  const offsets = runs.map((_, at) => sum(runs.slice(0, at)));
  const to = viewOf(output);
  inputs.forEach((input, at) => {
    const from = { data: viewOf(input), step: runs[at], offset: 0 };
    copyRuns(outer, runs[at], from, { data: to, step, offset: offsets[at] });
  });
  return recorded({
    ...{ name: where, inputs: tensors, output, givesNew: true },
    saved: () => [],
    gradients: (gradOutput, wanted) =>
      inputs.map(({ shape }, at) => {
        if (!wanted[at]) return null;
        const gradient = temporary(shape);
        const from = { data: viewOf(gradOutput), step, offset: offsets[at] };
        copyRuns(outer, runs[at], from, { data: viewOf(gradient), step: runs[at], offset: 0 });
        return gradient;
      }),
  });
}

/** Runs of consecutive elements: where the first one begins, and the distance to the next. */
interface Runs {
  readonly data: Float32Array;
  readonly step: number;
  readonly offset: number;
}

/** Copies `count` runs of `run` elements. */
export function copyRuns(count: number, run: number, from: Runs, to: Runs): void {
  for (let i = 0; i < count; i++) {
    const begin = i * from.step + from.offset;
    to.data.set(from.data.subarray(begin, begin + run), i * to.step + to.offset);
  }
}

/** Torch's message for an axis out of range. */
export function outOfRange(rank: number): (dim: number) => string {
  return (dim) =>
    `Dimension out of range (expected to be in range of [${-rank}, ${rank - 1}], but got ${dim})`;
}

function checkSizes(shape: Shape, first: Shape, axis: number, at: number): void {
  if (shape.length !== first.length)
    refuse(where, `Tensors must have same number of dimensions: got ${first.length} and ${shape.length}`);
  const other = shape.findIndex((size, index) => index !== axis && size !== first[index]);
  if (other >= 0)
    refuse(
      where,
      `Sizes of tensors must match except in dimension ${axis}. ` +
        `Expected size ${first[other]} but got size ${shape[other]} for tensor number ${at} in the list.`,
    );
}
