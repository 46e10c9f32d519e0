// CrossCorrelateMaskedMap: the coefficient of two arrays with masks at every shift of one over the other.

import type { Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { AxisSum } from '../sums/request.js';
import type { NumberArray } from '../sums/samples.js';
import { shownScores } from './shown.js';

/** Numbers, of which those count where the cover is 1. */
export interface Covered {
  readonly data: Float64Array;
  readonly shape: readonly number[];
  readonly cover: NumberArray;
}

/** The coefficient at every shift of the second array over the first, and over how many elements it was taken. */
export interface MaskedMap {
  readonly shape: number[];
  readonly scores: Float64Array;
  readonly overlaps: Float64Array;
}

/** What a norm is of the largest one, at most, where scikit-image takes it for rounding. */
const ROUNDING_SHARE = 1e3 * Number.EPSILON;

/**
 * The map of all shifts, or in mode 'same' of as many as the first array has elements, from the middle. Of shifts with fewer than
 * `minOverlap` times the most elements of any shift in the map, and of flat overlaps, the score is 0.
 */
export function maskedMap(
  first: Covered,
  second: Covered,
  minOverlap: number,
  mode: 'full' | 'same',
  where: Where,
): MaskedMap {
  const axes = first.shape.map((size, axis): AxisSum => {
    const taps = second.shape[axis];
    const all = size + taps - 1;
    const count = mode === 'full' ? all : size;
    return { first: ((all - count) >> 1) + 1 - taps, count, direction: 1 };
  });
  const planes = ({ shape }: Covered, data: NumberArray) => ({ data, shape: [1, ...shape] });
  const match = {
    image: planes(first, first.data),
    imageMask: planes(first, first.cover),
    template: planes(second, second.data),
    mask: planes(second, second.cover),
    minOverlap,
    where,
  };
  const shape = axes.map(({ count }) => count);
  const scores = new Float64Array(product(shape));
  const overlaps = shownScores(match, axes, scores, (_, score, share) =>
    share > ROUNDING_SHARE ? score : 0,
  );
  return { shape, scores, overlaps };
}
