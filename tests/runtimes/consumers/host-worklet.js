// Plays sound through two layers in an AudioWorklet.

import { numbers, parameters, report } from './host-sound.js';

const TAPS = 9;
const weights = [
  { data: numbers(8 * TAPS, 4, 8), shape: [8, 1, TAPS] },
  { data: numbers(8 * TAPS, 4, 8), shape: [1, 8, TAPS] },
];

/** The two layers over the whole of `x`, by the definition: zeros stand before it. */
function convolve(x, [first, second]) {
  const y = new Float32Array(x.length);
  const hidden = new Float32Array(x.length);
  for (let channel = 0; channel < 8; channel++) {
    for (let t = 0; t < x.length; t++) {
      hidden[t] = 0;
      for (let k = 0; k < TAPS; k++) hidden[t] += first.data[channel * TAPS + k] * (x[t - TAPS + 1 + k] ?? 0);
    }
    for (let t = 0; t < x.length; t++)
      for (let k = 0; k < TAPS; k++)
        y[t] += second.data[channel * TAPS + k] * (hidden[t - TAPS + 1 + k] ?? 0);
  }
  return y;
}

async function options() {
  if (!parameters.has('library')) return { weights };
  const { init, wasmModule } = await import(parameters.get('library'));
  await init();
  return { weights, module: wasmModule() };
}

report('quanta', options, ({ heard, said }) => {
  const want = convolve(heard, weights);
  const wrong = said.findIndex((value, t) => value !== want[t]);
  return wrong >= 0 ? [`frame ${wrong} is ${said[wrong]}, expected ${want[wrong]}`] : [];
});
