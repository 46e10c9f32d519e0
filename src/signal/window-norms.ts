// The norms of all windows of a signal, with or without their means, without cancellation of large sums.

import { windowSums } from '../sums/window-sums.js';

/**
 * The square root of Σ (x - mean)² of each window (with `demean`), or of Σ x². The signal is extended with zeros.
 *
 * Each window is summed on its own, not as a difference of running sums. If the variance is small compared with the sum of squares, it is
 * recomputed from differences to the window's first number, so that equal numbers give exactly 0.
 *
 * @param first the position of the first window, which may be outside the signal
 * @param shift a number near the signal's mean
 */
export function windowNorms(
  signal: Float64Array,
  first: number,
  count: number,
  taps: number,
  demean: boolean,
  shift: number,
): Float64Array {
  const around = demean ? shift : 0;
  const length = count + taps - 1;
  const values = new Float64Array(length);
  const squares = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const value = (signal[first + i] ?? 0) - around;
    values[i] = value;
    squares[i] = value * value;
  }
  const sumsOf = (data: Float64Array) => windowSums({ data, shape: [length] }, [taps]).data;
  const energies = sumsOf(squares);
  const norms = new Float64Array(count);
  if (!demean) {
    for (let i = 0; i < count; i++) norms[i] = Math.sqrt(energies[i]);
    return norms;
  }
  const totals = sumsOf(values);
  for (let i = 0; i < count; i++) {
    const spread = energies[i] - totals[i] ** 2 / taps;
    const isSure = spread >= SMALL * taps * energies[i];
    norms[i] = Math.sqrt(isSure ? spread : spreadOf(signal, first + i, taps));
  }
  return norms;
}

/** With a smaller fraction of the sum of squares (per tap), the relative error may exceed 1e-7: window sums are off by up to 2^-53 · taps. */
const SMALL = 2e-9;

/** Σ (x - mean)² of one window in two passes. The signal is extended with zeros. */
function spreadOf(signal: Float64Array, begin: number, taps: number): number {
  const origin = signal[begin] ?? 0;
  const at = (i: number) => (signal[begin + i] ?? 0) - origin;
  let sum = 0;
  for (let i = 0; i < taps; i++) sum += at(i);
  const mean = sum / taps;
  let spread = 0;
  for (let i = 0; i < taps; i++) spread += (at(i) - mean) ** 2;
  return spread;
}
