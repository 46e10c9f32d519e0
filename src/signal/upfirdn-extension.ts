// Signal extensions that are computed from several elements instead of repeating single ones: PyWavelets' odd modes and lines.

import { product } from '../core/lists.js';
import { modulo } from '../geometry/phases.js';
import { dtypeIn, numbersOf, type Samples } from '../sums/samples.js';
import { type Along, resized } from './filter-axis.js';

/** The names of these modes. */
export type Extension = 'antisymmetric' | 'antireflect' | 'smooth' | 'line';

/** Extends the signal by `count` elements at both ends of the axis. */
export function extended(x: Samples, along: Along, count: number, mode: Extension): Samples {
  const { size, outer, inner } = along;
  const shape = resized(x.shape, along, size + 2 * count);
  // reads `data` once: a resident tensor creates a view for every read
  const from = x.data;
  const data = numbersOf(product(shape), dtypeIn(from));
  for (let line = 0; line < outer; line++) {
    for (let step = 0; step < inner; step++) {
      const element = (i: number): number => from[(line * size + i) * inner + step];
      for (let i = -count; i < size + count; i++)
        data[(line * shape[along.axis] + i + count) * inner + step] = standing(element, i, size, mode);
    }
  }
  return { data, shape };
}

/** The value at a position of an extended line. With a single element there is no slope, so it is repeated, except by 'antisymmetric'. */
function standing(element: (i: number) => number, position: number, size: number, mode: Extension): number {
  if (position >= 0 && position < size) return element(position);
  const last = size - 1;
  if (mode === 'antisymmetric') {
    const within = modulo(position, 2 * size);
    return within < size ? element(within) : -element(2 * size - 1 - within);
  }
  if (size === 1) return element(0);
  const rise = element(last) - element(0);
  if (mode === 'antireflect') {
    // the first reflection uses only the elements near its edge, so that a NaN or a huge number at the other end does not affect it
    const edge = position < 0 ? 0 : last;
    const turned = 2 * edge - position;
    if (turned >= 0 && turned <= last) return 2 * element(edge) - element(turned);
    // each period of twice the length rises by twice the rise of the signal
    const within = modulo(position, 2 * last);
    const periods = (position - within) / (2 * last);
    const value = within <= last ? element(within) : 2 * element(last) - element(2 * last - within);
    return value + 2 * rise * periods;
  }
  const before = position < 0;
  const beyond = before ? position : position - last;
  const slope =
    mode === 'line' ? rise / last : before ? element(1) - element(0) : element(last) - element(last - 1);
  return element(before ? 0 : last) + beyond * slope;
}
