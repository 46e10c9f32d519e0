// Window energies: for every window of a signal, what its numbers deviate from their mean, without subtracting large sums.

import { windowSums } from '../sums/window-sums.js';

/**
 * The square root of Σ (x - mean)² of each window (with `demean`), or of Σ x². Zeros stand around the signal.
 *
 * A window's sums have its own numbers in them and no others. Where the spread is small beside the sum of squares, it is computed again,
 * from the numbers less the first of them, so that equal numbers give exactly 0.
 *
 * @param first the position of the first window; it may be outside of the signal
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

/** Times the taps, the part of the sum of squares from which on the spread is known to 1e-7: window sums are off by 2^-53 · taps at most. */
const SMALL = 2e-9;

/** Σ (x - mean)² of one window by two passes; zeros stand around the signal. */
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
