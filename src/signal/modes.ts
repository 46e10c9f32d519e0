// Modes: full, same and valid as ranges of outputs along one axis. No other file knows where they begin.
//
// For n1 elements of the signal and n2 of the kernel, outputs are numbered by the signal position that the first kernel element meets:
//
//   correlate   out[lag] = Σ_k in2[k] · in1[lag + k]     'full': lag = 1 - n2 … n1 - 1
//   convolve    out[i]   = Σ_k in2[k] · in1[i - k]       'full': i = 0 … n1 + n2 - 2

import { describe, refuseKind, type Where } from '../core/errors.js';
import type { AxisSum } from '../sums/request.js';

/** Which outputs are computed. */
export type Mode = 'full' | 'same' | 'valid';

const MODES: readonly unknown[] = ['full', 'same', 'valid'] satisfies Mode[];

/** @throws TypeError for another mode */
export function modeOf(mode: unknown, where: Where): Mode {
  if (!MODES.includes(mode))
    refuseKind(where, `mode must be 'full', 'same' or 'valid', but got ${describe(mode)}`);
  return mode as Mode;
}

/** 1 for a correlation, -1 for a convolution. */
export type Direction = AxisSum['direction'];

/**
 * Which of the two middle elements of an even kernel mode 'same' aligns with the signal's first element. 'flipped' is for SciPy's
 * correlate2d: a convolve2d with a reversed kernel, whose result begins one element later than that of correlate.
 */
export type Centre = 'own' | 'flipped';

/** The outputs of a mode along an axis of n1 elements of the signal and n2 of the kernel. */
export function axisOfMode(
  mode: Mode,
  n1: number,
  n2: number,
  direction: Direction,
  centre: Centre,
): AxisSum {
  const begin = direction === 1 ? 1 - n2 : 0;
  if (mode === 'full') return { first: begin, count: n1 + n2 - 1, direction };
  if (mode === 'valid') {
    const [shorter, longer] = n1 < n2 ? [n1, n2] : [n2, n1];
    return { first: begin + shorter - 1, count: longer - shorter + 1, direction };
  }
  const cut = centre === 'own' ? Math.floor((n2 - 1) / 2) : Math.floor(n2 / 2);
  return { first: begin + cut, count: n1, direction };
}
