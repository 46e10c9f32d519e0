// crossEntropy: torch.nn.functional.cross_entropy.

import { optionsObject } from '../../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { asTensor, type Tensor, type TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { recorded } from '../tape/results.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';
import { type ClassWeights, classTargets, type Layout, layoutOf } from './class-targets.js';
import { type LossOptions, reduce, reductionOf } from './reduction.js';

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions extends LossOptions {
  /** weight of each class, (classes); default 1 */
  weight?: TensorLike | null | undefined;
  /** positions of this class are ignored; default -100 */
  ignoreIndex?: number | undefined;
  /** share of the target that is distributed equally over all classes, from 0 to 1; default 0 */
  labelSmoothing?: number | undefined;
}

const where: Where = () => 'cross_entropy';

/**
 * The cross entropy of logits and classes: the mean of -log softmax(input) at the class of each position.
 *
 * @param input logits: (classes), (batch, classes) or (batch, classes, ...sizes)
 * @param target class indices, integers of any type, with the input's shape without the classes; or probabilities with the input's
 * shape
 * @param options weight, ignoreIndex, labelSmoothing and reduction, as torch's. A mean is divided by the sum of the classes' weights
 * @returns a tensor of shape [], with 'none' one of the positions. Computed in float64 and rounded once
 * @throws RangeError with torch's messages for invalid classes and shapes that don't match, TypeError for invalid types
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
 * @example
 * import { crossEntropy } from 'convnd/train';
 * const loss = crossEntropy([[2, 0, 0], [0, 0, 2]], [0, 1]);
 * console.log(loss.data[0].toFixed(4)); // 1.2395
 */
export function crossEntropy(input: TensorLike, target: TensorLike, options?: CrossEntropyOptions): Tensor {
  optionsObject(options, ['reduction', 'weight', 'ignoreIndex', 'labelSmoothing'], where);
  const reduction = reductionOf(options, where);
  const logits = inputTensor(input, where);
  const wanted = inputTensor(target, where, 'target');
  const layout = layoutOf(logits.shape, where);
  const weights = classWeights(options, layout, where);
  const { counts, total, areProbabilities } = classTargets(wanted, logits.shape, layout, weights, where);
  const logarithms = logSoftmax(logits.data, layout);
  const losses = lossesOf(counts, logarithms, layout, areProbabilities);
  const { output, factors } = reduce(losses, layout.positions, reduction, total, where);
  return recorded({
    ...{ name: where, inputs: [input, target], output, givesNew: true },
    saved: () => [logits, wanted],
    gradients: (gradOutput, [wantsInput, wantsTarget]) => {
      const factor = factors(viewOf(gradOutput));
      const ofInput = wantsInput ? temporary(logits.shape) : null;
      if (ofInput) slopesOfInput(counts, logarithms, layout, areProbabilities, factor, viewOf(ofInput));
      const ofTarget = wantsTarget ? temporary(wanted.shape) : null;
      if (ofTarget) slopesOfTarget(logarithms, layout, weights, factor, viewOf(ofTarget));
      return [ofInput, ofTarget];
    },
  });
}

// Loops over elements [outer][classes][inner]: `first` is the first of a row, and `position` that row's first among the losses.

function lossesOf(
  counts: Float64Array,
  logarithms: Float64Array,
  { outer, classes, inner }: Layout,
  areProbabilities: boolean,
): Float64Array {
  const losses = new Float64Array(outer * inner);
  for (let row = 0; row < outer * classes; row++) {
    const first = row * inner;
    const position = Math.floor(row / classes) * inner;
    for (let i = 0; i < inner; i++) {
      // a class that doesn't count may have an infinite logarithm
      if (areProbabilities || counts[first + i] !== 0)
        losses[position + i] -= counts[first + i] * logarithms[first + i];
    }
  }
  return losses;
}

function slopesOfInput(
  counts: Float64Array,
  logarithms: Float64Array,
  { outer, classes, inner }: Layout,
  areProbabilities: boolean,
  factor: Float64Array,
  out: Float32Array,
): void {
  const all = new Float64Array(outer * inner);
  for (let row = 0; row < outer * classes; row++) {
    const position = Math.floor(row / classes) * inner;
    for (let i = 0; i < inner; i++) all[position + i] += counts[row * inner + i];
  }
  for (let row = 0; row < outer * classes; row++) {
    const first = row * inner;
    const position = Math.floor(row / classes) * inner;
    for (let i = 0; i < inner; i++) {
      const whole = all[position + i];
      const slope = Math.exp(logarithms[first + i]) * whole - counts[first + i];
      // what is ignored has none, also where a mean is divided by 0
      out[first + i] = whole === 0 && !areProbabilities ? 0 : factor[position + i] * slope;
    }
  }
}

function slopesOfTarget(
  logarithms: Float64Array,
  { outer, classes, inner }: Layout,
  { weight, labelSmoothing }: ClassWeights,
  factor: Float64Array,
  out: Float32Array,
): void {
  for (let row = 0; row < outer * classes; row++) {
    const first = row * inner;
    const position = Math.floor(row / classes) * inner;
    const own = (weight ? weight[row % classes] : 1) * (1 - labelSmoothing);
    for (let i = 0; i < inner; i++) out[first + i] = -factor[position + i] * own * logarithms[first + i];
  }
}

/** The logarithms of the softmax over the classes. */
function logSoftmax(logits: Float32Array, { outer, classes, inner }: Layout): Float64Array {
  const result = new Float64Array(logits.length);
  for (let position = 0; position < outer * inner; position++) {
    const first = Math.floor(position / inner) * classes * inner + (position % inner);
    let largest = Number.NEGATIVE_INFINITY;
    for (let one = 0; one < classes; one++) largest = Math.max(largest, logits[first + one * inner]);
    let sum = 0;
    for (let one = 0; one < classes; one++) sum += Math.exp(logits[first + one * inner] - largest);
    const logarithm = Math.log(sum);
    for (let one = 0; one < classes; one++) {
      const at = first + one * inner;
      result[at] = logits[at] - largest - logarithm;
    }
  }
  return result;
}

/** @throws RangeError, TypeError with torch's messages for options that don't fit */
function classWeights(
  options: CrossEntropyOptions | undefined,
  { classes }: Layout,
  where: Where,
): ClassWeights {
  const { weight = null, ignoreIndex = -100, labelSmoothing = 0 } = options ?? {};
  if (!Number.isInteger(ignoreIndex))
    refuseKind(where, `ignore_index must be an integer, but got ${describe(ignoreIndex)}`);
  if (typeof labelSmoothing !== 'number')
    refuseKind(where, `label_smoothing must be a number, but got ${describe(labelSmoothing)}`);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    refuse(where, `label_smoothing must be between 0.0 and 1.0. Got: ${labelSmoothing}`);
  const given = weight === null ? null : asTensor(weight, 'weight', where);
  if (given && (given.shape.length !== 1 || given.shape[0] !== classes))
    refuse(
      where,
      `weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${describe(given.shape)}`,
    );
  return { weight: given?.data.slice() ?? null, ignoreIndex, labelSmoothing };
}
