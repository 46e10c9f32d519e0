// Window energies: for every window of a signal, what its numbers deviate from their mean, without subtracting large sums.

/**
 * The square root of Σ (x - mean)² of each window (with `demean`), or of Σ x². Zeros stand around the signal.
 *
 * Sums are made without subtraction: the signal is cut into segments as long as a window, and a window is the end of one and the
 * beginning of the next. Where the spread is small beside the sum of squares, it is computed again from the window's own numbers less
 * the first of them, so that equal numbers give exactly 0.
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
  for (let i = 0; i < length; i++) values[i] = (signal[first + i] ?? 0) - around;
  const squares = values.map((value) => value * value);
  const energies = windowSums(squares, taps);
  if (!demean) return energies.map(Math.sqrt);
  const totals = windowSums(values, taps);
  return energies.map((energy, window) => {
    const spread = energy - totals[window] ** 2 / taps;
    if (spread >= SMALL * taps * energy) return Math.sqrt(spread);
    return Math.sqrt(spreadOf(signal, first + window, taps));
  });
}

/** Times the taps, the part of the sum of squares from which on the spread is known to 1e-7: both sums are off by 2^-52 · taps at most. */
const SMALL = 2e-9;

/** The sums of all windows. */
function windowSums(values: Float64Array, taps: number): Float64Array {
  const { length } = values;
  const [upTo, from] = [Float64Array.from(values), Float64Array.from(values)];
  for (let i = 0; i < length; i++) if (i % taps !== 0) upTo[i] += upTo[i - 1];
  for (let i = length - 2; i >= 0; i--) if ((i + 1) % taps !== 0) from[i] += from[i + 1];
  // a window that is a segment is counted once
  return Float64Array.from({ length: length - taps + 1 }, (_, i) =>
    i % taps === 0 ? from[i] : from[i] + upTo[i + taps - 1],
  );
}

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
