// layersUseFft: which layers it computes, what stays the same, and the memory of spectra.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Conv1d, Conv2d, ConvTranspose1d, functional, memoryUsage, type Tensor, tensor } from 'convnd';
import { layersUseFft } from 'convnd/signal';
import { heap } from '#src/engine/heap.js';
import { alternative } from '#src/run/alternative.js';
import { assertNear, assertSame } from '../helpers/compare.js';
import { problemLine } from '../helpers/lines.js';
import { integers, reals } from '../helpers/numbers.js';
import { type Problem, product, reference } from '../reference/reference.js';
import { assertPromised, promised } from './fft-promise.js';

afterEach(() => layersUseFft(false));

/** Layers of long kernels, their inputs, and their problems. */
const long = [
  {
    make: () => new Conv1d(1, 1, 48_000),
    shape: [1, 1, 48_600],
    p: { channels: 1, filters: 1, groups: 1, kernel: [48_000] },
  },
  {
    make: () => new Conv1d(2, 2, 16_384, { groups: 2 }),
    shape: [1, 2, 17_000],
    p: { channels: 2, filters: 2, groups: 2, kernel: [16_384] },
  },
  {
    make: () => new Conv2d(1, 1, 63),
    shape: [2, 1, 100, 110],
    p: { channels: 1, filters: 1, groups: 1, kernel: [63, 63] },
  },
  {
    make: () => new Conv1d(3, 4, 700),
    shape: [2, 3, 1500],
    p: { channels: 3, filters: 4, groups: 1, kernel: [700] },
  },
];

/** The whole problem of one of them. */
function longProblem({ shape, p }: (typeof long)[number]): Problem {
  const [batch, , ...input] = shape;
  const each = <T>(value: T): T[] => input.map(() => value);
  return {
    ...p,
    transposed: false,
    batch,
    input,
    stride: each(1),
    padding: each([0, 0]),
    dilation: each(1),
    outputPadding: each(0),
    mode: 'zeros',
  };
}

