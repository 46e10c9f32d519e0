// Disambiguation: shifts that differ by the size of the arrays have the same phase correlation. The overlap decides between them.

import { combinations, product } from '../../core/lists.js';
import { modulo } from '../../geometry/phases.js';
import { boxOf, elementOf } from '../positions.js';
import { exactScore } from '../scores/exact-score.js';
import type { Pair } from './spectrum.js';

/**
 * The shift with each component between -size and size. Shifted circularly, the second array overlaps the first in 2^rank parts, one for
 * each combination of directions; the most similar part gives the shift. Returns `shift` itself if no part has more than three elements or
 * varies.
 * @param moved the second array, moved by the shift
 */
export function disambiguated({ first, shape }: Pair, moved: Float64Array, shift: number[]): number[] {
  // elements below `up` have wrapped around if that is the shift, elements from `up` on if the shift is `up` less the size
  const up = shift.map((part, axis) => modulo(part, shape[axis]));
  const splits = up.map(Math.round);
  let best = 0;
  let found = shift;
  for (const whole of combinations(shape.map(() => [true, false]))) {
    const from = whole.map((stays, axis) => (stays ? splits[axis] : 0));
    const size = whole.map((stays, axis) => (stays ? shape[axis] - splits[axis] : splits[axis]));
    const similarity = similarityOf(first.numbers, moved, shape, from, size);
    if (similarity <= best) continue;
    best = similarity;
    found = whole.map((stays, axis) => (stays ? up[axis] : up[axis] - shape[axis]));
  }
  return found;
}

/**
 * The similarity of a part of two arrays: Fisher's transformation of the correlation coefficient, minus two standard deviations, because
 * a few elements often correlate by chance.
 */
function similarityOf(
  a: Float64Array,
  b: Float64Array,
  shape: readonly number[],
  from: readonly number[],
  size: readonly number[],
): number {
  const count = product(size);
  if (count < 4) return 0;
  const offsets = boxOf(shape, size);
  const corner = elementOf(from, shape);
  const part = { data: new Float64Array(offsets).map((at) => a[corner + at]), shape: [1, ...size] };
  const score = exactScore('ccoeffNormed', { data: b, shape: [1, ...shape] }, part, undefined, offsets);
  const coefficient = Math.min(score(corner), 1 - Number.EPSILON);
  return Math.atanh(coefficient) - 2 / Math.sqrt(count - 3);
}
