// Spectral sums: a request computed through the spectra of blocks that overlap.

import { heap } from '../engine/heap.js';
import { outputShape, type SumRequest, type Written } from './request.js';
import type { SpectralPlan } from './spectral-plan.js';
import { outputsOf, type PlanRange, SpectralRun } from './spectral-run.js';

export { type SpectralPlan, spectralPlan } from './spectral-plan.js';

/** A range of outputs: along each axis of the request the first and how many. */
export interface OutputRange {
  readonly first: number[];
  readonly count: number[];
}

/**
 * Computes a request by its spectral plan, into `out`. Numbers that are not finite would spread over all outputs of a block in which the
 * signal, or the kernel, has one; such outputs are left to `direct`, which is called after all others are written.
 *
 * With x the numbers of a block and h the kernel: |error| <= u log2 N ‖x‖₂ ‖h‖₂, N numbers to a block, u = 2^-24 (float64: 2^-53). Where
 * all of them are integers and that is less than 1/4, the result is rounded, and so exact.
 * @throws RangeError if there is not enough memory
 */
export function spectralSums(
  plan: SpectralPlan,
  operands: Written,
  request: SumRequest,
  direct: (part: OutputRange) => void,
): void {
  if (outputsOf(plan) === 0) return;
  const shape = outputShape(request, operands.signal.shape, operands.kernel.shape);
  const engine = heap();
  engine.begin();
  let refused: readonly PlanRange[];
  try {
    const run = new SpectralRun(engine, plan, operands, request);
    run.run();
    refused = run.refused;
  } finally {
    engine.end();
  }
  for (const range of refused) direct(inRequest(plan, range, shape));
}

/** A range of the plan's outputs as one of the request's. */
function inRequest({ axes }: SpectralPlan, range: PlanRange, shape: readonly number[]): OutputRange {
  const own = shape.map((_, axis) => axes.findIndex((planned) => planned.axis === axis));
  return {
    first: own.map((i) => (i < 0 ? 0 : range.first[i])),
    count: own.map((i, axis) => (i < 0 ? shape[axis] : range.count[i])),
  };
}
