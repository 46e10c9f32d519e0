// Finish: from products and squares to scores, and what the fast way may leave open.
//
// A score is a product over a norm. The product comes from a transform of the whole image: its error is 64 roundings of the norms of
// image and template at most. The square under the norm has an error of its own, in proportion to what was summed. Windows whose
// product or norm could show more than the slack below are computed anew, from the definition.

import type { NumberArray } from '../sums/samples.js';
import { cornerOf, type ExactScore } from './exact.js';

/** Half the distance from 1 to the next float64. */
export const ROUNDING = 2 ** -53;

/** What a product is off by at most, over the norms of what was multiplied. */
export const PRODUCT_ROUNDING = 64 * ROUNDING;

/** What the product may add to a score's error. */
export const PRODUCT_SLACK = 3e-7;

/** What the square under a norm may be off by, in proportion: half of it is added to a score's error. */
export const SQUARE_SLACK = 4e-7;

/** The smallest square of a window's norm, in proportion to the whole image's, with which a product is near enough. */
export const SMALLEST_SHARE = (PRODUCT_ROUNDING / PRODUCT_SLACK) ** 2;

/** One over the norms of all windows. */
export interface WindowNorms {
  /** 0 where the norm is 0; negative where it isn't known well enough */
  readonly inverse: Float64Array;
  /** whether some are negative */
  readonly doubtful: boolean;
}

/**
 * One over the roots of squares.
 * @param limit below it a window is doubtful
 * @param isZeroSure whether a square of 0 says that the norm is
 */
export function inverseNorms(
  squares: Float64Array,
  limit: (window: number) => number,
  isZeroSure: boolean,
): WindowNorms {
  let doubtful = false;
  const inverse = new Float64Array(squares.length);
  for (let i = 0; i < squares.length; i++) {
    const square = squares[i];
    if (square === 0 && isZeroSure) continue;
    if (square <= 0 || square < limit(i)) {
      doubtful = true;
      inverse[i] = -1;
    } else inverse[i] = 1 / Math.sqrt(square);
  }
  return { inverse, doubtful };
}

/** products / norms, cut to -1 … 1; not a number where a product is none. */
export function quotients(products: NumberArray, { inverse }: WindowNorms, out: NumberArray): void {
  for (let i = 0; i < out.length; i++) {
    const quotient = products[i] * inverse[i];
    out[i] = quotient > 1 ? 1 : quotient < -1 ? -1 : quotient;
  }
}

/**
 * Computes anew what isn't known well enough.
 * @param windows sizes of the map
 * @param image sizes of a plane of the image
 */
export function mend(
  { inverse, doubtful }: WindowNorms,
  exact: ExactScore,
  windows: readonly number[],
  image: readonly number[],
  out: NumberArray,
): void {
  if (!doubtful) return;
  for (let i = 0; i < out.length; i++) if (inverse[i] < 0) out[i] = exact(cornerOf(i, windows, image));
}

/** The Euclidean norm of those numbers that are finite; of numbers near 1. */
export function normOf(numbers: NumberArray): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) {
    const square = numbers[i] * numbers[i];
    if (square < Number.POSITIVE_INFINITY) sum += square;
  }
  return Math.sqrt(sum);
}