describe('layersUseFft', () => {
  it('was not called by importing', () => assert.equal(alternative.provider, undefined));

  for (const one of long) {
    const p = longProblem(one);
    it(`computes ${problemLine(p)} through spectra, within the promised error`, () => {
      const layer = one.make();
      const x = tensor(reals(product(one.shape), 5), one.shape);
      const before = layer.forward(x);
      const without = layer.explain(one.shape);
      layersUseFft();
      const [, logSize] = /2\^-24 x ([\d.]+) x/.exec(layer.explain(one.shape)) ?? assert.fail('no fft');
      const got = layer.forward(x);
      const weight = layer.stateDict().weight.data;
      const bias = layer.stateDict().bias.data;
      const want = reference(p, x.data, weight, bias);
      assertPromised(p, got.data, want.output, promised(p, x.data, weight, Number(logSize) + 0.1), 'fft');
      assert.notDeepEqual(got.data, before.data);
      layersUseFft(false);
      assert.deepEqual(layer.forward(x).data, before.data);
      assert.equal(layer.explain(one.shape), without);
      layer.dispose();
    });
  }

  it('leaves what is more than a convolution to the rows of the table', () => {
    const { make, shape } = long[0];
    const layer = make();
    const x = tensor(reals(product(shape), 5), shape);
    const add = layer.forward(x);
    for (const options of [
      { add },
      { add, activation: 'relu' },
      { scale: 0.5, activation: 'relu' },
      { inputActivation: 'relu', activation: 'relu' },
      { activation: 'tanh' },
      { activation: 'leakyRelu', negativeSlope: Number.NaN },
    ] as const) {
      const before = layer.forward(x, options as object).data;
      layersUseFft();
      assert.deepEqual(layer.forward(x, options as object).data, before, Object.keys(options).join());
      layersUseFft(false);
    }
    layer.dispose();
  });

  it('takes a boolean', () => {
    for (const odd of [1, 'yes', null])
      assert.throws(() => layersUseFft(odd as unknown as boolean), {
        name: 'TypeError',
        message: /^use must be a boolean, but got .* \[layersUseFft\]$/,
      });
    assert.equal(alternative.provider, undefined);
  });

  it('sees weights that change, however they do', () => {
    layersUseFft();
    const layer = new Conv1d(1, 1, 1000, { bias: false });
    const x = tensor(integers(20_000, 1), [1, 20_000]);
    assert.match(layer.explain(x.shape), /^algorithm {2}fft/m);
    /** The sum of the first window, which is what its first output has to be. */
    const expected = () => {
      let sum = 0;
      for (let i = 0; i < 1000; i++) sum += layer.weight.data[i] * x.data[i];
      return sum;
    };
    const change: (() => void)[] = [
      () => layer.loadStateDict({ weight: tensor(integers(1000, 2), [1, 1, 1000]) }),
      () => {
        layer.weight = tensor(integers(1000, 3), [1, 1, 1000]);
      },
      () => {
        layer.weight.data[500] += 3;
      },
      () => layer.weight.data.fill(2),
    ];
    for (const each of change) {
      each();
      assert.equal(layer.forward(x).data[0], expected());
    }
  });

  it('sees weights of a functional that change', () => {
    layersUseFft();
    const x = tensor(integers(20_000, 1), [1, 20_000]);
    const weight = tensor(integers(1000, 2), [1, 1, 1000]);
    const before = functional.conv1d(x, weight).data.slice();
    weight.data[0] += 2;
    const after = functional.conv1d(x, weight).data;
    assertSame(
      after,
      before.map((value, i) => value + 2 * x.data[i]),
      'a weight more',
    );
  });

  it('leaves weights that are not finite to the table, and comes back when they are', () => {
    const layer = new Conv1d(1, 1, 1000, { padding: 500, bias: false });
    layer.weight = tensor(integers(1000, 2), [1, 1, 1000]);
    const x = tensor(integers(20_000, 1), [1, 20_000]);
    const finite = layer.forward(x).data;
    layer.weight.data[3] = Number.POSITIVE_INFINITY;
    const own = layer.forward(x).data;
    assert.ok(own.some(Number.isNaN));
    layersUseFft();
    assertSame(layer.forward(x).data, own, 'an infinite weight');
    layer.weight = tensor(integers(1000, 2), [1, 1, 1000]);
    assertSame(layer.forward(x).data, finite, 'finite again');
  });

  it('leaves kernels to the table that are so small that they would lose digits', () => {
    const x = tensor(reals(9000, 1), [1, 9000]);
    for (const [scale, isSpectral] of [
      [1e-36, false],
      [1e-20, true],
      [1e18, true],
    ] as const) {
      const layer = new Conv1d(1, 1, 600, { bias: false });
      const weight = reals(600, 2).map((w) => w * scale);
      layer.weight = tensor(weight, [1, 1, 600]);
      layersUseFft(false);
      const own = layer.forward(x).data;
      layersUseFft();
      const got = layer.forward(x).data;
      if (!isSpectral) assertSame(got, own, `weights of ${scale}`);
      else assert.notDeepEqual(got, own);
      const want = Float64Array.from(got, (_, o) => weight.reduce((sum, w, k) => sum + w * x.data[o + k], 0));
      assertNear(got, want, 1e-4 * scale, `weights of ${scale}`);
    }
  });

  it('explains why spectra are not taken', () => {
    layersUseFft();
    const said = (layer: { explain(shape: number[]): string }, shape: number[]) =>
      /^ {11}not fft: (.*)$/m.exec(layer.explain(shape))?.[1];
    assert.match(
      said(new Conv2d(3, 8, 3), [3, 32, 32]) ?? '',
      /^estimated at [\d.e-]+ ms, [\d.]+ times the [\d.e-]+ ms of \w+$/,
    );
    assert.match(said(new Conv1d(1, 1, 999, { stride: 2 }), [1, 20_000]) ?? '', /stride/);
    assert.match(said(new ConvTranspose1d(1, 1, 999, { stride: 2 }), [1, 20_000]) ?? '', /stride/);
    assert.equal(said(new Conv1d(1, 1, 999), [0, 1, 20_000]), 'there is nothing to compute');
    assert.match(said(new Conv1d(1, 1, 4_000_000), [1, 5_000_000]) ?? '', /would exceed the limit/);
    const asked = new Conv1d(1, 1, 999);
    asked.algorithm = 'direct';
    assert.match(said(asked, [1, 20_000]) ?? '', /^direct was requested/);
  });

  it('explains what is done where they are', () => {
    layersUseFft();
    const lines = new Conv2d(8, 16, 31, { groups: 8 }).explain([8, 256, 256]).split('\n');
    assert.equal(lines[0], 'n1 g8 c8 f16 i256x256 k31x31');
    assert.match(lines[2], /^algorithm {2}fft: estimated at [\d.]+ ms, 0\.\d+ times the [\d.]+ ms of \w+, /);
    const [, ...sizes] =
      /^blocks {5}(\d+) x (\d+) a map, of (\d+) x (\d+) numbers with (\d+) x (\d+) outputs$/
        .exec(lines[3])
        ?.map(Number) ?? assert.fail(lines[3]);
    const [down, across, rows, length, goodRows, goodLength] = sizes;
    assert.deepEqual([goodRows, goodLength], [rows - 30, length - 30]);
    assert.deepEqual([down, across], [Math.ceil(226 / goodRows), Math.ceil(226 / goodLength)]);
    assert.equal(lines[4], 'transforms 1 there, 2 back for each of 8 groups of a block');
    const [, spectra] = /([\d.]+) MB spectra of weights$/.exec(lines[6]) ?? assert.fail(lines[6]);
    assert.equal(spectra, String(Number((16 * 4e-6 * rows * length).toPrecision(3))));
    assert.equal(lines[7], 'field      31 x 31 inputs an output');
  });

  it('leaves a row that was tuned', () => {
    layersUseFft();
    const layer = new Conv1d(1, 1, 300);
    layer.tune([1, 2000]);
    assert.match(layer.explain([1, 2000]), /not fft: \w+ was requested, or was the fastest when/);
    assert.match(layer.explain([1, 20_000]), /^algorithm {2}fft/m);
  });
});

