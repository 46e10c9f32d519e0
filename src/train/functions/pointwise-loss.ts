// Pointwise loss: one that compares each element with one of a target, and adds up what comes of it.

import type { Where } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import { type Shape, sameShape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { recorded } from '../tape/results.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';
import { commonShape, stretched } from './broadcast.js';
import { type LossOptions, reduce, reductionOf } from './reduction.js';

/** A loss of the difference of two numbers. It has loops of its own, as activations have. */
export interface Pointwise {
  readonly name: string;
  values(differences: Float64Array, to: Float64Array): void;
  slopes(differences: Float64Array, to: Float64Array): void;
}

/** Pairs of shapes that were warned of. */
const warned = new Set<string>();

/** The loss of an input against a target. Both may lead to parameters. */
export function pointwiseLoss(
  given: TensorLike,
  wanted: TensorLike,
  options: LossOptions | undefined,
  { name, values, slopes }: Pointwise,
): Tensor {
  const where = () => name;
  const reduction = reductionOf(options, where);
  // what a loss reads stays readable after backward
  const input = inputTensor(given, where);
  const target = inputTensor(wanted, where, 'target');
  const shape = commonShape(input.shape, target.shape, where);
  if (!sameShape(input.shape, target.shape)) warn(input.shape, target.shape, where);
  const places = [stretched(input.shape, shape), stretched(target.shape, shape)];
  const difference = differences(input.data, target.data, places, shape);
  const losses = new Float64Array(difference.length);
  values(difference, losses);
  const { output, factors } = reduce(losses, shape, reduction, losses.length, where);
  return recorded({
    ...{ name: where, inputs: [given, wanted], output, givesNew: true },
    saved: () => [input, target],
    gradients: (gradOutput, isWanted) => {
      const gradients = new Float64Array(difference.length);
      slopes(difference, gradients);
      multiply(gradients, factors(viewOf(gradOutput)));
      const one = (index: number, sign: number, { shape: sizes }: Tensor) => {
        if (!isWanted[index]) return null;
        const gradient = temporary(sizes);
        gather(gradients, places[index], sign, viewOf(gradient));
        return gradient;
      };
      return [one(0, 1, input), one(1, -1, target)];
    },
  });
}

function multiply(values: Float64Array, factors: Float64Array): void {
  for (let i = 0; i < values.length; i++) values[i] *= factors[i];
}

/** The gradient of a tensor: what it was stretched to is added up. */
function gather(
  gradients: Float64Array,
  places: Int32Array | undefined,
  sign: number,
  out: Float32Array,
): void {
  const sums = places ? new Float64Array(out.length) : gradients;
  if (places) for (let i = 0; i < places.length; i++) sums[places[i]] += gradients[i];
  for (let i = 0; i < out.length; i++) out[i] = sign * sums[i];
}

function differences(
  input: Float32Array,
  target: Float32Array,
  [inInput, inTarget]: readonly (Int32Array | undefined)[],
  shape: Shape,
): Float64Array {
  const count = product(shape);
  const result = new Float64Array(count);
  for (let i = 0; i < count; i++)
    result[i] = input[inInput ? inInput[i] : i] - target[inTarget ? inTarget[i] : i];
  return result;
}

/** Torch's warning, once for each pair of shapes: the loss of a batch against one row is seldom meant. */
function warn(input: Shape, target: Shape, where: Where): void {
  const text =
    `Using a target size (torch.Size([${target.join(', ')}])) that is different to the input size (torch.Size([${input.join(', ')}])). ` +
    `This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size. [${where()}]`;
  if (warned.has(text)) return;
  warned.add(text);
  console.warn(text);
}
