// PhaseCrossCorrelationPeriods: which of the shifts that differ by the size of the picture it was: the one whose overlap looks alike.

import { combinations, product } from '../core/lists.js';
import { modulo } from '../geometry/phases.js';
import { inverseDft } from '../sums/dft.js';
import { exactScore } from './exact-score.js';
import { movedBy, type Spectra } from './phase-cross-correlation-spectrum.js';
import { boxOf, elementOf } from './places.js';

/**
 * The shift, each part of it between -size and size. Shifted circularly, the second array meets the first in 2^rank parts, one for
 * each choice of directions; the right one is where the two are most alike. `shift` itself if no part has more than three elements or
 * varies.
 */
export function withoutPeriod(
  reference: Float64Array,
  { shape, second }: Spectra,
  shift: readonly number[],
): readonly number[] {
  const moved = movedBy(second, shape, shift);
  inverseDft(moved, shape);
  // an element below `up` has come round, if that is the shift; one from `up` on, if it is `up` less the size
  const up = shift.map((part, axis) => modulo(part, shape[axis]));
  const splits = up.map((part) => Math.round(part));
  let best = 0;
  let found = shift;
  for (const whole of combinations(shape.map(() => [true, false]))) {
    const from = whole.map((stays, axis) => (stays ? splits[axis] : 0));
    const size = whole.map((stays, axis) => (stays ? shape[axis] - splits[axis] : splits[axis]));
    const likeness = likenessOf(reference, moved.re, shape, from, size);
    if (likeness <= best) continue;
    best = likeness;
    found = whole.map((stays, axis) => (stays ? up[axis] : up[axis] - shape[axis]));
  }
  return found;
}

/**
 * The correlation coefficient over a part of two arrays, less what chance may give in so few elements (two deviations by Fisher's
 * transformation), as a corner of four elements is soon alike.
 */
function likenessOf(
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
