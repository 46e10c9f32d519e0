// binaryCrossEntropyWithLogits: torch.nn.functional.binary_cross_entropy_with_logits.

import { optionsObject } from '../../core/arguments.js';
import { describe, refuse, type Where } from '../../core/errors.js';
import {
  asTensor,
  attached,
  type Shape,
  sameShape,
  type Tensor,
  type TensorLike,
} from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { recorded } from '../tape/results.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';
import { commonShape, stretched } from './broadcast.js';
import { type LossOptions, reduce, reductionOf } from './reduction.js';

/** Options of `binaryCrossEntropyWithLogits`. */
export interface BinaryCrossEntropyOptions extends LossOptions {
  /** weight of each element, broadcast to the input's shape; default 1 */
  weight?: TensorLike | null | undefined;
  /** weight of positive targets, broadcast to the input's shape; default 1 */
  posWeight?: TensorLike | null | undefined;
}

const where: Where = () => 'binary_cross_entropy_with_logits';

/**
 * The binary cross entropy between logits and targets, the mean of -(t log σ(x) + (1 - t) log(1 - σ(x))). Computed in float64 and
 * rounded once; large logits don't overflow.
 *
 * @param input logits of any shape
 * @param target probabilities from 0 to 1, of the same shape
 * @param options `weight`, `posWeight` and `reduction`, as in torch
 * @returns a tensor of shape [], or of the input's shape with reduction 'none'
 * @throws RangeError for mismatched shapes and unknown reductions, TypeError for wrong types, with torch's message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
 * @example
 * import { binaryCrossEntropyWithLogits } from 'convnd/train';
 * const loss = binaryCrossEntropyWithLogits([0, 2000], [1, 1]);
 * console.log(loss.data[0].toFixed(4)); // 0.3466
 */
export function binaryCrossEntropyWithLogits(
  input: TensorLike,
  target: TensorLike,
  options?: BinaryCrossEntropyOptions,
): Tensor {
  optionsObject(options, ['reduction', 'weight', 'posWeight'], where);
  const reduction = reductionOf(options, where);
  const logits = inputTensor(input, where);
  const wanted = inputTensor(target, where, 'target');
  const { shape } = logits;
  if (!sameShape(wanted.shape, shape))
    refuse(
      where,
      `Target size (torch.Size(${describe(wanted.shape)})) must be the same as input size (torch.Size(${describe(shape)}))`,
    );
  const weight = stretchedValues(options?.weight, 'weight', shape);
  const posWeight = stretchedValues(options?.posWeight, 'pos_weight', shape);
  const losses = lossesOf(logits.data, wanted.data, weight, posWeight);
  const { output, factors } = reduce(losses, shape, reduction, losses.length, where);
  return recorded({
    ...{ name: where, inputs: [input, target], output, givesNew: true },
    saved: () => [logits, wanted],
    gradients: (gradOutput, [wantsInput, wantsTarget]) => {
      const factor = factors(viewOf(gradOutput));
      if (weight) for (let i = 0; i < factor.length; i++) factor[i] *= weight[i];
      const [ofInput, ofTarget] = [wantsInput, wantsTarget].map((wants) => (wants ? temporary(shape) : null));
      const [x, t] = [attached(logits), attached(wanted)];
      if (ofInput) slopesOfInput(x, t, posWeight, factor, viewOf(ofInput));
      if (ofTarget) slopesOfTarget(x, posWeight, factor, viewOf(ofTarget));
      return [ofInput, ofTarget];
    },
  });
}

function lossesOf(x: Float32Array, t: Float32Array, weight: Weights, posWeight: Weights): Float64Array {
  const losses = new Float64Array(x.length);
  for (let i = 0; i < losses.length; i++) {
    const ones = posWeight ? (posWeight[i] - 1) * t[i] : 0;
    const loss = (1 - t[i]) * x[i] + (1 + ones) * softplusOfNegative(x[i]);
    losses[i] = weight ? weight[i] * loss : loss;
  }
  return losses;
}

function slopesOfInput(
  x: Float32Array,
  t: Float32Array,
  posWeight: Weights,
  factor: Float64Array,
  out: Float32Array,
): void {
  for (let i = 0; i < out.length; i++) {
    const ones = posWeight ? posWeight[i] * t[i] : t[i];
    out[i] = factor[i] * ((ones + 1 - t[i]) / (1 + Math.exp(-x[i])) - ones);
  }
}

function slopesOfTarget(x: Float32Array, posWeight: Weights, factor: Float64Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    const more = posWeight ? posWeight[i] - 1 : 0;
    out[i] = factor[i] * (more * softplusOfNegative(x[i]) - x[i]);
  }
}

/** log(1 + exp(-x)), which is -log σ(x). */
function softplusOfNegative(x: number): number {
  return Math.log1p(Math.exp(-Math.abs(x))) + Math.max(-x, 0);
}

/** One weight per element; undefined for ones. */
type Weights = Float32Array | undefined;

/** The values of a tensor broadcast to a shape. Copied, because backward needs them again. */
function stretchedValues(given: TensorLike | null | undefined, name: string, shape: Shape): Weights {
  if (given === null || given === undefined) return undefined;
  const tensor = asTensor(given, name, where);
  if (!sameShape(commonShape(tensor.shape, shape, where), shape))
    refuse(
      where,
      `${name}: shape ${describe(tensor.shape)} cannot be broadcast to the input's ${describe(shape)}`,
    );
  const { data } = tensor;
  const places = stretched(tensor.shape, shape);
  return places ? Float32Array.from(places, (place) => data[place]) : data.slice();
}
