// Call: the gradients of one call of a layer or functional with all that was done beside the convolution:
// activation(scale * (convolution of inputActivation(x), repeated, with its bias) + add).

import { product } from '../../core/lists.js';
import type { Shape, Tensor } from '../../core/tensor.js';
import { stepOf } from '../../engine/address.js';
import type { Winograd } from '../../plan/preference.js';
import { convolutionOf } from '../../problem/convolution.js';
import type { Activation, Epilogue } from '../../run/activation.js';
import type { Parameters } from '../../run/parameters.js';
import type { PlanCache } from '../../run/plan-cache.js';
import { copyApart, gapless } from '../tensors/gapless.js';
import { viewOf } from '../tensors/intermediate.js';
import { Held } from '../tensors/temporary.js';
import { activate } from './activate.js';
import { inputGradient, weightGradient } from './gradients.js';
import { type Masking, maskAndSum } from './mask-and-sum.js';
import type { Readings } from './readings.js';
import { isToldByResult, needsResult } from './slopes.js';
import { gather, repeatedWindows, spread } from './windows.js';

/** A call, and what its gradients are computed with. */
export interface Call {
  /** those of the input as it was convolved, with its elements repeated */
  readonly readings: Readings;
  readonly plans: PlanCache;
  readonly parameters: Parameters;
  readonly winograd: Winograd;
  readonly input: Tensor;
  /** how often each element of the input was repeated, where one was */
  readonly upsample: readonly number[] | undefined;
  readonly epilogue: Epilogue | undefined;
  /** what it gave; where it is unknown, and an activation asks for it, it is computed again */
  readonly output: Tensor | undefined;
}

/** Where gradients go; what is left out is not computed. */
export interface Targets {
  readonly input?: Tensor | undefined;
  readonly weight?: Tensor | undefined;
  readonly bias?: Tensor | undefined;
  readonly add?: Tensor | undefined;
}

/** The shape of an input whose elements are repeated. */
export function repeatedShape(shape: Shape, upsample: readonly number[] | undefined): number[] {
  if (!upsample) return [...shape];
  const first = shape.length - upsample.length;
  return shape.map((size, axis) => (axis < first ? size : size * upsample[axis - first]));
}

/**
 * Computes the gradients of a call, each written whole. That of the input may go to channels of several images: they are written last.
 * @throws RangeError if memory is insufficient
 */
export function callGradients(call: Call, gradOutput: Tensor, to: Targets): void {
  const held = new Held();
  try {
    const isApart = to.input && stepOf(to.input) >= 0;
    const inputGrad = isApart ? held.tensor(to.input.shape) : to.input;
    gapless([call.input, gradOutput], (input, given) => {
      compute({ ...call, input }, given, { ...to, input: inputGrad }, held);
    });
    if (isApart && inputGrad) copyApart(inputGrad, to.input);
  } finally {
    held.giveBack();
  }
}

function compute(call: Call, gradOutput: Tensor, to: Targets, held: Held): void {
  const { readings, epilogue } = call;
  const { batch, filters } = readings.problem;
  const activation = epilogue?.activation;
  const computesAgain = activation && !(isToldByResult(activation) && call.output);
  const convolved = to.weight || computesAgain ? convolvedOf(call, held) : call.input;
  const masking =
    activation && maskingOf(call, activation, convolved, to.add ?? held.tensor(gradOutput.shape), held);
  maskAndSum(batch, filters, gradOutput, masking, to.bias);
  if (to.add && !masking) viewOf(to.add).set(viewOf(gradOutput));
  const gradient = masking?.out ?? gradOutput;
  if (to.weight) weightGradient(readings, convolved, gradient, to.weight);
  if (to.input) ofInput(call, gradient, to.input, held);
  const { scale = 1 } = epilogue ?? {};
  if (scale !== 1)
    for (const one of [to.input, to.weight, to.bias]) if (one) multiply(viewOf(one), Math.fround(scale));
}

/** The input as it was convolved. */
function convolvedOf({ input, upsample, epilogue, readings }: Call, held: Held): Tensor {
  const { batch, channels } = readings.problem;
  let x = input;
  if (epilogue?.input) {
    x = held.tensor(input.shape);
    activate(input, epilogue.input, x);
  }
  if (!upsample) return x;
  const repeated = held.tensor(repeatedShape(input.shape, upsample));
  const axes = repeatedWindows(input.shape.slice(-upsample.length), upsample);
  spread(axes, batch * channels, viewOf(x), viewOf(repeated));
  return repeated;
}

/** What the gradient is masked by. */
function maskingOf(call: Call, activation: Activation, convolved: Tensor, out: Tensor, held: Held): Masking {
  if (!isToldByResult(activation)) {
    const given = again(call, convolved, undefined, out, held);
    return maskingBy(given, activation, out, held);
  }
  const result = call.output ?? again(call, convolved, activation, out, held);
  return { activation, result, out };
}

/** The same where it is known what the activation was given. */
function maskingBy(given: Tensor, activation: Activation, out: Tensor, held: Held): Masking {
  if (!needsResult(activation)) return { activation, given, out };
  const result = held.tensor(given.shape);
  activate(given, activation, result);
  return { activation, given, result, out };
}

/** The output of a call, computed again: with its activation, or with none. */
function again(
  { readings, plans, winograd, parameters, epilogue }: Call,
  convolved: Tensor,
  activation: Activation | undefined,
  { shape }: Tensor,
  held: Held,
): Tensor {
  const { scale = 1, add } = epilogue ?? {};
  const output = held.tensor(shape);
  const isPlain = !activation && scale === 1 && !add;
  plans
    .prepared(convolutionOf(readings.problem), { winograd })
    .run(convolved, output, parameters, isPlain ? undefined : { scale, add, activation });
  return output;
}

function ofInput(call: Call, gradient: Tensor, out: Tensor, held: Held): void {
  const { readings, plans, parameters, winograd, input, upsample, epilogue } = call;
  const { batch, channels } = readings.problem;
  const convolved = upsample ? held.tensor(repeatedShape(input.shape, upsample)) : out;
  inputGradient(readings, plans, parameters, gradient, winograd, convolved);
  if (upsample) {
    const axes = repeatedWindows(input.shape.slice(-upsample.length), upsample);
    gather(axes, batch * channels, viewOf(convolved), viewOf(out));
  }
  const activation = epilogue?.input;
  if (!activation || product(out.shape) === 0) return;
  maskAndSum(batch, channels, out, maskingBy(input, activation, out, held), undefined);
}

function multiply(numbers: Float32Array, factor: number): void {
  for (let i = 0; i < numbers.length; i++) numbers[i] *= factor;
}
