// npm run bench:error: the largest error compared with float64, relative to the largest output, for direct sums and each Winograd
// transform, by number of channels and kind of input. Normal weights; the maximum over several seeds.

import { parseArgs } from 'node:util';
import * as convnd from 'convnd';
import { parseProblem } from '#src/problem/line.js';
import { parseLine } from '../tests/helpers/lines.js';
import { distributions, normal } from '../tests/helpers/numbers.js';
import { reference } from '../tests/reference/reference.js';
import { command } from './command.js';
import { makeLayer } from './layer.js';
import { inputShape, product, weightShape } from './operands.js';
import { Table } from './table.js';

const CHANNELS = [1, 4, 16, 64, 192, 256, 512, 1024];
const TRANSFORMS: Record<string, (channels: number) => string> = {
  'F(4x4, 3x3)': (channels) => `n1 g1 c${channels} f6 i13x14 k3x3 p1x1`,
  'F(4x4, 3x3), 5x5 taps': (channels) => `n1 g1 c${channels} f16 i13x14 k5x5 p2x2`,
  'F(4x4, 3x3), 7x7 taps': (channels) => `n1 g1 c${channels} f12 i14x14 k7x7 p3x3`,
  'F(4x4, 3x3), 5x5 taps of step 2': (channels) => `n1 g1 c${channels} f6 i25x27 k5x5 s2x2 p2x2`,
  'F(4, 3)': (channels) => `n1 g1 c${channels} f6 i19 k3 p1`,
  'F(4, 3), 2 taps': (channels) => `n1 g1 c${channels} f6 i20 k2`,
  'F(6, 3)': (channels) => `n1 g1 c${channels} f6 i96 k3 p1`,
  'F(5, 4)': (channels) => `n1 g1 c${channels} f6 i83 k4`,
  'F(5, 4), 7 taps': (channels) => `n1 g1 c${channels} f6 i80 k7 p3`,
  'F(5, 4), 11 taps': (channels) => `n1 g1 c${channels} f6 i80 k11 p5`,
  'F(4, 5)': (channels) => `n1 g1 c${channels} f6 i64 k5 p2`,
  'F(3x3, 2x2)': (channels) => `T n1 g1 c${channels} f6 i8x8 k4x4 s2x2 p1x1`,
  'F(3x3, 2x2), 3x3 taps of step 2': (channels) => `n1 g1 c${channels} f6 i25x28 k3x3 s2x2 p1x1`,
};

/** The errors of the direct sum and of the transform, relative to the largest output; NaN if the plan has another transform. */
function errors(
  line: string,
  name: string,
  fill: (typeof distributions)[string],
  seed: number,
): [number, number] {
  const p = parseProblem(line);
  const x = fill(product(inputShape(p)), 100 * seed + 1, product(p.input));
  const weight = normal(product(weightShape(p)), 77 * seed + 2);
  const { output } = reference(parseLine(line), x, weight);
  const largest = output.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const bias = new Float32Array(p.filters);
  const operands = { x, weight, bias } as { [name in 'x' | 'weight' | 'bias']: Float32Array<ArrayBuffer> };
  const layer = makeLayer(convnd, p, operands);
  const error = (algorithm: string) => {
    layer.algorithm = algorithm;
    const { data } = layer.forward(convnd.tensor(x, inputShape(p)));
    return output.reduce((most, value, i) => Math.max(most, Math.abs(data[i] - value)), 0) / largest;
  };
  const direct = error('gemm');
  const transformed = error('winograd');
  const isNamed = layer.explain(inputShape(p)).includes(`winograd ${name.match(/^F\([^)]*\)/)![0]}`);
  const both: [number, number] = [direct, isNamed ? transformed : Number.NaN];
  layer.dispose();
  return both;
}

function main(): void {
  const { values } = parseArgs({ options: { seeds: { type: 'string', default: '10' } } });
  const seeds = Array.from({ length: Number(values.seeds) }, (_, seed) => seed);
  const names = Object.keys(TRANSFORMS);
  const header = ['channels', ...names.flatMap((name) => ['direct', name])];
  console.log(
    `Largest error of ${seeds.length} seeds in millionths of the largest output; – where the plan has another transform.\n`,
  );
  for (const [title, fill] of Object.entries(distributions)) {
    const table = new Table(header, [['1024', ...names.flatMap(() => ['0.000', '0.000'])]]);
    console.log(`Inputs ${title}\n${table.head()}`);
    for (const channels of CHANNELS) {
      const cells = names.flatMap((name) => {
        const all = seeds.map((seed) => errors(TRANSFORMS[name](channels), name, fill, seed));
        return [0, 1].map((which) => 1e6 * Math.max(...all.map((pair) => pair[which])));
      });
      console.log(table.row([String(channels), ...cells]));
    }
    console.log();
  }
}

await command(main);
