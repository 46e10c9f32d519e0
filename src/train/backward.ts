// backward: the gradients of one call of a layer, computed from its input and the gradient of its output. Layers store no activations.

import { checkShape, flag, optionsObject } from '../core/arguments.js';
import { describe, refuseKind, type Where } from '../core/errors.js';
import type { Tensor, TensorLike } from '../core/tensor.js';
import type { ActivationName } from '../layers/activation.js';
import type { AnyLayer } from '../layers/any-layer.js';
import { checkOut, inputTensor, outputShapeOf } from '../layers/call.js';
import { epilogueOf } from '../layers/epilogue.js';
import { insideOf } from '../layers/internals.js';
import { callGradients } from './gradients/call.js';
import { checkGradOutput, checkOutput } from './gradients/grad-output.js';
import { layerCall } from './gradients/layer-call.js';
import { addToGrad } from './tensors/accumulate.js';
import { newGradient } from './tensors/new-gradient.js';

/** Options of `backward`: the arguments of the `forward` call to differentiate, `inputGrad` and `out`. */
export interface BackwardOptions {
  /** the input of the call */
  input: TensorLike;
  /** the output of the call. Used only with an activation; recomputed if it is not given */
  output?: TensorLike | undefined;
  /** `activation` of the call */
  activation?: ActivationName | undefined;
  /** `negativeSlope` of the call; default 0.01 */
  negativeSlope?: number | undefined;
  /** `inputActivation` of the call */
  inputActivation?: ActivationName | undefined;
  /** `inputNegativeSlope` of the call; default 0.01 */
  inputNegativeSlope?: number | undefined;
  /** `scale` of the call; default 1 */
  scale?: number | undefined;
  /** `upsample` of the call */
  upsample?: number | readonly number[] | undefined;
  /** `outputSize` of the call, for transposed layers */
  outputSize?: readonly number[] | undefined;
  /** whether to compute the gradient of the input; default true. A network's first layer does not need it */
  inputGrad?: boolean | undefined;
  /** a tensor of the input's shape to write the gradient of the input to, plain or resident, so that nothing is allocated */
  out?: Tensor | undefined;
}

const OPTIONS = [
  ...['input', 'output', 'activation', 'negativeSlope', 'inputActivation', 'inputNegativeSlope', 'scale'],
  ...['upsample', 'outputSize', 'inputGrad', 'out'],
];

/**
 * Computes the gradients of one call of a layer. Accumulates those of weight and bias in their `grad` if `requiresGrad` is set, and
 * returns that of the input. No recording is needed; `record` differentiates whole networks.
 *
 * All tensors may be resident. The result is resident only if `out` is.
 * @param layer any layer; a lazy one after its first input
 * @param gradOutput the gradient of the output, with exactly the output's shape
 * @param options the input and the options of the `forward` call, `inputGrad` and `out`
 * @returns the gradient of the input, with the input's shape, or null if `inputGrad` is false
 * @throws RangeError for sizes and TypeError for types that do not match the call; then nothing is changed
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
  if (!inside)
    throw new TypeError(`backward: expected a layer of this copy of convnd, got ${describe(layer)}`);
  const where: Where = () => `backward of ${String(layer)}`;
  if (options === undefined) refuseKind(where, 'options must be an object like { input: ... }');
  optionsObject(options, OPTIONS, where);
  const { outputSize, inputGrad = true, out } = options;
  flag(inputGrad, 'inputGrad', where);
  const { activation, negativeSlope, inputActivation, inputNegativeSlope, scale } = options;
  const epilogue = epilogueOf(
    { activation, negativeSlope, inputActivation, inputNegativeSlope, scale },
    where,
  );
  if (outputSize !== undefined) checkShape(outputSize, 'outputSize', where);
  const input = inputTensor(options.input, where);
  const call = layerCall(layer, inside, input, undefined, epilogue, options);
  const shape = outputShapeOf(call.readings.problem, input.shape.length);
  const given = checkGradOutput(gradOutput, shape, where);
  if (out !== undefined) for (const other of [given, input]) checkOut(out, input.shape, other, where);
  const output = options.output === undefined ? undefined : checkOutput(options.output, shape, where);

  const { weight, bias } = inside.parameters;
  const to = {
    input: inputGrad ? (out ?? newGradient(input.shape, where)) : undefined,
    weight: weight.requiresGrad ? newGradient(weight.shape, where) : undefined,
    bias: bias?.requiresGrad ? newGradient(bias.shape, where) : undefined,
  };
  callGradients({ ...call, output }, given, to);
  if (to.weight) addToGrad(weight, to.weight, true);
  if (bias && to.bias) addToGrad(bias, to.bias, true);
  return to.input ?? null;
}
