// The gradients of a convolution with respect to input and weight. The caller has checked all sizes; `out`, plain or resident, is
// overwritten.

import { product } from '../../core/lists.js';
import type { Tensor } from '../../core/tensor.js';
import type { Winograd } from '../../plan/preference.js';
import type { Problem } from '../../problem/problem.js';
import type { Parameters } from '../../run/parameters.js';
import type { PlanCache } from '../../run/plan-cache.js';
import { gapless } from '../tensors/gapless.js';
import { giveBack, temporary } from '../tensors/temporary.js';
import { weightGradientOf } from '../weight/kept.js';
import type { GradientConvolutions } from './adjoint-convolutions.js';
import { foldBack, type PaddedAxis } from './fold-back.js';

/** The weight of parameters, without the bias. */
class WeightOnly implements Parameters {
  readonly bias = null;

  constructor(readonly given: Parameters) {}

  get weight(): Float32Array {
    return this.given.weight;
  }

  get version(): number {
    return this.given.version;
  }

  get exposed(): boolean {
    return this.given.exposed;
  }
}

/**
 * The gradient of the input; 0 for elements that no output depends on.
 * @param plans the plan cache of the weight's owner
 * @param weight the parameters; a bias is ignored
 * @throws RangeError if there is not enough memory
 */
export function inputGradient(
  { problem, input, window }: GradientConvolutions,
  plans: PlanCache,
  weight: Parameters,
  gradOutput: Tensor,
  winograd: Winograd,
  out: Tensor,
): void {
  if (product(out.shape) === 0) return;
  if (product(gradOutput.shape) === 0) {
    out.data.fill(0);
    return;
  }
  const prepared = plans.prepared(input, { winograd }, 'input gradient ');
  const weightOnly = new WeightOnly(weight);
  if (!window) {
    prepared.run(gradOutput, out, weightOnly);
    return;
  }
  const maps = problem.batch * problem.channels;
  const windows = temporary([maps, ...window]);
  try {
    prepared.run(gradOutput, windows, weightOnly);
    foldBack(windows.data, paddedAxes(problem), problem.paddingMode, out.data);
  } finally {
    giveBack(windows);
  }
}

/** The axes of a problem's padded input. */
function paddedAxes({ input, paddingBegin, paddingEnd }: Problem): PaddedAxis[] {
  return input.map((size, axis) => ({
    input: size,
    window: size + paddingBegin[axis] + paddingEnd[axis],
    begin: paddingBegin[axis],
  }));
}

/**
 * The gradient of the weight: sums over the batch and all positions, in a deterministic order.
 * @throws RangeError if there is not enough memory
 */
export function weightGradient(
  { problem, plain }: GradientConvolutions,
  input: Tensor,
  gradOutput: Tensor,
  out: Tensor,
): void {
  // a transposed convolution is the adjoint of a plain one, so input and output gradient change roles
  const [x, gradient] = problem.kind.transposed ? [gradOutput, input] : [input, gradOutput];
  gapless([x, gradient], (from, by) => weightGradientOf(plain).run(from, by, out));
}
