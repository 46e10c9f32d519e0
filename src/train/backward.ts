// Backward: the gradients of one call of a layer, from its input and the gradient of its output. The layer remembers nothing.

import { checkShape, optionsObject } from '../core/arguments.js';
import { describe, refuseKind, type Where } from '../core/errors.js';
import type { Tensor, TensorLike } from '../core/tensor.js';
import type { ActivationName } from '../layers/activation.js';
import { checkOut, inputTensor, outputShapeOf } from '../layers/call.js';
import type { Conv1d, ConvTranspose1d } from '../layers/conv.js';
import { epilogueOf } from '../layers/epilogue.js';
import { insideOf } from '../layers/inside.js';
import type { Layer } from '../layers/layer.js';
import { callGradients } from './gradients/call.js';
import { checkGradOutput, checkOutput } from './gradients/grad-output.js';
import { layerCall } from './gradients/layer-call.js';
import { addToGrad } from './tensors/accumulate.js';
import { newGradient } from './tensors/new-gradient.js';

/** A layer of any rank. */
export type AnyLayer = Layer & { forward: Conv1d['forward'] | ConvTranspose1d['forward'] };

/** Options of `backward`, which describe the call of `forward`. */
export interface BackwardOptions {
  /** what the layer was given */
  input: TensorLike;
  /** its result. Only needed for an activation; without it the layer recomputes it */
  output?: TensorLike | undefined;
  /** that of the call, as are the following */
  activation?: ActivationName | undefined;
  /** of leakyRelu, default 0.01 */
  negativeSlope?: number | undefined;
  /** what was applied to the input */
  inputActivation?: ActivationName | undefined;
  /** of a leakyRelu of the input, default 0.01 */
  inputNegativeSlope?: number | undefined;
  /** the factor of the convolution with its bias, default 1 */
  scale?: number | undefined;
  /** of a plain layer */
  upsample?: number | readonly number[] | undefined;
  /** of a transposed layer */
  outputSize?: readonly number[] | undefined;
  /** whether to compute the gradient of the input; default true. It is not needed for the first layer of a network */
  inputGrad?: boolean | undefined;
  /** a tensor of the input's shape for its gradient, plain or resident, so that nothing is allocated */
  out?: Tensor | undefined;
}

const OPTIONS = [
  ...['input', 'output', 'activation', 'negativeSlope', 'inputActivation', 'inputNegativeSlope', 'scale'],
  ...['upsample', 'outputSize', 'inputGrad', 'out'],
];

/**
 * Computes the gradients of one call of a layer. Gradients of weight and bias are added to their `grad` if they have `requiresGrad`, in
 * place if there is one already. The gradient of the input is returned.
 *
 * All tensors may be resident; the result is resident only if `out` is.
 * @param layer any layer; a lazy layer must have had its first input
 * @param gradOutput the gradient of the output, of exactly its shape
 * @param options `input` and the other options of the call; inputGrad, out
 * @returns the gradient of the input, of its shape, or null with `inputGrad: false`
 * @throws RangeError for sizes, TypeError for types that don't match the call, with torch's messages where they exist. Then nothing is changed
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
