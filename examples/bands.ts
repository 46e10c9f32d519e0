// The energies of frequency bands of a recording over time, by one convolution.

import { functional as F } from 'convnd';
import type { Recording } from './wav.js';

/** The number of bands, and the seconds between columns. */
export const bandCount = 24;
export const hop = 0.01;

/**
 * Logarithms of the energies of 24 frequency bands, the lowest first, every 10 ms. The energy of a frequency in a window of 25 ms follows
 * from its correlations with a cosine and with a sine, so all of them are filters of one Conv1d.
 */
export function bandsOf({ rate, samples }: Recording): { data: Float32Array; shape: [number, number] } {
  const size = Math.round(0.025 * rate);
  const stride = Math.round(hop * rate);
  if (samples.length < size) throw new Error('a recording is shorter than 25 ms');
  const points = 2 ** Math.ceil(Math.log2(size));
  const highest = Math.min(6000, 0.375 * rate);
  const edges = Array.from({ length: bandCount + 1 }, (_, i) => 150 * (highest / 150) ** (i / bandCount));
  const window = Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
  const bins = Array.from({ length: points / 2 }, (_, bin) => ({
    bin,
    band: edges.findLastIndex((edge) => (bin * rate) / points >= edge),
  })).filter(({ band }) => band >= 0 && band < bandCount);

  const weight = new Float32Array(2 * bins.length * size);
  for (const [row, { bin }] of bins.entries()) {
    const turn = (2 * Math.PI * bin) / points;
    for (const [part, wave] of [Math.cos, Math.sin].entries()) {
      const filter = window.map((value, i) => value * wave(turn * i));
      // filters sum to zero, so that a constant offset of the recording has no effect
      const mean = filter.reduce((sum, value) => sum + value, 0) / size;
      weight.set(
        filter.map((value) => value - mean),
        (2 * row + part) * size,
      );
    }
  }
  const signal = { data: samples, shape: [1, samples.length] };
  const sums = F.conv1d(signal, { data: weight, shape: [2 * bins.length, 1, size] }, null, { stride });
  const columns = sums.shape[1];

  const energies = new Float64Array(bandCount * columns);
  for (const [row, { band }] of bins.entries()) {
    for (let column = 0; column < columns; column++) {
      const [c, s] = [0, 1].map((part) => sums.data[(2 * row + part) * columns + column]);
      energies[band * columns + column] += c * c + s * s;
    }
  }
  // as a spectral density of 16-bit samples, with 0 for silence
  const scale = (2 * 32768 ** 2) / (rate * window.reduce((sum, value) => sum + value * value, 0));
  return { data: Float32Array.from(energies, (e) => Math.log(scale * e + 1)), shape: [bandCount, columns] };
}
