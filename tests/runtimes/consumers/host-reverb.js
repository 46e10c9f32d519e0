// Plays sound through a reverb of 48,000 coefficients in an AudioWorklet.

import { numbers, report } from './host-sound.js';

const TAPS = 48_000;
/** Every so manieth frame is computed by the definition. */
const STEP = 331;
/** Points of the filter's largest transform, and what its documentation promises with them. */
const POINTS = 4096;
const UNITS = 2 * Math.log2(POINTS) + 130;

const coefficients = numbers(TAPS, 127, 1024).map((value, k) => value * Math.exp((-7 * k) / TAPS));
const norm = (list) => Math.sqrt(list.reduce((sum, value) => sum + value * value, 0));

/** What is wrong with what was said: in bits, with what the filter makes of the whole; or with the definition. */
report(
  'reverb',
  () => ({ coefficients }),
  ({ heard, said, whole }) => {
    const details = [];
    const other = said.findIndex((value, t) => value !== whole[t]);
    if (other >= 0) details.push(`frame ${other} is ${said[other]}, and ${whole[other]} in the whole`);
    const bound = 2 ** -24 * UNITS * norm(coefficients) * norm(heard.subarray(0, TAPS + POINTS));
    for (let t = 0; t < said.length; t += STEP) {
      let want = 0;
      for (let k = 0; k < TAPS && k <= t; k++) want += coefficients[k] * heard[t - k];
      // written so that a NaN fails
      if (!(Math.abs(said[t] - want) <= bound)) details.push(`frame ${t} is ${said[t]}, expected ${want}`);
    }
    return details.slice(0, 10);
  },
);
