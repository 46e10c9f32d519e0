// From products and squared norms to scores, and the error bounds that decide which scores are doubtful.
//
// A score is a product over a norm. The product comes from a transform of the whole image, so its error is at most 64 roundings of the
// norm of the image times that of the template. The square under the root has its own error, proportional to the numbers that were summed.
// Windows whose product or norm may be off by more than the limits below are recomputed from the definition.

import { isFloat32 } from '../core/typed-array.js';
import { heap } from '../engine/heap.js';
import { dtypeIn, type NumberArray } from '../sums/samples.js';
import { numbersAt } from '../sums/scratch.js';
import { inChunks } from './chunks.js';
import { matchModule } from './module.js';

/** The unit roundoff of float64: half the distance from 1 to the next number. */
export const ROUNDING = 2 ** -53;

/** The largest error of a product, relative to the norms of its factors. */
export const PRODUCT_ROUNDING = 64 * ROUNDING;

/** The error of a score that the product may cause. */
export const PRODUCT_SLACK = 3e-7;

/** The allowed relative error of the square under a norm. The score's error is half of it. */
export const SQUARE_SLACK = 4e-7;

/** The smallest squared norm of a window, relative to the whole image's, at which a product is accurate enough. */
export const SMALLEST_SHARE = (PRODUCT_ROUNDING / PRODUCT_SLACK) ** 2;

/** The squared norms of all windows. */
export interface WindowNorms {
  /** 0 where the norm is 0, -1 where it is not accurate enough */
  readonly squares: Float64Array;
  /** whether some are -1 */
  readonly doubtful: boolean;
}

/** Limits below which squares are doubtful. */
export interface Limits {
  /** a fraction of the squares that the variance was computed from */
  readonly share: number;
  /** added to it */
  readonly limit: number;
  /** whether 0 is exact */
  readonly isZeroSure: boolean;
}

/** Replaces squares that are below a limit or not positive by -1, in place. */
export function marked(squares: Float64Array, limit: number): WindowNorms {
  let doubtful = false;
  for (let i = 0; i < squares.length; i++)
    if (squares[i] <= 0 || squares[i] < limit) {
      doubtful = true;
      squares[i] = -1;
    }
  return { squares, doubtful };
}

/** 1 for float32, 0 for float64: an argument of entries. */
export const isSingle = (numbers: NumberArray): number => Number(isFloat32(numbers));

/** Products / norms, clamped to -1 … 1: 0 where a norm is 0, DOUBTFUL where it is not accurate enough, NaN where a product is NaN. */
export function quotients(products: NumberArray, { squares }: WindowNorms, out: NumberArray): void {
  const entries = matchModule(heap());
  inChunks([products, squares], 'scores', ([product, square, free], begin, count, buffer) => {
    entries.quotients(product, isSingle(products), square, free, isSingle(out), count);
    out.set(numbersAt(buffer, free, count, dtypeIn(out)), begin);
  });
}

/** Marks a score that is not accurate enough. No quotient has this value. */
export const DOUBTFUL = -2;

/** The Euclidean norm of the finite numbers. They must be near 1 in magnitude, or squares overflow or underflow. */
export function normOf(numbers: NumberArray): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) {
    const square = numbers[i] * numbers[i];
    if (square < Number.POSITIVE_INFINITY) sum += square;
  }
  return Math.sqrt(sum);
}
