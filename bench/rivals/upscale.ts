// npm run bench:upscale: UpConv7 on the whole supplied image by convnd, onnxruntime-web and tfjs, interleaved in one process. Times the
// network including copies of the image in and the upscaled one out.

import * as tf from '@tensorflow/tfjs-core';
import { loadSafetensors, settings, type TensorLike } from 'convnd';
import * as ort from 'onnxruntime-web';
import { parseProblem } from '#src/problem/line.js';
import { dataFile, readBytes } from '../../examples/files.js';
import { readPicture } from '../../examples/picture.js';
import { cut } from '../../examples/tiles.js';
import { context, UpConv7 } from '../../examples/upconv7.js';
import { Table } from '../table.js';
import { median } from '../timing.js';
import { onnxChain } from './onnx-model.js';
import { channelsFirst, channelsLast } from './rival.js';
import { tfjsFiles } from './tfjs-files.js';
import { startTfjs } from './tfjs-start.js';

const ROUNDS = 5;
const SLOPE = 0.1;

const picture = readPicture(dataFile('chelsea.png'));
const checkpoint = loadSafetensors(readBytes(dataFile('upconv7-2x.safetensors'))) as Record<
  string,
  TensorLike
>;
const { width, height } = picture;
const x = cut(picture, -context, -context, height + 2 * context, width + 2 * context, true);
const outputShape = [1, 3, 2 * height, 2 * width];
const network = new UpConv7(checkpoint);
const layers = [...network.convolutions, network.up];

type Run = () => Promise<Float32Array>;

async function convnd(winograd: typeof settings.winograd): Promise<Run> {
  return async () => {
    settings.winograd = winograd;
    return network.forward(x).data as Float32Array;
  };
}

async function onnxruntime(): Promise<Run> {
  ort.env.wasm.numThreads = 1;
  let size = x.shape.slice(2).join('x');
  const chain = layers.map((layer) => {
    const last = layer === network.up;
    const { inChannels: c, outChannels: f } = layer;
    const problem = parseProblem(`${last ? 'T ' : ''}n1 g1 c${c} f${f} i${size} ${last ? 'k4 s2 p3' : 'k3'}`);
    size = problem.output.join('x');
    const bias = layer.bias?.data ?? new Float32Array(f);
    const operands = { x: new Float32Array(0), weight: layer.weight.data, bias };
    return {
      problem,
      operands: operands as { [name in 'x' | 'weight' | 'bias']: Float32Array<ArrayBuffer> },
    };
  });
  const session = await ort.InferenceSession.create(onnxChain(chain, SLOPE), {
    executionProviders: ['wasm'],
  });
  return async () => {
    const { y } = await session.run({ x: new ort.Tensor('float32', x.data as Float32Array, x.shape) });
    return y.data as Float32Array;
  };
}

async function tfjs(): Promise<Run> {
  await startTfjs(tfjsFiles());
  // torch's order (filters, channels, height, width), or channels first in a transposed layer, to channels last
  const filters = layers.map(({ weight }) => {
    const w: tf.Tensor = tf.tensor(weight.data as Float32Array, [...weight.shape]);
    return tf.transpose(w, [2, 3, 1, 0]) as tf.Tensor4D;
  });
  const biases = layers.slice(0, -1).map(({ bias }) => tf.tensor1d(bias?.data as Float32Array));
  const [batch, channels, rows, columns] = x.shape;
  const last: tf.Tensor4D['shape'] = [batch, 2 * height, 2 * width, 3];
  const padding = [
    [0, 0],
    [3, 3],
    [3, 3],
    [0, 0],
  ] as unknown as number; // the types lack this option
  const call = () => {
    let y = tf.tensor4d(channelsLast(x.data as Float32Array, x.shape), [batch, rows, columns, channels]);
    for (const [i, bias] of biases.entries()) {
      const activation = { activation: 'leakyrelu', leakyreluAlpha: SLOPE } as const;
      y = tf.fused.conv2d({ x: y, filter: filters[i], strides: 1, pad: 'valid', bias, ...activation });
    }
    return tf.conv2dTranspose(y, filters[biases.length], last, 2, padding);
  };
  return async () => {
    const y = tf.tidy(call);
    const data = channelsFirst(y.dataSync() as Float32Array, outputShape);
    y.dispose();
    return data;
  };
}

const runs: Record<string, Run> = {
  convnd: await convnd('auto'),
  'convnd, direct sums': await convnd('never'),
  'onnxruntime-web': await onnxruntime(),
  'tfjs-backend-wasm': await tfjs(),
};
const times = new Map(Object.keys(runs).map((name) => [name, [] as number[]]));
const expected = await runs['convnd, direct sums']();
const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(runs)) {
    const start = performance.now();
    const y = await run();
    times.get(name)?.push(performance.now() - start);
    const error = y.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
    if (y.length !== expected.length || !(error <= 1e-5 * largest))
      throw new Error(`${name} is off by ${error}`);
  }
}

console.log(
  `UpConv7 on ${width} x ${height} pixels, whole, ${ROUNDS} rounds in turns, results equal within 1e-5:`,
);
const rows = [...times].map(([name, all]) => [
  name,
  median(all),
  Math.min(...all),
  median(all) / median(times.get('convnd') ?? []),
]);
const table = new Table(
  ['runtime', 'median ms', 'least ms', 'times convnd'],
  [...rows, ['', '00000', '00000', '']],
);
console.log(`${table.head()}\n${rows.map((row) => table.row(row)).join('\n')}`);
