// Backward: the gradients of one call of a layer, from its input and the gradient of its output. The layer remembers nothing.

import { checkShape, optionsObject } from '../core/arguments.js';
import { describe, refuseKind, type Where } from '../core/errors.js';
import type { Tensor, TensorLike } from '../core/tensor.js';
import { type ActivationName, activationOf } from '../layers/activation.js';
import { checkOut, inputTensor, outputShapeOf } from '../layers/call.js';
import type { Conv1d, ConvTranspose1d } from '../layers/conv.js';
import { insideOf } from '../layers/inside.js';
import type { Layer } from '../layers/layer.js';
import type { Activation } from '../run/activation.js';
import { checkGradOutput, checkOutput } from './gradients/grad-output.js';
import { inputGradient, weightGradient } from './gradients/gradients.js';
import { layerReadings } from './gradients/layer-readings.js';
import { checkMask, hidesSign, type Masking, maskAndSum } from './gradients/mask-and-sum.js';
import { unrecorded } from './tape/active.js';
import { addToGrad } from './tensors/accumulate.js';
import { newGradient } from './tensors/new-gradient.js';
import { giveBack, temporary } from './tensors/temporary.js';

/** A layer of any rank. */
export type AnyLayer = Layer & { forward: Conv1d['forward'] | ConvTranspose1d['forward'] };

/** Options of `backward`: the call of `forward` that it belongs to. */
export interface BackwardOptions {
  /** what the layer was given */
  input: TensorLike;
  /** what it returned. Only an activation asks for it, and without it the layer computes it again */
  output?: TensorLike | undefined;
  /** that of the call */
  activation?: ActivationName | undefined;
  /** that of the call */
  negativeSlope?: number | undefined;
  /** that of the call of a transposed layer */
  outputSize?: readonly number[] | undefined;
  /** whether the gradient of the input is computed; default true. That of a network's first layer is of no use */
  inputGrad?: boolean | undefined;
  /** where the gradient of the input goes, plain or resident: a tensor of the input's shape; then nothing is allocated */
  out?: Tensor | undefined;
}

const OPTIONS = ['input', 'output', 'activation', 'negativeSlope', 'outputSize', 'inputGrad', 'out'];

/**
 * Computes the gradients of a call of a layer. Those of weight and bias are added to their `grad` where they have `requiresGrad`, in
 * place where there is one already; that of the input is returned.
 *
 * All tensors may be resident; the result is so only where `out` is.
 * @param layer any layer; a lazy one has seen its first input
 * @param gradOutput the gradient of the output, of exactly its shape
 * @returns the gradient of the input, of its shape, or null with `inputGrad: false`
 * @throws RangeError for sizes, TypeError for kinds that don't fit the call, in torch's words where it has some. Nothing is changed then
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.backward.html
 * @example
 * import { Conv1d } from 'convnd';
 * import { backward } from 'convnd/train';
 * const conv = new Conv1d(1, 1, 2);
 * conv.weight = [[[1, -1]]];
 * const input = [[[1, 2, 4]]];
 * const output = conv.forward(input, { activation: 'relu' });
 * const gradOutput = [[[10, 1]]];
 * console.log(output.shape.join(), backward(conv, gradOutput, { input })?.data.join()); // 1,1,2 10,-9,-1
 * console.log(conv.weight.grad?.data.join(), conv.bias?.grad?.data.join()); // 12,24 11
 */
export function backward(layer: AnyLayer, gradOutput: TensorLike, options: BackwardOptions): Tensor | null {
  const inside = insideOf(layer);
  if (!inside) throw new TypeError(`backward: expected a layer, got ${describe(layer)}`);
  const where: Where = () => `backward of ${String(layer)}`;
  if (options === undefined) refuseKind(where, 'options must be an object like { input: ... }');
  optionsObject(options, OPTIONS, where);
  const { outputSize, inputGrad = true, out } = options;
  const activation = checkMask(activationOf(options.activation, options.negativeSlope, where), where);
  if (outputSize !== undefined) checkShape(outputSize, 'outputSize', where);
  const input = inputTensor(options.input, where);
  const readings = layerReadings(layer, inside, input.shape, outputSize);
  const { problem } = readings;
  const given = checkGradOutput(gradOutput, outputShapeOf(problem, input.shape.length), where);
  if (out !== undefined) for (const other of [given, input]) checkOut(out, input.shape, other, where);

  const { parameters, plans } = inside;
  const { weight, bias } = parameters;
  const masking = activation && maskingOf(layer, given, input, activation, options, where);
  const gradBias = bias?.requiresGrad ? newGradient(bias.shape, where) : undefined;
  try {
    maskAndSum(problem.batch, problem.filters, given, masking, gradBias);
    const gradient = masking?.out ?? given;
    if (weight.requiresGrad) {
      const gradWeight = newGradient(weight.shape, where);
      weightGradient(readings, input, gradient, gradWeight);
      addToGrad(weight, gradWeight, true);
    }
    if (bias && gradBias) addToGrad(bias, gradBias, true);
    if (!inputGrad) return null;
    const gradInput = out ?? newGradient(input.shape, where);
    inputGradient(readings, plans, parameters.current(), gradient, layer.winograd, gradInput);
    return gradInput;
  } finally {
    if (masking) giveBack(masking.out);
  }
}

/** What the gradient is masked by, and room for the gradient of what the activation was given. */
function maskingOf(
  layer: AnyLayer,
  gradOutput: Tensor,
  input: Tensor,
  activation: Activation,
  { output, activation: name, negativeSlope, outputSize }: BackwardOptions,
  where: Where,
): Masking {
  const isLost = hidesSign(activation);
  const result =
    output === undefined || isLost
      ? unrecorded(() =>
          layer.forward(input, { outputSize, ...(!isLost && { activation: name, negativeSlope }) }),
        )
      : checkOutput(output, gradOutput.shape, where);
  return { activation, result, out: temporary(gradOutput.shape) };
}
