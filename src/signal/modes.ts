// Modes: full, same, valid and lags as positions along one axis. The only file that knows where each of them begins.
//
// With n1 elements against n2, counted by the position of the signal that an output's first kernel element meets:
//
//   correlate   out[lag] = Σ_k in2[k] · in1[lag + k]     all that meet anything: lag = 1 - n2 … n1 - 1
//   convolve    out[i]   = Σ_k in2[k] · in1[i - k]       all that meet anything: i = 0 … n1 + n2 - 2

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

/** 1: a correlation. -1: a convolution. */
export type Direction = AxisSum['direction'];

/**
 * Which of two kernel elements an even kernel has in its middle, where mode 'same' puts it on the signal's first element.
 * `flipped`: SciPy's correlate2d, which is its convolve2d with a reversed kernel, and so cuts one element later than correlate.
 */
export type Centre = 'own' | 'flipped';

/** The outputs of a mode along an axis of n1 elements against n2. */
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
