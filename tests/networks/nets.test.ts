// Five small networks of PyTorch, whole and convolution by convolution.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settings } from 'convnd';
import { torchLayer, torchProblem } from '../helpers/build.js';
import { assertNear, assertTransformed, assertWithinBound } from '../helpers/compare.js';
import { readJson, readTensors, type Stored, type TorchLayer } from '../helpers/fixtures.js';
import { product, reference } from '../reference/reference.js';

interface Net {
  name: string;
  steps: [string, (string | number)?][];
  layers: Record<string, TorchLayer & { eps?: number }>;
  torch_f32_max_abs: number;
}

const { nets } = readJson<{ nets: Net[] }>('pytorch/nets/nets.json');

const map = (x: Stored, change: (value: number) => number): Stored => ({ ...x, data: x.data.map(change) });

/** The mean over windows of size x size, without overlap. */
function averagePool2d({ data, shape }: Stored, size: number): Stored {
  const [height, width] = shape.slice(-2);
  const [rows, columns] = [Math.floor(height / size), Math.floor(width / size)];
  const planes = product(shape.slice(0, -2));
  const pooled = new Float32Array(planes * rows * columns);
  pooled.forEach((_, at) => {
    const [plane, row, column] = [
      Math.floor(at / (rows * columns)),
      Math.floor(at / columns) % rows,
      at % columns,
    ];
    let sum = 0;
    for (let i = 0; i < size * size; i++) {
      const [y, x] = [row * size + Math.floor(i / size), column * size + (i % size)];
      sum += data[(plane * height + y) * width + x];
    }
    pooled[at] = sum / (size * size);
  });
  return { data: pooled, shape: [...shape.slice(0, -2), rows, columns] };
}

/** Batch norm with its running statistics. */
function batchNorm(x: Stored, key: string, eps: number, dict: Map<string, Stored>): Stored {
  const [mean, variance, scale, shift] = ['running_mean', 'running_var', 'weight', 'bias'].map(
    (name) => dict.get(`${key}.${name}`)!.data,
  );
  const plane = product(x.shape.slice(2));
  const data = x.data.map((value, at) => {
    const channel = Math.floor(at / plane) % x.shape[1];
    return ((value - mean[channel]) / Math.sqrt(variance[channel] + eps)) * scale[channel] + shift[channel];
  });
  return { ...x, data };
}

/** The channels of `first`, then those of `second`. */
function concatenate(first: Stored, second: Stored): Stored {
  const [batch, channels, ...sizes] = first.shape;
  const shape = [batch, channels + second.shape[1], ...sizes];
  const data = new Float32Array(product(shape));
  const [a, b] = [first.data.length / batch, second.data.length / batch];
  for (let n = 0; n < batch; n++) {
    data.set(first.data.subarray(n * a, (n + 1) * a), n * (a + b));
    data.set(second.data.subarray(n * b, (n + 1) * b), n * (a + b) + a);
  }
  return { data, shape };
}

/** The layer of the net with that key, its parameters taken out of the net's state dict. */
function layerOf(net: Net, key: string, dict: Map<string, Stored>) {
  const layer = torchLayer(net.layers[key]);
  layer.loadStateDict(Object.fromEntries(dict), { prefix: `${key}.` });
  return layer;
}

function run(net: Net, dict: Map<string, Stored>, input: Stored): Stored {
  const saved = new Map<string, Stored>();
  let x = input;
  for (const [what, argument] of net.steps) {
    const name = String(argument);
    if (what === 'relu') x = map(x, (value) => Math.max(value, 0));
    else if (what === 'relu6') x = map(x, (value) => Math.min(Math.max(value, 0), 6));
    else if (what === 'tanh') x = map(x, Math.tanh);
    else if (what === 'avg_pool2d') x = averagePool2d(x, Number(argument));
    else if (what === 'batch_norm') x = batchNorm(x, name, net.layers[name].eps!, dict);
    else if (what === 'save') saved.set(name, x);
    else if (what === 'concat_after') x = concatenate(saved.get(name)!, x);
    else x = layerOf(net, what, dict).forward(x);
  }
  return x;
}

describe('PyTorch networks', () => {
  it('are five', () => assert.equal(nets.length, 5));

  for (const net of nets) {
    const dict = readTensors(`pytorch/nets/${net.name}.safetensors`);
    const io = readTensors(`pytorch/nets/${net.name}.io.safetensors`);
    const keys = Object.keys(net.layers).filter((key) => net.layers[key].module.startsWith('Conv'));

    describe(net.name, () => {
      for (const key of keys) {
        it(`layer ${key}: ${net.layers[key].module}`, () => {
          const layer = layerOf(net, key, dict);
          const [x, want] = ['input', 'output'].map((name) => io.get(`layers/${key}/${name}`)!);
          layer.winograd = 'never';
          const y = layer.forward(x);
          assert.deepEqual(y.shape, want.shape);
          const problem = torchProblem(net.layers[key], x.shape);
          const result = reference(
            problem,
            x.data,
            dict.get(`${key}.weight`)!.data,
            dict.get(`${key}.bias`)?.data,
          );
          assertWithinBound(y.data, result, key);
          // What PyTorch stored is the rounded sum itself: one unit of the error is its rounding.
          assertWithinBound(y.data, { ...result, output: Float64Array.from(want.data) }, key, 1);
          layer.winograd = 'auto';
          assertTransformed(layer.forward(x).data, result, key);
        });
      }

      it('as a whole', () => {
        const want = io.get('output')!;
        // Two float32 computations with another order of summation: each is about this far from float64. The transforms of
        // Winograd's algorithm cost some more.
        for (const [winograd, factor] of [
          ['never', 4],
          ['auto', 20],
        ] as const) {
          settings.winograd = winograd;
          const y = run(net, dict, io.get('input')!);
          assert.deepEqual(y.shape, want.shape);
          assertNear(y.data, want.data, factor * net.torch_f32_max_abs, net.name);
        }
      });
    });
  }
});
