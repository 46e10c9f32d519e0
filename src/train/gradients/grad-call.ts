// The implementation of the functions of `grad`: checks the arguments like torch.nn.grad and computes the gradient.

import { checkShape } from '../../core/arguments.js';
import { asList, describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { asTensor, type Shape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { GivenParameters, plansFor } from '../../layers/internals.js';
import { winogradSetting } from '../../layers/winograd-setting.js';
import { checkSize } from '../../problem/line.js';
import { type AnyOptions, checkOptions } from '../../problem/options.js';
import { checkParameterShapes } from '../../problem/parameter-shapes.js';
import { plainKind } from '../../problem/plain.js';
import { functionName, type Problem, problemOf } from '../../problem/problem.js';
import type { Rank } from '../../problem/sizes.js';
import { transposedKind } from '../../problem/transposed.js';
import { newGradient } from '../tensors/new-gradient.js';
import { gradientConvolutionsOf } from './adjoint-convolutions.js';
import { checkGradOutput } from './grad-output.js';
import { inputGradient, weightGradient } from './gradients.js';

/** One of the six convolutions. */
interface Which {
  readonly transposed: boolean;
  readonly rank: Rank;
}

function ownerOf({ transposed, rank }: Which) {
  return { kind: transposed ? transposedKind : plainKind, rank };
}

function nameOf(which: Which): string {
  return functionName(ownerOf(which));
}

/** The gradient of a functional with respect to its input, of shape `inputSize`. */
export function gradOfInput(
  which: Which,
  inputSize: Shape,
  weight: TensorLike,
  gradOutput: TensorLike,
  options: AnyOptions | undefined,
): Tensor {
  const where: Where = () => `${nameOf(which)}_input`;
  checkShape(inputSize, 'input_size', where);
  const w = asTensor(weight, 'weight', where);
  const problem = problemFor(which, inputSize, w.shape, options, where);
  const g = checkGradOutput(gradOutput, [problem.batch, problem.filters, ...problem.output], where);
  const out = newGradient(inputSize, where);
  inputGradient(
    gradientConvolutionsOf(problem),
    plansFor(weight),
    new GivenParameters(w, null),
    g,
    winogradSetting.preference,
    out,
  );
  return out;
}

/** The gradient of a functional with respect to its weight, of shape `weightSize`. */
export function gradOfWeight(
  which: Which,
  input: TensorLike,
  weightSize: Shape,
  gradOutput: TensorLike,
  options: AnyOptions | undefined,
): Tensor {
  const where: Where = () => `${nameOf(which)}_weight`;
  const x = inputTensor(input, where);
  checkShape(weightSize, 'weight_size', where);
  const problem = problemFor(which, x.shape, weightSize, options, where);
  const g = checkGradOutput(gradOutput, [problem.batch, problem.filters, ...problem.output], where);
  const out = newGradient(weightSize, where);
  weightGradient(gradientConvolutionsOf(problem), x, g, out);
  return out;
}

/** The problem to differentiate. Unlike functionals, torch.nn.grad accepts no named padding and no input without batch. */
function problemFor(
  which: Which,
  input: Shape,
  weight: Shape,
  options: AnyOptions | undefined,
  where: Where,
): Problem {
  const checked = checkOptions({ ...ownerOf(which), isLayer: false }, options, where);
  if (typeof checked.padding === 'string')
    refuseKind(where, `argument 'padding' must be tuple of ints, but got '${checked.padding}'`);
  const detailed: Where = () => `${where()} of input ${describe(input)}, weight ${describe(weight)}`;
  checkParameterShapes(checked, { input, weight, bias: null }, detailed);
  const problem = problemOf(checked, { input, weight }, detailed);
  if (input.length !== weight.length) {
    refuse(
      where,
      `Expected ${weight.length}-dimensional input for ${weight.length}-dimensional weight ${asList(weight)}, ` +
        `but got ${input.length}-dimensional input of size ${asList(input)} instead`,
    );
  }
  checkSize(problem, detailed);
  return problem;
}
