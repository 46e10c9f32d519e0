// The activations of forward: the same bits as when they are applied to its result afterwards.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ActivationName, Conv1d, ConvTranspose2d, resident, tensor } from 'convnd';
import { problemLayer } from '../helpers/build.js';
import { assertSame } from '../helpers/compare.js';
import { parseLine } from '../helpers/lines.js';
import { integers, reals } from '../helpers/numbers.js';
import { label, refused } from '../helpers/refusal.js';
import { rows, takes } from '../helpers/takes.js';
import { inputShape, outputShape, product } from '../reference/reference.js';

/** The options of forward, and the activation as torch defines it, in float32. */
const activations: [{ activation: ActivationName; negativeSlope?: number }, (value: number) => number][] = [
  [{ activation: 'relu' }, (v) => Math.max(v, 0)],
  [{ activation: 'relu6' }, (v) => Math.min(Math.max(v, 0), 6)],
  [{ activation: 'leakyRelu' }, (v) => (v < 0 ? Math.fround(v * Math.fround(0.01)) : v)],
  [{ activation: 'leakyRelu', negativeSlope: 0.25 }, (v) => (v < 0 ? v * 0.25 : v)],
  [{ activation: 'leakyRelu', negativeSlope: 0 }, (v) => Math.max(v, 0)],
  [{ activation: 'leakyRelu', negativeSlope: -2 }, (v) => (v < 0 ? v * -2 : v)],
];

const lines = [
  'n1 g1 c1 f1 i1 k1',
  'n2 g1 c3 f5 i37 k4 s2 p2',
  'n1 g5 c5 f5 i9x11 k3x3 p1x1',
  'n3 g1 c16 f17 i12x13 k3x3 p1x1',
  'n1 g2 c6 f4 i3x4x9 k2x3x2 p1x1x1 replicate',
  'n1 g1 c40 f30 i7x7 k1x1',
  'T n1 g1 c4 f6 i5x6 k4x4 s2x2 p1x1',
  'T n1 g1 c2 f3 i3x5 k2x2 s3x4 o2x1',
  // a few maps at a time
  'n2 g41 c41 f82 i50x60 k3x3 p1x1',
  'n1 g23 c23 f23 i3001 k3 p2 reflect',
  // in several blocks
  'n2 g1 c1 f3 i700x1001 k3x1 p2x0 d2x1',
  'n9 g1 c2 f1 i600x701 k1x2',
  'T n1 g1 c1 f2 i900001 k4 s3 p2',
];

