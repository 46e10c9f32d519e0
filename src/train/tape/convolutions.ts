// Records calls of layers and functionals as operations with gradients.

import { copyOfOptions } from '../../core/arguments.js';
import { present, refuseKind, type Where } from '../../core/errors.js';
import type { Tensor, TensorLike } from '../../core/tensor.js';
import { type EpilogueOptions, epilogueOf, type TransposeForwardOptions } from '../../layers/epilogue.js';
import { GivenParameters, insideOf, plansFor } from '../../layers/internals.js';
import type { Layer } from '../../layers/layer.js';
import type { FunctionalCall } from '../../layers/recording.js';
import { winogradSetting } from '../../layers/winograd-setting.js';
import { functionName, problemOf } from '../../problem/problem.js';
import type { Epilogue } from '../../run/activation.js';
import { gradientConvolutionsOf } from '../gradients/adjoint-convolutions.js';
import { type Call, callGradients } from '../gradients/call.js';
import { layerCall } from '../gradients/layer-call.js';
import { isToldByResult } from '../gradients/slopes.js';
import { newGradient } from '../tensors/new-gradient.js';
import { temporary } from '../tensors/temporary.js';
import type { Tape } from './tape.js';

/** A computed convolution. */
interface Convolved extends Omit<FunctionalCall, 'options' | 'given'> {
  readonly name: Where;
  readonly epilogue: Epilogue | undefined;
  /** the option `add` as the caller passed it */
  readonly add: TensorLike | null;
  /** Called by backward. */
  call(): Call;
}

/** Records a call of a layer. */
export function recordLayer(
  tape: Tape,
  layer: Layer,
  x: TensorLike,
  input: Tensor,
  output: Tensor,
  options: TransposeForwardOptions = {},
): void {
  const name = () => String(layer);
  // layers may have any property, but this one, which belongs to parameters, would be ignored
  for (const wrong of ['requiresGrad', 'requires_grad'])
    if (Object.hasOwn(layer, wrong)) refuseKind(name, `a layer has no ${wrong}: call requiresGrad_(false)`);
  const { weight, bias } = layer;
  // copies, because user code may change its object and lists before backward
  const sizes = copyOfOptions({ outputSize: options.outputSize, upsample: options.upsample });
  const epilogue = epilogueOf(options, name);
  record(tape, {
    ...{ name, x, weight, bias, input, weightTensor: weight, biasTensor: bias, output, epilogue },
    add: options.add ?? null,
    call: () => layerCall(layer, present(insideOf(layer), 'layer'), input, output, epilogue, sizes),
  });
}

/** Records a call of a functional. */
export function recordFunctional(tape: Tape, call: FunctionalCall): void {
  const { options, x, weight, bias, input, weightTensor, biasTensor, output } = call;
  const given: EpilogueOptions | undefined = call.given;
  const name = () => functionName(options);
  const epilogue = epilogueOf(given, name);
  record(tape, {
    ...{ name, x, weight, bias, input, weightTensor, biasTensor, output, epilogue },
    add: given?.add ?? null,
    call: () => {
      const shapes = { input: input.shape, weight: weightTensor.shape };
      return {
        ...{ input, output, epilogue, upsample: undefined },
        readings: gradientConvolutionsOf(problemOf(options, shapes, name)),
        plans: plansFor(weight),
        parameters: new GivenParameters(weightTensor, biasTensor),
        winograd: winogradSetting.preference,
      };
    },
  });
}

function record(tape: Tape, convolved: Convolved): void {
  const { name, x, weight, bias, add, input, weightTensor, biasTensor, output, epilogue, call } = convolved;
  const activation = epilogue?.activation;
  const recomputesOutput = activation !== undefined && !isToldByResult(activation);
  tape.record({
    name,
    inputs: [x, weight, bias, add],
    output,
    givesNew: true,
    saved: ([wantsInput, wantsWeight, wantsBias]) => [
      weightTensor,
      (wantsWeight || wantsBias || recomputesOutput || (wantsInput && epilogue?.input !== undefined)) &&
        input,
      recomputesOutput && biasTensor,
      recomputesOutput && epilogue?.add,
      activation && !recomputesOutput && output,
    ],
    gradients: (gradOutput, [wantsInput, wantsWeight, wantsBias, wantsAdd]) => {
      const to = {
        input: wantsInput ? temporary(input.shape) : undefined,
        weight: wantsWeight ? newGradient(weightTensor.shape, name) : undefined,
        // the bias's own shape: a weight without channels has no filters, but the bias has its size
        bias: wantsBias && biasTensor ? newGradient(biasTensor.shape, name) : undefined,
        add: wantsAdd ? temporary(output.shape) : undefined,
      };
      callGradients(call(), gradOutput, to);
      return [to.input ?? null, to.weight ?? null, to.bias ?? null, to.add ?? null];
    },
  });
}
