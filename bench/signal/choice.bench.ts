// Evaluates the choice between direct sums and FFT on 200 random correlations. Prints those for which the chosen method takes more than 1.3
// times as long as the better one.

import { chooseConvMethod, correlate } from '#src/signal.js';
import { median } from '../timing.js';
import { noise, race } from './race.js';

const PROBLEMS = 200;

/** Problems with more products are skipped: direct sums would take too long. */
const MOST = 2e9;

/** Random sizes, log-uniform. */
function problemOf(random: () => number): [number[], number[]] {
  for (;;) {
    const rank = 1 + Math.floor(3 * random());
    const size = (most: number) => Math.round(2 ** (Math.log2(most) * random()));
    const longest = [300_000, 1000, 100][rank - 1];
    const signal = Array.from({ length: rank }, () => 4 + size(longest));
    const kernel = signal.map((n) => Math.min(n, 1 + size([20_000, 80, 20][rank - 1])));
    const product = [...signal, ...kernel].reduce((a, b) => a * b, 1);
    if (product < MOST) return [signal, kernel];
  }
}

/** Measures, and prints the cost of the wrong choices. */
export function run(): void {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  const ratios: number[] = [];
  let taken = 0;
  for (let i = 0; i < PROBLEMS; i++) {
    const [signal, kernel] = problemOf(random);
    const operand = (shape: number[], seed: number) => ({
      data: noise(
        shape.reduce((a, b) => a * b, 1),
        seed,
      ),
      shape,
    });
    const [x, h] = [operand(signal, i), operand(kernel, i + 1000)];
    const out = correlate(x, h);
    const calls = (['direct', 'fft'] as const).map((method) => () => correlate(x, h, { method, out }));
    for (const call of calls) call();
    const [direct, fft] = race(calls, 40, 0.6);
    const { method } = chooseConvMethod(signal, kernel);
    if (method === 'fft') taken++;
    const ratio = (method === 'fft' ? fft : direct) / Math.min(direct, fft);
    ratios.push(ratio);
    if (ratio > 1.3)
      console.log(
        `${signal.join('x')} with ${kernel.join('x')}: ${method} is ${ratio.toFixed(2)} of the better one ` +
          `(direct ${direct.toFixed(4)} ms, fft ${fft.toFixed(4)} ms)`,
      );
  }
  console.log(
    `${PROBLEMS} correlations, fft for ${taken}: the choice takes ${median(ratios).toFixed(2)} of the better method (median), ` +
      `at most ${Math.max(...ratios).toFixed(2)}; ${ratios.filter((ratio) => ratio > 1.3).length} above 1.3`,
  );
}
