// Centre: numbers less another, times a third, from one place in memory to another.

import { heap } from '../engine/heap.js';
import type { Source } from '../sums/request.js';
import type { Dtype } from '../sums/samples.js';
import { matchModule } from './module.js';

/**
 * What makes (x − origin) · scale of numbers in memory, or to float64 the squares of these; those of float64 stay float64. They may be
 * read where others are written later.
 */
export function centring(
  from: Dtype,
  to: Dtype,
  origin: number,
  scale: number,
  squared = false,
): Source['make'] {
  const entries = matchModule(heap());
  return (at, count, target) => {
    // squares take the place of what they are of
    const squares = squared ? target : 0;
    if (from === 'float64') entries.centre64(at, count, origin, scale, target, squares);
    else if (to === 'float64') entries.centre32(at, count, origin, scale, target, squares);
    else entries.centreIn32(at, count, origin, scale, target);
  };
}
