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

/** Three axes, or all that there are if signal and kernel lie nowhere on each other along one of another. */
export interface SpectralAxes {
  readonly axes: readonly [SpectralAxis, SpectralAxis, SpectralAxis];
  /** along an axis of one element the signal is not met */
  readonly missed: boolean;
}

const added: SpectralAxis = { axis: -1, size: 1, taps: 1, last: 0, count: 1, turned: false };

/** The axes of a request. */
export function spectralAxes(
  { axes, border }: Pick<SumRequest, 'axes' | 'border'>,
  signal: readonly number[],
  kernel: readonly number[],
): SpectralAxes {
  const all = axes.map((given, axis): SpectralAxis => {
    const { first, count, direction } = given as AxisSum;
    const turned = direction === 1;
    const last = turned ? first + kernel[axis] - 1 : first;
    return { axis, size: signal[axis], taps: kernel[axis], last, count, turned };
  });
  const isTrivial = ({ size, taps, count }: SpectralAxis) => size === 1 && taps === 1 && count === 1;
  const trivial = all.filter(isTrivial);
  const others = all.length > 3 ? all.filter((axis) => !isTrivial(axis)) : all;
  const missed = all.length > 3 && trivial.some(({ last }) => elementAt(last, 1, border) < 0);
  const [a = added, b = added, c = added] = [added, added, added, ...others].slice(-3);
  return { axes: [a, b, c], missed };
}
