// custom, which adds user code with its own gradient to a record, and detach, which stops gradients.

import { describe, refuse, refuseKind } from '../../core/errors.js';
import { asTensor, sameShape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { viewOf } from '../tensors/intermediate.js';
import { active } from './active.js';
import { recorded } from './results.js';

const where = () => 'custom';

/**
 * Adds a computation of your own to the record, with its gradient, like torch.autograd.Function. Without it, no gradient flows through a
 * plain loop between two layers. Outside of `record` it returns the output and does nothing.
 *
 * @param output the result of your computation: a tensor that shares no memory with the inputs
 * @param inputs the tensors that it was computed from, the same objects that you received
 * @param gradients computes the gradient of each input, with its shape, from that of the output; null for an input without gradient.
 * Called by backward, unless no input depends on a parameter
 * @returns the output tensor, to use in the rest of the computation
 * @throws TypeError for wrong types, RangeError if the output is an input; backward throws torch's errors for invalid gradients
 * @see https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function
 * @example
 * import { Conv1d, tensor } from 'convnd';
 * import { custom, record } from 'convnd/train';
 * const layer = new Conv1d(1, 1, 1, { bias: false });
 * layer.weight = [[[3]]];
 * const loss = record(() => {
 *   const y = layer.forward([[1, 2]]);
 *   const sum = y.data.reduce((a, b) => a + b, 0);
 *   return custom(tensor([sum]), [y], ({ data }) => [tensor([data[0], data[0]], [1, 2])]);
 * });
 * loss.backward();
 * console.log(loss.item(), layer.weight.grad?.data[0]); // 9 3
 */
export function custom(
  output: TensorLike,
  inputs: readonly TensorLike[],
  gradients: (gradOutput: Tensor) => readonly (TensorLike | null)[],
): Tensor {
  if (!Array.isArray(inputs))
    refuseKind(where, `inputs must be a list of tensors, but got ${describe(inputs)}`);
  if (typeof gradients !== 'function')
    refuseKind(where, `gradients must be a function, but got ${describe(gradients)}`);
  const result = inputTensor(output, where, 'output');
  const given = inputs.map((input: TensorLike, at) => inputTensor(input, where, `inputs[${at}]`));
  if (given.some((input) => input === result || viewOf(input) === viewOf(result)))
    refuse(where, 'the output is one of the inputs; allocate it separately');
  if (active.tape?.sourceOf(result)) refuse(where, 'the output was recorded already; allocate it separately');
  return recorded({
    ...{ name: where, inputs, output: result, givesNew: false },
    saved: () => given,
    gradients: (gradOutput) => {
      // a copy, which user code may keep
      const copy = { data: viewOf(gradOutput).slice(), shape: [...result.shape] };
      return checked(gradients(copy), given);
    },
  });
}

/** @throws RangeError for a wrong number of gradients or a wrong shape, TypeError for anything but a list */
function checked(gradients: unknown, inputs: readonly Tensor[]): (Tensor | null)[] {
  if (!Array.isArray(gradients))
    refuseKind(
      where,
      `gradients must return a list with one entry per input, but returned ${describe(gradients)}`,
    );
  if (gradients.length !== inputs.length)
    refuse(
      where,
      `function custom returned an incorrect number of gradients (expected ${inputs.length}, got ${gradients.length})`,
    );
  return gradients.map((one: TensorLike | null, at) => {
    if (one === null || one === undefined) return null;
    const gradient = asTensor(one, `gradients[${at}]`, where);
    const { shape } = inputs[at];
    if (!sameShape(gradient.shape, shape))
      refuse(
        where,
        `function custom returned an invalid gradient at index ${at} - got ${describe(gradient.shape)} but expected shape compatible with ` +
          describe(shape),
      );
    return gradient;
  });
}

/**
 * A copy through which no gradient flows, like torch.Tensor.detach. Backward does not report parameters whose only path to the result is
 * detached. The copy stays valid after backward.
 * @param x a tensor of any shape
 * @throws TypeError if it is not a tensor
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.detach.html
 * @example
 * import { detach } from 'convnd/train';
 * console.log(detach([1, 2]).data.join()); // 1,2
 */
export function detach(x: TensorLike): Tensor {
  const tensor = inputTensor(x, () => 'detach');
  const source = active.tape?.sourceOf(x);
  if (source) active.tape?.detached.add(source);
  return { data: viewOf(tensor).slice(), shape: [...tensor.shape] };
}
