// Sums by FFT of overlapping blocks.

import { heap } from '../../engine/heap.js';
import type { SumRequest, Written } from '../request.js';
import type { SpectralPlan } from './plan.js';
import { type PlanRange, SpectralRun } from './run.js';

export { type SpectralPlan, spectralPlan } from './plan.js';

/** A range of outputs: along each axis of the request, the first and how many. */
export interface OutputRange {
  readonly first: number[];
  readonly count: number[];
}

/**
 * Computes a request by its FFT plan, into `out`, which is not empty. A number that is not finite would affect all outputs of its block;
 * such outputs are left to `direct`, which is called after all others have been written.
 *
 * With x the numbers of a block and h the kernel: |error| <= u log2 N ‖x‖₂ ‖h‖₂, where N is the size of a block and u = 2^-24 (float64: 2^-53).
 * If all numbers are integers and this is below 1/4, results are rounded and therefore exact.
 * @throws RangeError if memory is insufficient
 */
export function spectralSums(
  plan: SpectralPlan,
  operands: Written,
  request: SumRequest,
  direct: (part: OutputRange) => void,
): void {
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
  for (const range of refused) direct(inRequest(plan, range, operands.out.shape));
}

/** Converts a range of the plan's axes to the request's axes. */
function inRequest({ axes }: SpectralPlan, range: PlanRange, shape: readonly number[]): OutputRange {
  const own = shape.map((_, axis) => axes.findIndex((planned) => planned.axis === axis));
  return {
    first: own.map((i) => (i < 0 ? 0 : range.first[i])),
    count: own.map((i, axis) => (i < 0 ? shape[axis] : range.count[i])),
  };
}
