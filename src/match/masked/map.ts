// The normalised correlation of two masked arrays at every shift of one over the other.

import type { Where } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import type { AxisSum } from '../../sums/request.js';
import { type NumberArray, numbersOf, type Samples, zeros } from '../../sums/samples.js';
import { boxOf, elementOf, elementsOf } from '../positions.js';
import { maskedImageScores } from '../scores/masked-image.js';
import type { Statistics } from '../statistics.js';

/** Numbers with a mask: 1 for included elements, 0 for excluded ones. Without one, all are included. */
export interface MaskedSamples {
  readonly data: Float64Array;
  readonly shape: readonly number[];
  readonly mask: NumberArray | undefined;
  /** of all numbers */
  readonly statistics: Statistics;
}

/** The coefficient at every shift of the second array over the first, and the number of elements that it was computed over. */
interface MaskedMap {
  readonly shape: number[];
  readonly scores: Float64Array;
  readonly overlaps: Float64Array;
}

const maskOf = ({ data, mask }: MaskedSamples) => mask ?? new Float64Array(data.length).fill(1);

/**
 * Scores of all shifts, or in mode 'same' of the central ones, as many as the first array has elements. The score is 0 for flat overlaps,
 * and for shifts that overlap in fewer elements than `minOverlap` times the largest overlap of the map.
 */
export function maskedMap(
  first: MaskedSamples,
  second: MaskedSamples,
  minOverlap: number,
  mode: 'full' | 'same',
  where: Where,
): MaskedMap {
  const full = first.shape.map((size, axis) => size + second.shape[axis] - 1);
  // axes of one element have a single shift
  const [all, own, other] = [full, first.shape, second.shape].map((sizes) =>
    sizes.filter((_, axis) => full[axis] > 1),
  );
  // transforms support three axes, so all axes before the last two are merged; the inner ones are padded to hold all of their shifts
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
    const room = outer > 1 ? numbersOf(product(wide), 'float64', where) : data;
    if (outer > 1) for (const [i, at] of boxOf(wide, sizes).entries()) room[at] = data[i];
    return { data: room, shape: [1, ...joined(wide)] };
  };
  const match = {
    image: planes(first.data, own),
    imageMask: planes(maskOf(first), own),
    template: planes(second.data, other),
    mask: planes(maskOf(second), other),
    minOverlap,
    kept:
      mode === 'same' && outer > 1
        ? elementsOf(counts, own, (i, axis) => i + ((counts[axis] - own[axis]) >> 1))
        : undefined,
    where,
  };
  const shape = mode === 'full' ? full : [...first.shape];
  const { data: scores } = zeros(shape, 'float64', where);
  return { shape, scores, overlaps: maskedImageScores(match, axes, scores) };
}
