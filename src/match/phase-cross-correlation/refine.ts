// Subpixel refinement: the cross-correlation at fractions of an element around a position, computed from the cross power by a DFT of few
// results along each axis. This needs no transform of `factor` times the size (Guizar-Sicairos 2008).

import { product } from '../../core/lists.js';
import { zoomDft } from '../dft/dft.js';
import { type ComplexNumbers, exchanged } from '../dft/length.js';

/** The shifts to evaluate: `half` steps of 1 / factor to either side along each axis. */
interface Region {
  readonly factor: number;
  readonly half: number;
}

/**
 * Σ_k power[k] · e^(2πi·Σ f·shift/n) at the shifts of the region around `centre`. f is the signed frequency of k; for even n, k = n / 2 has
 * f = -n / 2.
 * @returns 2 · `half` + 1 numbers along each axis
 */
export function correlationAround(
  power: ComplexNumbers,
  shape: readonly number[],
  centre: readonly number[],
  { factor, half }: Region,
): ComplexNumbers {
  const size = 2 * half + 1;
  // transforms have the opposite sign
  let x = exchanged(power);
  const sizes = [...shape];
  // the longest axis first: afterwards it has only the elements of the region, so the other axes have fewer lines
  const axes = [...shape.keys()].sort((a, b) => shape[b] - shape[a]);
  for (const axis of axes) {
    const n = shape[axis];
    x = zoomDft(x, n, product(sizes.slice(axis + 1)), size, centre[axis] * factor - half, n * factor);
    sizes[axis] = size;
  }
  return exchanged(x);
}
