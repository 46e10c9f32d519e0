// Pointwise loss: one that compares each element with one of a target, and adds up what comes of it.

import type { Where } from '../../core/errors.js';
import { type Shape, sameShape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { operand, recorded } from '../tape/operands.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';
import { commonShape, stretched } from './broadcast.js';
import { type LossOptions, reduce, reductionOf } from './reduction.js';

/** A loss of the difference of two numbers. */
export interface Pointwise {
  readonly name: string;
  readonly value: (difference: number) => number;
  readonly slope: (difference: number) => number;
}

/** Pairs of shapes that were warned of. */
const warned = new Set<string>();

/** The loss of an input against a target. Both may lead to parameters. */
export function pointwiseLoss(
  given: TensorLike,
  wanted: TensorLike,
  options: LossOptions | undefined,
  { name, value, slope }: Pointwise,
): Tensor {
  const where = () => name;
  const reduction = reductionOf(options, where);
  // what a loss reads stays readable after backward
  const input = operand(given, 'input', where);
  const target = operand(wanted, 'target', where);
  const shape = commonShape(input.shape, target.shape, where);
  if (!sameShape(input.shape, target.shape)) warn(input.shape, target.shape, where);
  const places = [stretched(input.shape, shape), stretched(target.shape, shape)];
  const difference = differences(input.data, target.data, places, shape);
  const losses = new Float64Array(difference.length);
  for (let i = 0; i < losses.length; i++) losses[i] = value(difference[i]);
  const { output, factorAt } = reduce(losses, shape, reduction, losses.length, where);
  return recorded({
    ...{ name: where, inputs: [given, wanted], output, givesNew: true },
    saved: () => [input, target],
    gradients: (gradOutput, isWanted) => {
      const factor = factorAt(viewOf(gradOutput));
      const one = (index: number, sign: number, { shape: sizes }: Tensor) => {
        if (!isWanted[index]) return null;
        const gradient = temporary(sizes);
        const out = viewOf(gradient);
        const at = places[index];
        if (at) {
          const sums = new Float64Array(out.length);
          for (let i = 0; i < at.length; i++) sums[at[i]] += sign * factor(i) * slope(difference[i]);
          out.set(sums);
        } else for (let i = 0; i < out.length; i++) out[i] = sign * factor(i) * slope(difference[i]);
        return gradient;
      };
      return [one(0, 1, input), one(1, -1, target)];
    },
  });
}

function differences(
  input: Float32Array,
  target: Float32Array,
  [inInput, inTarget]: readonly (Int32Array | undefined)[],
  shape: Shape,
): Float64Array {
  const count = shape.reduce((all, size) => all * size, 1);
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
