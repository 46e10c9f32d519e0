// Reduction: what becomes of the losses of single elements: their mean, their sum, or themselves.

import { describe, refuse, type Where } from '../../core/errors.js';
import type { Shape, Tensor } from '../../core/tensor.js';
import { newResult } from '../tape/results.js';

/** The mean over all elements, their sum, or no reduction. */
export type Reduction = 'mean' | 'sum' | 'none';

/** Options of every loss. */
export interface LossOptions {
  /** default 'mean' */
  reduction?: Reduction | undefined;
}

/**
 * The reduction that is asked for.
 * @throws RangeError with torch's messages for another
 */
export function reductionOf(options: LossOptions | undefined, where: Where): Reduction {
  const reduction: unknown = options?.reduction ?? 'mean';
  if (reduction !== 'mean' && reduction !== 'sum' && reduction !== 'none')
    refuse(
      where,
      `${typeof reduction === 'string' ? reduction : describe(reduction)} is not a valid value for reduction`,
    );
  return reduction;
}

/** A loss: reduced in float64, rounded once. */
export interface Reduced {
  readonly output: Tensor;
  /** for each loss, what its gradient is to be multiplied by, given that of the output */
  factors(gradOutput: Float32Array): Float64Array;
}

/**
 * Reduces losses.
 * @param shape of the losses
 * @param weight what a mean is divided by: the number of elements, or the sum of their weights
 */
export function reduce(
  losses: Float64Array,
  shape: Shape,
  reduction: Reduction,
  weight: number,
  where: Where,
): Reduced {
  if (reduction === 'none') {
    const output = newResult(shape, where);
    output.data.set(losses);
    return { output, factors: (gradOutput) => new Float64Array(gradOutput) };
  }
  let total = 0;
  for (let i = 0; i < losses.length; i++) total += losses[i];
  const divisor = reduction === 'mean' ? weight : 1;
  const output = { data: new Float32Array([total / divisor]), shape: [] };
  return { output, factors: ([factor]) => new Float64Array(losses.length).fill(factor / divisor) };
}
