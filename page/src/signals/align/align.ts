// The lag between two recordings, by the correlation of their samples.

import { correlate, correlationLags } from 'convnd/signal';
import type { Aligned, Alignment } from '../job.ts';

/** Subtracts the mean, which would be the same at every lag. */
function centred(samples: Float32Array): Float32Array<ArrayBuffer> {
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  return Float32Array.from(samples, (value) => value - mean);
}

const energy = (samples: Float32Array): number => samples.reduce((sum, value) => sum + value * value, 0);

/** @throws Error with a sentence for the user */
export function align({ first, second, columns, peakWidth }: Alignment): [Aligned, Transferable[]] {
  const start = performance.now();
  const [a, b] = [centred(first), centred(second)];
  const norm = Math.sqrt(energy(a) * energy(b));
  if (norm === 0) throw new Error('One of the recordings is entirely silent.');
  const sums = correlate(a, b, { method: 'fft' }).data as Float32Array;
  const lags = correlationLags(a.length, b.length);
  const count = Math.min(columns, sums.length);
  const least = new Float32Array(count).fill(Number.POSITIVE_INFINITY);
  const most = new Float32Array(count).fill(Number.NEGATIVE_INFINITY);
  let best = 0;
  for (const [i, sum] of sums.entries()) {
    const column = Math.floor((i * count) / sums.length);
    const score = sum / norm;
    least[column] = Math.min(least[column], score);
    most[column] = Math.max(most[column], score);
    if (sum > sums[best]) best = i;
  }
  let elsewhere = Number.NEGATIVE_INFINITY;
  for (const [i, sum] of sums.entries())
    if (Math.abs(i - best) > peakWidth) elsewhere = Math.max(elsewhere, sum / norm);
  const aligned = {
    lag: lags[best],
    score: sums[best] / norm,
    elsewhere,
    curve: { least, most },
    lags: [lags[0], lags[lags.length - 1]],
    milliseconds: performance.now() - start,
  } as const;
  return [aligned, [least.buffer, most.buffer]];
}
