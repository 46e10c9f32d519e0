// Direct sums: GFLOP/s and nanoseconds per output, including copies, for easy and difficult shapes.

import { cpuUsage } from 'node:process';
import { directSums } from '#src/sums/direct/direct.js';
import { exactSums } from '#src/sums/direct/exact.js';
import { factorsOf } from '#src/sums/direct/separable.js';
import { type AxisSum, type Border, outputShape, type SumRequest } from '#src/sums/request.js';
import { type Dtype, type Samples, zeros } from '#src/sums/samples.js';

type Axes = readonly (AxisSum | 'each')[];

const along = (first: number, count: number, more: Partial<AxisSum> = {}): AxisSum => ({
  first,
  count,
  direction: 1,
  ...more,
});

/** A case: signal, kernel, axes, border. 'passes' applies the kernel's factors one after another. */
const cases: [name: string, signal: number[], kernel: number[], axes: Axes, border: Border, passes?: true][] =
  [
    ['16 x 4', [16], [4], [along(-1, 16)], 'nothing'],
    ['191 x 64, valid', [191], [64], [along(0, 128)], 'nothing'],
    ['1,000 x 9', [1000], [9], [along(-4, 1000)], 'mirror'],
    ['65,536 x 16', [65536], [16], [along(-8, 65536)], 'nothing'],
    ['65,536 x 64', [65536], [64], [along(-32, 65536)], 'nothing'],
    ['1,000,000 x 8', [1e6], [8], [along(-4, 1e6)], 'mirror'],
    ['1,000,000 x 64', [1e6], [64], [along(-32, 1e6)], 'nothing'],
    ['65,536 x 65,536, 201 lags', [65536], [65536], [along(-100, 201)], 'nothing'],
    ['100,000 x 64, stride 4', [1e5], [64], [along(0, 24985, { stride: 4 })], 'nothing'],
    [
      '100,000 x 60, up 3, down 2',
      [1e5],
      [60],
      [along(0, 150030, { direction: -1, stride: 2, upsample: 3 })],
      'nothing',
    ],
    ['32² x 3²', [32, 32], [3, 3], [along(-1, 32), along(-1, 32)], 'nothing'],
    ['512² x 3²', [512, 512], [3, 3], [along(-1, 512), along(-1, 512)], 'mirror'],
    ['512² x 5²', [512, 512], [5, 5], [along(-2, 512), along(-2, 512)], 'mirror'],
    ['512² x 9²', [512, 512], [9, 9], [along(-4, 512), along(-4, 512)], 'mirror'],
    ['512² x 9², in passes', [512, 512], [9, 9], [along(-4, 512), along(-4, 512)], 'mirror', true],
    ['512² x 15², valid', [512, 512], [15, 15], [along(0, 498), along(0, 498)], 'nothing'],
    ['512² x [9, 1]', [512, 512], [9, 1], [along(-4, 512), 'each'], 'mirror'],
    ['512² x [1, 9]', [512, 512], [1, 9], ['each', along(-4, 512)], 'mirror'],
    [
      '512 x 512 x 3 x [5, 5, 1]',
      [512, 512, 3],
      [5, 5, 1],
      [along(-2, 512), along(-2, 512), 'each'],
      'mirror',
    ],
    ['50,000 x 8 x [5, 1]', [50000, 8], [5, 1], [along(-2, 50000), 'each'], 'nearest'],
    ['50,000 x 16 x [1, 5]', [50000, 16], [1, 5], ['each', along(-2, 16)], 'nearest'],
    ['50,000 x 16 x [3, 3]', [50000, 16], [3, 3], [along(-1, 50000), along(-1, 16)], 'nearest'],
    ['5,000 kernels, 64 x 8', [5000, 64], [5000, 8], ['each', along(-2, 64)], 'nothing'],
    ['8 kernels, 65,536 x 32', [1, 65536], [8, 32], ['each', along(0, 65536)], 'nothing'],
    ['64³ x 5³', [64, 64, 64], [5, 5, 5], [along(-2, 64), along(-2, 64), along(-2, 64)], 'nothing'],
  ];

/** Milliseconds of processor time per case. */
const EFFORT = Number(process.env.EFFORT ?? 200);

/** Measures all cases. */
export async function run(): Promise<void> {
  const wanted = process.env.CASE;
  for (const [name, signal, kernel, axes, border, passes] of cases) {
    if (wanted && !name.includes(wanted)) continue;
    const cells = (['float32', 'float64'] as const).map((dtype) =>
      measure(signal, kernel, axes, border, dtype, passes === true),
    );
    console.log(`${name.padEnd(28)} ${cells.join('   ')}`);
  }
}

function measure(
  signalShape: number[],
  kernelShape: number[],
  axes: Axes,
  border: Border,
  dtype: Dtype,
  passes: boolean,
): string {
  const request: SumRequest = { axes, border, dtype, method: 'direct', where: () => 'bench' };
  const signal = zeros(signalShape, dtype);
  const kernel = zeros(kernelShape, dtype);
  for (let i = 0; i < signal.data.length; i++) signal.data[i] = ((i * 7919) % 9) - 4;
  for (let i = 0; i < kernel.data.length; i++) kernel.data[i] = passes ? 1 : ((i * 104729) % 5) - 2;
  const out = zeros(outputShape(request, signalShape, kernelShape), dtype);
  const factors = passes ? factorsOf(kernel, request) : undefined;
  const call = () => directSums({ signal, kernel, out }, request, factors);
  call();
  check(signal, kernel, out, request);
  let best = Number.POSITIVE_INFINITY;
  const begin = cpuUsage();
  // small calls are timed in batches
  const first = performance.now();
  call();
  const turns = Math.max(1, Math.min(1000, Math.floor(0.1 / (performance.now() - first))));
  for (let spent = 0; spent < EFFORT; ) {
    const start = performance.now();
    for (let i = 0; i < turns; i++) call();
    best = Math.min(best, (performance.now() - start) / turns);
    const { user, system } = cpuUsage(begin);
    spent = (user + system) / 1000;
  }
  let taps = 1;
  axes.forEach((axis, i) => {
    if (axis !== 'each') taps *= kernelShape[i] / (axis.upsample ?? 1);
  });
  const rate = (2 * taps * out.data.length) / best / 1e6;
  return `${dtype} ${(best * 1000).toFixed(1).padStart(8)} µs ${rate.toFixed(1).padStart(5)} GFLOP/s ${((best * 1e6) / out.data.length).toFixed(2).padStart(8)} ns an output`;
}

/** Compares the first outputs with the definition. */
function check(signal: Samples, kernel: Samples, out: Samples, request: SumRequest): void {
  const axes = request.axes.map((axis) =>
    axis === 'each' ? axis : { ...axis, count: Math.min(axis.count, 2) },
  );
  if (axes.includes('each')) return;
  const few = zeros(outputShape({ axes }, signal.shape, kernel.shape), request.dtype);
  exactSums({ signal, kernel, out: few }, { ...request, axes });
  const last = out.shape[out.shape.length - 1];
  for (let i = 0; i < Math.min(2, last); i++)
    if (out.data[i] !== few.data[i]) throw new Error(`output ${i}: ${out.data[i]}, want ${few.data[i]}`);
}
