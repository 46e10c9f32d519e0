// The axes of a request as those of a filter, the form that FFT computes:
//
//   out[o] = Σ_j g[j] · X[last + o - j]
//
// The kernel of a correlation is reversed.

import { elementAt } from '../borders/border.js';
import type { AxisSum, SumRequest } from '../request.js';

/** An axis of a filter. */
export interface SpectralAxis {
  /** index of the axis in the request; -1 for an added one */
  readonly axis: number;
  /** sizes of the signal and of the filter */
  readonly size: number;
  readonly taps: number;
  /** the position that the first output's first filter element reads */
  readonly last: number;
  readonly count: number;
  /** whether the kernel is reversed */
  readonly turned: boolean;
}

/** Planes, rows, and row elements. */
export type SpectralAxes = readonly [SpectralAxis, SpectralAxis, SpectralAxis];

const added: SpectralAxis = { axis: -1, size: 1, taps: 1, last: 0, count: 1, turned: false };

/** The axes of a request; undefined if there are more than three, or if an omitted axis of one element lies outside the signal. */
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
