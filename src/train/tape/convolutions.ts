// Convolutions: calls of layers and functionals as operations of a tape, with their gradients.

import { present, refuse, type Where } from '../../core/errors.js';
import type { Shape, Tensor, TensorLike } from '../../core/tensor.js';
import { type ActivationName, activationOf } from '../../layers/activation.js';
import { GivenParameters, insideOf, plansFor } from '../../layers/inside.js';
import type { Layer } from '../../layers/layer.js';
import type { FunctionalCall } from '../../layers/recording.js';
import { settings } from '../../layers/settings.js';
import type { Winograd } from '../../plan/wish.js';
import { functionName, problemOf } from '../../problem/problem.js';
import type { Activation } from '../../run/activation.js';
import type { Parameters } from '../../run/parameters.js';
import type { PlanCache } from '../../run/plan-cache.js';
import { inputGradient, weightGradient } from '../gradients/gradients.js';
import { layerReadings } from '../gradients/layer-readings.js';
import { checkMask, hidesSign, maskAndSum } from '../gradients/mask-and-sum.js';
import { type Readings, readingsOf } from '../gradients/readings.js';
import { newGradient } from '../tensors/new-gradient.js';
import { giveBack, temporary } from '../tensors/temporary.js';
import type { Tape } from './tape.js';

/** Any layer. */
type AnyLayer = Layer & { forward(x: TensorLike, options?: object): Tensor };

/** Options of `forward` that need no gradient, or have theirs here. */
interface CallOptions {
  readonly activation?: ActivationName;
  readonly negativeSlope?: number;
  readonly outputSize?: Shape;
}

const KNOWN = ['activation', 'negativeSlope', 'outputSize'];

/** A convolution that was computed, and what its gradients are computed with. */
interface Convolved extends Omit<FunctionalCall, 'options' | 'given'> {
  readonly name: Where;
  readonly activation: Activation | undefined;
  /** the output without an activation, computed again */
  again(): Tensor;
  /** asked for by backward only */
  means(): Means;
}

/** What the gradients of a convolution are computed with. */
interface Means {
  readonly readings: Readings;
  readonly plans: PlanCache;
  readonly parameters: Parameters;
  readonly winograd: Winograd;
}

/** Records a call of a layer. */
export function recordLayer(
  tape: Tape,
  layer: AnyLayer,
  x: TensorLike,
  input: Tensor,
  output: Tensor,
  options: CallOptions = {},
): void {
  const name = () => String(layer);
  checkKnown(options, name);
  const { outputSize } = options;
  const { weight, bias } = layer;
  record(tape, {
    ...{ name, x, weight, bias, input, weightTensor: weight, biasTensor: bias, output },
    activation: checkMask(activationOf(options.activation, options.negativeSlope, name), name),
    again: () => layer.forward(input, outputSize && { outputSize }),
    means: () => {
      const inside = present(insideOf(layer), 'layer');
      const { parameters, plans } = inside;
      return {
        readings: layerReadings(layer, inside, input.shape, outputSize),
        plans,
        parameters: parameters.current(),
        winograd: layer.winograd,
      };
    },
  });
}

/** Records a call of a functional. */
export function recordFunctional(tape: Tape, call: FunctionalCall): void {
  const { options, given, x, weight, bias, input, weightTensor, biasTensor, output } = call;
  const name = () => functionName(options);
  checkKnown(given ?? {}, name, Object.keys(options));
  record(tape, {
    ...{ name, x, weight, bias, input, weightTensor, biasTensor, output, activation: undefined },
    again: () => output,
    means: () => {
      const shapes = { input: input.shape, weight: weightTensor.shape, bias: biasTensor?.shape ?? null };
      return {
        readings: readingsOf(problemOf(options, shapes, name)),
        plans: plansFor(weight),
        parameters: new GivenParameters(weightTensor, biasTensor),
        winograd: settings.winograd,
      };
    },
  });
}

function record(tape: Tape, call: Convolved): void {
  const { name, x, weight, bias, input, weightTensor, biasTensor, output, activation } = call;
  const isLost = activation !== undefined && hidesSign(activation);
  tape.record({
    name,
    inputs: [x, weight, bias],
    output,
    givesNew: true,
    saved: ([, wantsWeight, wantsBias]) => [
      weightTensor,
      ...(wantsWeight || wantsBias || isLost ? [input] : []),
      ...(activation && !isLost ? [output] : []),
    ],
    gradients: (gradOutput, wanted) => {
      const [, , wantsBias] = wanted;
      const means = call.means();
      const { batch, filters } = means.readings.problem;
      // not of as many as there are filters: without channels there are none, but the bias stays as it is
      const gradBias = wantsBias && biasTensor ? newGradient(biasTensor.shape, name) : null;
      const masking = activation && {
        activation,
        result: isLost ? call.again() : output,
        out: temporary(gradOutput.shape),
      };
      try {
        maskAndSum(batch, filters, gradOutput, masking, gradBias ?? undefined);
        return [...gradientsOf(call, means, masking?.out ?? gradOutput, wanted), gradBias];
      } finally {
        if (masking) giveBack(masking.out);
      }
    },
  });
}

/** The gradients of input and weight. */
function gradientsOf(
  { name, input, weightTensor }: Convolved,
  { readings, plans, parameters, winograd }: Means,
  gradOutput: Tensor,
  [wantsInput, wantsWeight]: readonly boolean[],
): (Tensor | null)[] {
  const gradInput = wantsInput ? temporary(input.shape) : null;
  if (gradInput) inputGradient(readings, plans, parameters, gradOutput, winograd, gradInput);
  const gradWeight = wantsWeight ? newGradient(weightTensor.shape, name) : null;
  if (gradWeight) weightGradient(readings, input, gradOutput, gradWeight);
  return [gradInput, gradWeight];
}

/** @throws RangeError for an option whose gradient is not known here */
function checkKnown(options: object, name: Where, known: readonly string[] = KNOWN): void {
  for (const [key, value] of Object.entries(options))
    if (value !== undefined && !known.includes(key))
      refuse(name, `record: option '${key}' of forward has no gradient`);
}