describe('memory of spectra', () => {
  const shape = [1, 1, 4000];
  const x = tensor(reals(4000, 1), shape);

  it('goes with dispose, and with the next call once they are not used', () => {
    layersUseFft();
    const layer = new Conv1d(1, 1, 500);
    const before = memoryUsage().live;
    layer.forward(x);
    const held = memoryUsage().live - before;
    assert.ok(held > 4000, `${held} bytes`);
    layer.dispose();
    layer.forward(x);
    assert.equal(memoryUsage().live - before, held);
    layersUseFft(false);
    layer.forward(x);
    const own = memoryUsage().live;
    layer.dispose();
    assert.ok(own > before);
    // factors of transforms are kept for all
    layersUseFft();
    layer.forward(x);
    assert.equal(memoryUsage().live - before, held);
    layer.dispose();
    assert.ok(memoryUsage().live < before + held);
  });

  it('stays flat over many calls, layers and turns', () => {
    const out: Tensor = tensor(new Float32Array(3501), [1, 1, 3501]);
    const layer = new Conv1d(1, 1, 500);
    const turn = (use: boolean): void => {
      layersUseFft(use);
      for (let i = 0; i < 10; i++) layer.forward(x, { out });
      const other = new Conv1d(1, 2, 500);
      other.forward(x);
      other.dispose();
    };
    for (const use of [true, false, true]) turn(use);
    const { total, live } = memoryUsage();
    for (let i = 0; i < 100; i++) for (const use of [false, true]) turn(use);
    assert.deepEqual([memoryUsage().total, memoryUsage().live], [total, live]);
    layer.dispose();
  });

  it('may be given back to make room, and is filled again', () => {
    layersUseFft();
    const layer = new Conv1d(1, 1, 500);
    const first = layer.forward(x).data.slice();
    for (const lruList of [heap().usedOnce, heap().usedAgain]) while (lruList.dropOldest(0));
    assertSame(layer.forward(x).data, first, 'after all was given back');
    layer.dispose();
  });
});
