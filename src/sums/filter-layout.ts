// Filter layout: a filter, or a part of one, at the begin of a block.

import type { NumberArray } from './samples.js';
import type { SpectralAxis } from './spectral-axes.js';

/** Where a block's numbers are: an index, and how many numbers there are to the next row and the next plane. */
export interface BlockPlace {
  readonly at: number;
  readonly row: number;
  readonly plane: number;
}

/**
 * Writes the elements of a filter that follow `part` along each axis, `taps` at most, times a scale; a correlation's from their end.
 * What is beside them in the block has to be zero.
 */
export function writeFilter(
  to: NumberArray,
  { at, row, plane }: BlockPlace,
  filter: NumberArray,
  axes: readonly SpectralAxis[],
  part: readonly number[],
  taps: readonly number[],
  scale: number,
): void {
  const sizes = axes.map((axis) => axis.taps);
  const counts = sizes.map((size, i) => Math.min(taps[i], size - part[i]));
  const steps = [sizes[1] * sizes[2], sizes[2], 1];
  /** index of an element along an axis, of which it is the `tap`th of the part */
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
