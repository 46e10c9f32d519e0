// Finish: from products and squares to scores, and what the fast way may leave open.
//
// A score is a product over a norm. The product comes from a transform of the whole image: its error is 64 roundings of the norms of
// image and template at most. The square under the norm has an error of its own, in proportion to what was summed. Windows whose
// product or norm could show more than the slack below are computed anew, from the definition.

import { isFloat32 } from '../core/typed-array.js';
import { heap } from '../engine/heap.js';
import { dtypeIn, type NumberArray } from '../sums/samples.js';
import { numbersAt } from '../sums/scratch.js';
import { matchModule } from './module.js';
import { inParts } from './passes.js';

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

/** Squares of the norms of all windows. */
export interface WindowNorms {
  /** 0 where the norm is 0; -1 where it isn't known well enough */
  readonly squares: Float64Array;
  /** whether some are -1 */
  readonly doubtful: boolean;
}

/** Below which squares are doubtful. */
export interface Limits {
  /** of the squares that a variance was made from, the share */
  readonly share: number;
  /** what is added to that */
  readonly limit: number;
  /** whether 0 is not doubtful */
  readonly isZeroSure: boolean;
}

/** Marks squares that are not above a limit, in their place. */
export function marked(squares: Float64Array, limit: number): WindowNorms {
  let doubtful = false;
  for (let i = 0; i < squares.length; i++)
    if (squares[i] <= 0 || squares[i] < limit) {
      doubtful = true;
      squares[i] = -1;
    }
  return { squares, doubtful };
}

/** Whether numbers are float32, as entries are told. */
export const isSingle = (numbers: NumberArray): number => Number(isFloat32(numbers));

/** Products / norms, cut to -1 … 1: 0 where a norm is 0, DOUBTFUL where it isn't known, not a number where a product is none. */
export function quotients(products: NumberArray, { squares }: WindowNorms, out: NumberArray): void {
  const entries = matchModule(heap());
  inParts([products, squares], 'scores', ([product, square, free], begin, count, buffer) => {
    entries.quotients(product, isSingle(products), square, free, isSingle(out), count);
    out.set(numbersAt(buffer, free, count, dtypeIn(out)), begin);
  });
}

/** A score that isn't known well enough: no quotient is. */
export const DOUBTFUL = -2;

/** The Euclidean norm of those numbers that are finite; of numbers near 1. */
export function normOf(numbers: NumberArray): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) {
    const square = numbers[i] * numbers[i];
    if (square < Number.POSITIVE_INFINITY) sum += square;
  }
  return Math.sqrt(sum);
}
