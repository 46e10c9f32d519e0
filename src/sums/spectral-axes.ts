// Spectral axes: a request in the words of a filter, which is all that a spectrum can do:
//
//   out[o] = Σ_j g[j] · X[last + o - j]
//
// A correlation's kernel is read from its end.

import { elementAt } from './border.js';
import type { AxisSum, SumRequest } from './request.js';

/** One axis. */
export interface SpectralAxis {
  /** the axis of the request; -1 for one that was added */
  readonly axis: number;
  /** elements of what is filtered, and of the filter */
  readonly size: number;
  readonly taps: number;
  /** the position that the first filter element of the first output meets */
  readonly last: number;
  readonly count: number;
  /** filter elements are read from the end */
  readonly turned: boolean;
}

/** Planes, rows, and numbers of a row. */
export type SpectralAxes = readonly [SpectralAxis, SpectralAxis, SpectralAxis];

const added: SpectralAxis = { axis: -1, size: 1, taps: 1, last: 0, count: 1, turned: false };

/** The axes of a request; undefined where there are too many, or one of one element on which the signal does not lie. */
export function spectralAxes(
  { axes, border }: Pick<SumRequest, 'axes' | 'border'>,
  signal: readonly number[],
  kernel: readonly number[],
): SpectralAxes | undefined {
  const all = axes.map((given, axis): SpectralAxis => {
    const { first, count, direction } = given as AxisSum;
    const turned = direction === 1;
    const last = turned ? first + kernel[axis] - 1 : first;
    return { axis, size: signal[axis], taps: kernel[axis], last, count, turned };
  });
  const isTrivial = ({ size, taps, count }: SpectralAxis) => size === 1 && taps === 1 && count === 1;
  const others = all.length > 3 ? all.filter((axis) => !isTrivial(axis)) : all;
  const isMissed = all.some((axis) => !others.includes(axis) && elementAt(axis.last, 1, border) < 0);
  if (others.length > 3 || isMissed) return undefined;
  const [a = added, b = added, c = added] = [added, added, added, ...others].slice(-3);
  return [a, b, c];
}
