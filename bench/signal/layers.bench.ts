// Layers by FFT: milliseconds per call without and with layersUseFft(), interleaved, and the estimates.

import { Conv1d, Conv2d, type Tensor, tensor } from 'convnd';
import { layersUseFft } from 'convnd/signal';
import { Table } from '../table.js';

interface Layer {
  forward(x: Tensor, options: { out: Tensor }): Tensor;
  explain(shape: readonly number[]): string;
  outputShape(shape: readonly number[]): number[];
}

const cases: [layer: Layer, shape: number[]][] = [
  [new Conv1d(1, 1, 64), [1, 1, 192_000]],
  [new Conv1d(1, 1, 1024), [1, 1, 192_000]],
  [new Conv1d(1, 1, 16_384), [1, 1, 192_000]],
  [new Conv1d(1, 1, 48_000), [1, 1, 192_000]],
  [new Conv1d(16, 16, 256), [1, 16, 16_000]],
  [new Conv1d(64, 64, 256), [1, 64, 4000]],
  [new Conv2d(8, 8, 11, { groups: 8, padding: 5 }), [1, 8, 256, 256]],
  [new Conv2d(8, 8, 31, { groups: 8, padding: 15 }), [1, 8, 256, 256]],
  [new Conv2d(16, 16, 15, { padding: 7 }), [1, 16, 128, 128]],
];

/** Milliseconds per case. */
const EFFORT = Number(process.env.EFFORT ?? 4000);

/** Measures all cases. */
export async function run(): Promise<void> {
  const table = new Table(
    ['problem', 'the table, ms', 'spectra, ms', 'times as fast', 'estimated'],
    [['n1 g1 c16 f16 i128x128 k15x15 p7x7'.padEnd(42), 1000, 1000, 1000, 1000]],
  );
  console.log(table.head());
  for (const [layer, shape] of cases) {
    const x = filled(shape);
    const outs = [filled(layer.outputShape(shape)), filled(layer.outputShape(shape))];
    const call = (use: number): number => {
      layersUseFft(use === 1);
      // the first call allocates what the others use
      layer.forward(x, { out: outs[use] });
      const start = performance.now();
      layer.forward(x, { out: outs[use] });
      return performance.now() - start;
    };
    const least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const start = performance.now(); performance.now() - start < EFFORT; )
      for (const use of [0, 1]) least[use] = Math.min(least[use], call(use));
    check(outs, layer);
    layersUseFft();
    const said = layer.explain(shape);
    const [, ratio] = /^algorithm {2}fft: estimated at [\d.]+ ms, ([\d.]+) times/m.exec(said) ?? [];
    const line = said.split('\n')[0];
    const estimated = ratio ? 1 / Number(ratio) : 'not taken';
    console.log(table.row([line, least[0], least[1], least[0] / least[1], estimated]));
    layersUseFft(false);
  }
}

function filled(shape: readonly number[]): Tensor {
  const length = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float32Array.from({ length }, () => 2 * Math.random() - 1),
    shape,
  );
}

/** Checks that both results are equal, up to rounding. */
function check([own, spectral]: readonly Tensor[], layer: Layer): void {
  const largest = own.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  own.data.forEach((value, i) => {
    if (!(Math.abs(value - spectral.data[i]) <= 1e-4 * largest)) throw new Error(`${layer}: output ${i}`);
  });
}
