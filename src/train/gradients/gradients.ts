// Gradients: of a convolution's input, weight and bias. Sizes are checked by then; `out` is written whole, be it plain or resident.

import { product } from '../../core/lists.js';
import type { Tensor } from '../../core/tensor.js';
import type { Winograd } from '../../plan/preference.js';
import type { Problem } from '../../problem/problem.js';
import type { Parameters } from '../../run/parameters.js';
import type { PlanCache } from '../../run/plan-cache.js';
import { gapless } from '../tensors/gapless.js';
import { giveBack, temporary } from '../tensors/temporary.js';
import { weightGradientOf } from '../weight/kept.js';
import { foldBack, type PaddedAxis } from './fold-back.js';
import type { Readings } from './readings.js';

/** A weight without the bias that goes with it forward. */
class WeightAlone implements Parameters {
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
 * The gradient of the input: 0 where no output read it.
 * @param plans those of the owner of the weight
 * @param weight with the bias or without: it is not read
 * @throws RangeError if memory is insufficient
 */
export function inputGradient(
  { problem, input, window }: Readings,
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
  const alone = new WeightAlone(weight);
  if (!window) {
    prepared.run(gradOutput, out, alone);
    return;
  }
  const maps = problem.batch * problem.channels;
  const windows = temporary([maps, ...window]);
  try {
    prepared.run(gradOutput, windows, alone);
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
 * The gradient of the weight: sums over the batch and all positions, always in the same order.
 * @throws RangeError if memory is insufficient
 */
export function weightGradient(
  { problem, plain }: Readings,
  input: Tensor,
  gradOutput: Tensor,
  out: Tensor,
): void {
  // a transposed layer is the adjoint of a plain one: its output takes the place of that one's input
  const [x, gradient] = problem.transposed ? [gradOutput, input] : [input, gradOutput];
  gapless([x, gradient], (from, by) => weightGradientOf(plain).run(from, by, out));
}
