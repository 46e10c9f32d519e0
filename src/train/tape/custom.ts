// custom: what a program computed itself as a part of a record, and detach, which ends one.

import { describe, refuse, refuseKind } from '../../core/errors.js';
import { asTensor, sameShape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { viewOf } from '../tensors/intermediate.js';
import { active } from './active.js';
import { recorded } from './results.js';

const where = () => 'custom';

/**
 * Makes a computation of your own a part of the record: a plain loop between two layers would cut the chain otherwise. Outside of
 * `record` it returns the output, and does nothing.
 *
 * @param output what you computed: a tensor with memory of its own
 * @param inputs the tensors that you computed it from, as you were given them
 * @param gradients gives the gradient of each input, of its shape, from that of the output; null for one that has none. It is called
 * by backward, and not at all where no input leads to a parameter
 * @returns the output, to be handed on
 * @throws TypeError for kinds, RangeError for an output that is an input, and from backward in torch's words for gradients that don't fit
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
    refuse(where, 'the output is one of the inputs; give it memory of its own');
  if (active.tape?.sourceOf(result))
    refuse(where, 'the output was recorded already; give it memory of its own');
  return recorded({
    ...{ name: where, inputs, output: result, givesNew: false },
    saved: () => given,
    gradients: (gradOutput) => {
      // a copy: what is kept of it must not change
      const copy = { data: viewOf(gradOutput).slice(), shape: [...result.shape] };
      return checked(gradients(copy), given);
    },
  });
}

/** @throws RangeError for another number of gradients, or another shape; TypeError for what is no list */
function checked(gradients: unknown, inputs: readonly Tensor[]): (Tensor | null)[] {
  if (!Array.isArray(gradients))
    refuseKind(where, `gradients must give a list with one for each input, but gave ${describe(gradients)}`);
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
 * A copy that leads nowhere: no gradient flows through it, and inside `record` backward takes it as meant that none does. It stays when
 * backward gives a record back.
 * @throws TypeError if it is no tensor
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
