// Reduces elementwise losses to their mean or sum, or leaves them unreduced.

import { describe, refuse, type Where } from '../../core/errors.js';
import type { Shape, Tensor } from '../../core/tensor.js';
import { newResult } from '../tape/results.js';

/** The mean over all elements, their sum, or no reduction. */
export type Reduction = 'mean' | 'sum' | 'none';

/** Options that all losses have. */
export interface LossOptions {
  /** how the losses of all elements are combined; default 'mean' */
  reduction?: Reduction | undefined;
}

/**
 * Checks the option `reduction`.
 * @throws RangeError with torch's message for an unknown value
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

/** A reduced loss. */
interface Reduced {
  readonly output: Tensor;
  /** The gradient of each elementwise loss, from the gradient of the output. */
  factors(gradOutput: Float32Array): Float64Array;
}

/**
 * Reduces losses in float64 and rounds once.
 * @param shape the shape of the losses
 * @param weight the divisor of a mean: the number of elements, or the sum of their weights
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
