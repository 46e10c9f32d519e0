// The result in words and as code.

import { shown } from '../../numbers.ts';
import type { Aligned } from '../job.ts';
import { seconds } from './draw.ts';
import { RATE } from './sound.ts';

/** A lag is clear if its score is this many times that of all others. */
const CLEAR = 1.3;

const inSeconds = (samples: number): string => `${Math.abs(seconds(samples)).toFixed(3)} s`;

export function inWords({ lag, score, elsewhere, milliseconds }: Aligned): string {
  const clear = score > CLEAR * elsewhere;
  const when =
    lag === 0
      ? 'Both began at the same time'
      : `The second began ${inSeconds(lag)} ${lag > 0 ? 'after' : 'before'} the first`;
  const doubt = clear ? '' : ' No lag stands out: these may not be recordings of the same sound.';
  return `${when}: lag ${shown(lag)} at ${RATE / 1000} kHz. Score ${score.toFixed(3)}, elsewhere at most ${elsewhere.toFixed(3)}; ${milliseconds.toFixed(0)} ms.${doubt}`;
}

export const convndCode = (
  lag: number,
): string => `import { correlate, correlationLags } from 'convnd/signal';

// first, second: Float32Array
const { data } = correlate(first, second, { method: 'fft' });
const lags = correlationLags(first.length, second.length);
const best = data.reduce((best, value, i) => (value > data[best] ? i : best), 0);
lags[best]; // ${lag}: first[i + ${lag}] is heard with second[i]`;

export const scipyCode = (lag: number): string => `from scipy.signal import correlate, correlation_lags

c = correlate(first, second, method='fft')
lags = correlation_lags(len(first), len(second))
lags[c.argmax()]  # ${lag}`;
