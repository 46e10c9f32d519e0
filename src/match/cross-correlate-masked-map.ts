// CrossCorrelateMaskedMap: the coefficient of two arrays with masks at every shift of one over the other.

import type { Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { AxisSum } from '../sums/request.js';
import type { NumberArray, Samples } from '../sums/samples.js';
import { boxOf, elementOf, elementsOf } from './places.js';
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
  const full = first.shape.map((size, axis) => size + second.shape[axis] - 1);
  // axes of one element have one shift
  const [all, own, other] = [full, first.shape, second.shape].map((sizes) =>
    sizes.filter((_, axis) => full[axis] > 1),
  );
  // transforms have three axes: those before the last two become one, on which the inner ones have room for all of their shifts
  const outer = Math.max(1, all.length - 2);
  const widened = (sizes: readonly number[]) =>
    sizes.map((size, axis) => (axis > 0 && axis < outer ? all[axis] : size));
  const joined = (sizes: readonly number[]) => [product(sizes.slice(0, outer)), ...sizes.slice(outer)];
  const counts = mode === 'full' ? all : widened(own);
  const shifts = counts.map((count, axis) => ((all[axis] - count) >> 1) + 1 - other[axis]);
  const axes = joined(counts).map((count, axis): AxisSum => {
    const first = axis > 0 ? shifts[axis + outer - 1] : elementOf(shifts.slice(0, outer), all);
    return { first, count, direction: 1 };
  });
  const planes = (data: NumberArray, sizes: readonly number[]): Samples => {
    const wide = widened(sizes);
    const room = outer > 1 ? new Float64Array(product(wide)) : data;
    if (outer > 1) for (const [i, at] of boxOf(wide, sizes).entries()) room[at] = data[i];
    return { data: room, shape: [1, ...joined(wide)] };
  };
  const match = {
    image: planes(first.data, own),
    imageMask: planes(first.cover, own),
    template: planes(second.data, other),
    mask: planes(second.cover, other),
    minOverlap,
    kept:
      mode === 'same' && outer > 1
        ? elementsOf(counts, own, (i, axis) => i + ((counts[axis] - own[axis]) >> 1))
        : undefined,
    where,
  };
  const shape = mode === 'full' ? full : [...first.shape];
  const scores = new Float64Array(product(shape));
  return { shape, scores, overlaps: shownScores(match, axes, scores) };
}
