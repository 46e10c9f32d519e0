// Copies a filter, or a part of it, to the beginning of a block.

import type { NumberArray } from '../samples.js';
import type { SpectralPlan } from './plan.js';

/** The location of a block: an index, and the distances between rows and between planes. */
interface BlockPlace {
  readonly at: number;
  readonly row: number;
  readonly plane: number;
}

/**
 * Writes up to the plan's `taps` elements of a filter along each axis, from `part` on, times a scale. The kernel of a correlation is reversed.
 * The rest of the block must be zero.
 */
export function writeFilter(
  to: NumberArray,
  { at, row, plane }: BlockPlace,
  filter: NumberArray,
  { axes, taps }: Pick<SpectralPlan, 'axes' | 'taps'>,
  part: readonly number[],
  scale: number,
): void {
  const sizes = axes.map((axis) => axis.taps);
  const counts = sizes.map((size, i) => Math.min(taps[i], size - part[i]));
  const steps = [sizes[1] * sizes[2], sizes[2], 1];
  /** offset in the filter of the `tap`-th element of the part along an axis */
  const place = (axis: number, tap: number): number => {
    const element = part[axis] + tap;
    return steps[axis] * (axes[axis].turned ? sizes[axis] - 1 - element : element);
  };
  const step = axes[2].turned ? -1 : 1;
  for (let i = 0; i < counts[0]; i++)
    for (let j = 0; j < counts[1]; j++) {
      const from = place(0, i) + place(1, j) + place(2, 0);
      const begin = at + i * plane + j * row;
      for (let tap = 0; tap < counts[2]; tap++) to[begin + tap] = filter[from + step * tap] * scale;
    }
}
