// Centring in wasm memory: (x − origin) · scale.

import { heap } from '../engine/heap.js';
import type { Source } from '../sums/request.js';
import type { Dtype } from '../sums/samples.js';
import { matchModule } from './module.js';

/**
 * A function that reads numbers in wasm memory and writes (x − origin) · scale, or the squares of these (to float64 only). Float64 numbers
 * stay float64. The target may overlap numbers that were already read.
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
    // squares overwrite the centred numbers
    const squares = squared ? target : 0;
    if (from === 'float64') entries.centre64(at, count, origin, scale, target, squares);
    else if (to === 'float64') entries.centre32(at, count, origin, scale, target, squares);
    else entries.centreIn32(at, count, origin, scale, target);
  };
}
