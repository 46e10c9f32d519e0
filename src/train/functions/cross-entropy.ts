// crossEntropy: torch.nn.functional.cross_entropy.

import { numeric, optionsObject } from '../../core/arguments.js';
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
  /** weight of each class, of shape (classes); default 1 */
  weight?: TensorLike | null | undefined;
  /** targets with this class index are ignored; default -100 */
  ignoreIndex?: number | undefined;
  /** the part of each target that is distributed equally among all classes, from 0 to 1; default 0 */
  labelSmoothing?: number | undefined;
}

const where: Where = () => 'cross_entropy';

/**
 * The cross entropy between logits and target classes, the mean of -log softmax(input) at the target class of each position. Computed in
 * float64 and rounded once.
 *
 * @param input logits, (classes), (batch, classes) or (batch, classes, ...sizes)
 * @param target class indices, integers of any type, of the input's shape without the class axis; or probabilities of the input's shape
 * @param options `weight`, `ignoreIndex`, `labelSmoothing` and `reduction`, as in torch. The mean is weighted by `weight`
 * @returns a tensor of shape [], or with reduction 'none' of the input's shape without the class axis
 * @throws RangeError for invalid class indices and mismatched shapes, TypeError for wrong types, with torch's message
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

// The loops below run over elements [outer][classes][inner]. A row has `inner` elements: `first` is the index of its first element, and
// `position` the index of that element's loss.

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
      // an ignored class may have an infinite logarithm, and 0 · Infinity is NaN
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
      // an ignored position has gradient 0, even if the divisor of the mean is 0
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

/** @throws RangeError or TypeError with torch's message for invalid options */
function classWeights(
  options: CrossEntropyOptions | undefined,
  { classes }: Layout,
  where: Where,
): ClassWeights {
  const { weight = null, ignoreIndex = -100, labelSmoothing = 0 } = options ?? {};
  if (!Number.isInteger(ignoreIndex))
    refuseKind(where, `ignore_index must be an integer, but got ${describe(ignoreIndex)}`);
  numeric(labelSmoothing, 'label_smoothing', where);
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
