// FirFilter in blocks of 128 samples, as in an AudioWorklet: the mean and the worst time per block.
//
// The work of a block depends on its position in the period of the longest partition. The time of a position is the minimum of many rounds,
// to exclude noise. The worst time is that of the most expensive position.

import { memoryUsage } from 'convnd';
import { type Dtype, FirFilter } from 'convnd/signal';

const BLOCK = 128;
/** A number of blocks that is a multiple of the period of every plan here. */
const PERIOD = 64;
const ROUNDS = 200;
const TAPS = [100, 1_000, 10_000, 48_000, 192_000];
/** Microseconds of 128 samples at 44,100 Hz. */
const DUE = (1e6 * BLOCK) / 44_100;

/** Seeded noise that fades to a thousandth. */
function reverb(taps: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: taps }, (_, k) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * 10 ** ((-3 * k) / taps);
  });
}

/** Checks outputs against the definition. Afterwards all partitions have blocks to multiply. */
function check(b: Float32Array, filter: FirFilter<Dtype>): void {
  const x = reverb(b.length + 20_000);
  const y = filter.process(x);
  const norms = Math.hypot(...b.subarray(0, 50_000)) * Math.hypot(...x.subarray(0, 50_000));
  for (let n = x.length - 1; n >= 0; n -= 1777) {
    let sum = 0;
    for (let k = 0; k <= n && k < b.length; k++) sum += b[k] * x[n - k];
    if (!(Math.abs(y[n] - sum) <= 1e-6 * norms))
      throw new Error(`${b.length} taps: output ${n} is ${y[n]}, not ${sum}`);
  }
}

function measure(taps: number, dtype: Dtype): string[] {
  const b = reverb(taps);
  const before = memoryUsage().live;
  const filter = new FirFilter<Dtype>(b, { dtype });
  const bytes = memoryUsage().live - before;
  check(b, filter);
  const x = reverb(BLOCK);
  const options = { out: new Float32Array(BLOCK) };
  const least = new Float64Array(PERIOD).fill(Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++)
    for (let place = 0; place < PERIOD; place++) {
      const begin = performance.now();
      filter.process(x, options);
      least[place] = Math.min(least[place], 1000 * (performance.now() - begin));
    }
  const plan = filter.explain();
  filter.dispose();
  const mean = least.reduce((a, c) => a + c) / PERIOD;
  const worst = Math.max(...least);
  return [
    taps.toLocaleString('en'),
    dtype,
    plan,
    mean.toFixed(1),
    worst.toFixed(1),
    `${((100 * worst) / DUE).toFixed(1)} %`,
    `${(bytes / 1024).toFixed(0)} KB`,
  ];
}

/** Prints the table. */
export function run(): void {
  console.log('| coefficients | type | parts | mean µs | worst µs | worst of 2.9 ms | memory |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const dtype of ['float32', 'float64'] as const)
    for (const taps of TAPS) console.log(`| ${measure(taps, dtype).join(' | ')} |`);
}