describe('an activation in forward', () => {
  for (const line of lines) {
    it(line, () => {
      const p = parseLine(line);
      const layer = problemLayer(p, true);
      const x = tensor(
        reals(product(inputShape(p)), 1).map((v) => 20 * v),
        inputShape(p),
      );
      const large = x.data.length > 100_000;
      for (const name of rows) {
        layer.algorithm = name;
        if (!takes(layer, x.shape)) continue;
        const plain = layer.forward(x).data;
        const out = tensor(new Float32Array(plain.length), outputShape(p));
        for (const [options, apply] of large ? activations.slice(0, 3) : activations) {
          const text = `${name ?? 'chosen'}: ${line} ${label(options)}`;
          const wanted = plain.map(apply);
          assertSame(layer.forward(x, options).data, wanted, text);
          out.data.fill(Number.NaN);
          layer.forward(x, { ...options, out });
          assertSame(out.data, wanted, `${text} with out`);
        }
        assertSame(layer.forward(x).data, plain, `${name ?? 'chosen'}: ${line} without again`);
      }
      layer.dispose();
    });
  }

  it('on resident tensors', () => {
    for (const line of [...lines, 'n1 g1 c1 f1 i10x500000 k3x1 p2x0 d2x1']) {
      const p = parseLine(line);
      const layer = problemLayer(p, true);
      const values = tensor(
        reals(product(inputShape(p)), 2).map((v) => 20 * v),
        inputShape(p),
      );
      const plain = layer.forward(values).data;
      using x = resident(values);
      using out = resident({ shape: outputShape(p) });
      for (const [options, apply] of activations.slice(0, 4)) {
        const wanted = plain.map(apply);
        const text = `${line} ${label(options)}`;
        assertSame(layer.forward(values, { ...options, out }).data, wanted, `${text}, out resident`);
        out.data.fill(Number.NaN);
        assertSame(layer.forward(x, { ...options, out }).data, wanted, `${text}, both resident`);
        assertSame(layer.forward(x, options).data, wanted, `${text}, x resident`);
      }
      layer.dispose();
    }
  });

  it('of NaN and infinities is what torch gives', () => {
    const layer = new Conv1d(1, 1, 1, { bias: false });
    layer.weight = [[[1]]];
    const x = [[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 6, 6.5, -1e-45]];
    const run = (activation: ActivationName): number[] => [...layer.forward(x, { activation }).data];
    assertSame(run('relu'), [Number.NaN, Number.POSITIVE_INFINITY, 0, 0, 0, 6, 6.5, 0], 'relu');
    assertSame(run('relu6'), [Number.NaN, 6, 0, 0, 0, 6, 6, 0], 'relu6');
    const leaky = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 6, 6.5, 0];
    assertSame(run('leakyRelu'), leaky, 'leakyRelu');
  });

  it('of a zero keeps its sign', () => {
    const layer = new Conv1d(1, 1, 1);
    layer.weight = [[[1]]];
    layer.bias = [-0];
    const run = (x: number, activation: ActivationName) => layer.forward([[x]], { activation }).data;
    for (const activation of ['tanh', 'silu', 'gelu', 'hardswish', 'leakyRelu'] as const)
      for (const zero of [0, -0])
        assert.ok(Object.is(run(zero, activation)[0], zero), `${activation} of ${zero}`);
    // as torch's formula has it, where the result is too small for a number
    for (const x of [-14, -20, -3e38]) assert.ok(Object.is(run(x, 'gelu')[0], -0), `gelu of ${x}`);
  });

  it("follows also where NaN makes Winograd's algorithm step aside", () => {
    const p = parseLine('n1 g1 c16 f16 i20x20 k3x3 p1x1');
    const layer = problemLayer(p, true);
    const x = tensor(reals(product(inputShape(p)), 3), inputShape(p));
    x.data[1234] = Number.NaN;
    const plain = layer.forward(x).data;
    for (const [options, apply] of activations) {
      assertSame(layer.forward(x, options).data, plain.map(apply), label(options));
      using out = resident({ shape: outputShape(p) });
      assertSame(layer.forward(x, { ...options, out }).data, plain.map(apply), `${label(options)}, resident`);
    }
  });

  it('goes with unbatched and empty inputs and with an output size', () => {
    const up = new ConvTranspose2d(1, 1, 2, { stride: 2, bias: false });
    up.weight = [
      [
        [
          [1, -1],
          [2, -2],
        ],
      ],
    ];
    const y = up.forward([[[1, -1]]], { activation: 'relu', outputSize: [2, 5] });
    assert.deepEqual(y.shape, [1, 2, 5]);
    assertSame(y.data, [1, 0, 0, 1, 0, 2, 0, 0, 2, 0], 'with an output size');
    const empty = up.forward(tensor(new Float32Array(0), [0, 1, 3, 3]), { activation: 'relu' });
    assert.deepEqual(empty.shape, [0, 1, 6, 6]);
  });

  it('of another name, or a slope that has no use, is refused', () => {
    const layer = new Conv1d(1, 1, 1);
    const x = tensor(integers(5, 4), [1, 5]);
    for (const activation of ['ReLU', 'mish', '', 'toString', 3, true, null, {}]) {
      refused(() => layer.forward(x, { activation: activation as never }), /activation/, label(activation));
    }
    for (const negativeSlope of ['0.1', null, {}, true]) {
      const options = { activation: 'leakyRelu', negativeSlope } as never;
      refused(() => layer.forward(x, options), /negativeSlope/, label(negativeSlope));
    }
    refused(() => layer.forward(x, { negativeSlope: 0.1 }), /negativeSlope/, 'a slope alone');
    refused(() => layer.forward(x, { activation: 'relu', negativeSlope: 0.1 }), /negativeSlope/, 'relu');
  });
});
