// The gradients of one call of a layer or functional including its epilogue:
// activation(scale * (convolution(upsample(inputActivation(x))) + bias) + add).

import { product } from '../../core/lists.js';
import type { Shape, Tensor } from '../../core/tensor.js';
import { stepOf } from '../../engine/address.js';
import type { Winograd } from '../../plan/preference.js';
import { convolutionOf } from '../../problem/convolution.js';
import type { Activation, Epilogue } from '../../run/activation.js';
import type { Parameters } from '../../run/parameters.js';
import type { PlanCache } from '../../run/plan-cache.js';
import { copyToStrided, gapless } from '../tensors/gapless.js';
import { viewOf } from '../tensors/intermediate.js';
import { Held } from '../tensors/temporary.js';
import { activate } from './activate.js';
import type { GradientConvolutions } from './adjoint-convolutions.js';
import { inputGradient, weightGradient } from './gradients.js';
import { type Masking, maskAndSum } from './mask-and-sum.js';
import { isToldByResult, needsResult } from './slopes.js';
import { gather, repeatedWindows, spread } from './windows.js';

/** A call, and what is needed to compute its gradients. */
export interface Call {
  /** for the upsampled input */
  readonly readings: GradientConvolutions;
  readonly plans: PlanCache;
  readonly parameters: Parameters;
  readonly winograd: Winograd;
  readonly input: Tensor;
  /** the upsampling factor of each axis */
  readonly upsample: readonly number[] | undefined;
  readonly epilogue: Epilogue | undefined;
  /** the output; recomputed if it is undefined and the derivative of an activation needs it */
  readonly output: Tensor | undefined;
}

/** The tensors to write gradients to; those that are undefined are not computed. */
interface Targets {
  readonly input?: Tensor | undefined;
  readonly weight?: Tensor | undefined;
  readonly bias?: Tensor | undefined;
  readonly add?: Tensor | undefined;
}

/** The shape of an upsampled input. */
export function repeatedShape(shape: Shape, upsample: readonly number[] | undefined): number[] {
  if (!upsample) return [...shape];
  const first = shape.length - upsample.length;
  return shape.map((size, axis) => (axis < first ? size : size * upsample[axis - first]));
}

/**
 * Computes the gradients of a call and overwrites the targets. The target of the input may be a view of some channels of several images,
 * which is written last.
 * @throws RangeError if there is not enough memory
 */
export function callGradients(call: Call, gradOutput: Tensor, to: Targets): void {
  const held = new Held();
  try {
    const isStrided = to.input && stepOf(to.input) >= 0;
    const inputGrad = isStrided ? held.tensor(to.input.shape) : to.input;
    gapless([call.input, gradOutput], (input, given) => {
      compute({ ...call, input }, given, { ...to, input: inputGrad }, held);
    });
    if (isStrided && inputGrad) copyToStrided(inputGrad, to.input);
  } finally {
    held.giveBack();
  }
}

function compute(call: Call, gradOutput: Tensor, to: Targets, held: Held): void {
  const { readings, epilogue } = call;
  const { batch, filters } = readings.problem;
  const activation = epilogue?.activation;
  const recomputesOutput = activation && !(isToldByResult(activation) && call.output);
  const convolved = to.weight || recomputesOutput ? convolvedOf(call, held) : call.input;
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

/** The input of the convolution: activated and upsampled. */
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

/** The activation of a call, with the tensors that its derivative needs. */
function maskingOf(call: Call, activation: Activation, convolved: Tensor, out: Tensor, held: Held): Masking {
  if (!isToldByResult(activation)) {
    const given = recomputed(call, convolved, undefined, out, held);
    return maskingBy(given, activation, out, held);
  }
  const result = call.output ?? recomputed(call, convolved, activation, out, held);
  return { activation, result, out };
}

/** The same for a known input of the activation. */
function maskingBy(given: Tensor, activation: Activation, out: Tensor, held: Held): Masking {
  if (!needsResult(activation)) return { activation, given, out };
  const result = held.tensor(given.shape);
  activate(given, activation, result);
  return { activation, given, result, out };
}

/** Recomputes the output of a call, with or without its activation. */
function recomputed(
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
