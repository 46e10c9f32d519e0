// Upsampling before a layer: the same as writing the larger picture and convolving that, by every row of the table.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, Conv2d, Conv3d, ConvTranspose2d, LazyConv2d, resident, tensor } from 'convnd';
import fc from 'fast-check';
import { algorithms } from '#src/plan/choice.js';
import { formatProblem, parseProblem } from '#src/problem/line.js';
import { type AnyLayer, problemLayer } from '../helpers/build.js';
import { assertSame, assertTransformed } from '../helpers/compare.js';
import { parseLine, problemLine } from '../helpers/lines.js';
import { integers } from '../helpers/numbers.js';
import { drawn, problemOf } from '../helpers/problems.js';
import { refused } from '../helpers/refusal.js';
import { rows, unlessUnable } from '../helpers/takes.js';
import {
  inputShape,
  outputShape,
  type Problem,
  product,
  reference,
  weightShape,
} from '../reference/reference.js';
import { repeated } from '../reference/repeated.js';

type Upsampling = AnyLayer & {
  forward(x: unknown, options: { upsample: number[]; out?: unknown }): ReturnType<AnyLayer['forward']>;
  explain(shape: readonly number[], options?: { upsample: number[] }): string;
  outputShape(shape: readonly number[], options?: { upsample: number[] }): number[];
};

/**
 * Every row against the reference of the larger picture.
 * @param p the convolution of the larger picture, whose sizes are multiples of `upsample`
 */
function check(p: Problem, upsample: number[], seed: number, counts: Map<string, number>, nonFinite = false) {
  const small = { ...p, input: p.input.map((size, axis) => size / upsample[axis]) };
  const x = integers(product(inputShape(small)), seed);
  if (nonFinite) for (let at = seed % 5; at < x.length; at += 13) x[at] = [Number.NaN, 1 / 0, -1 / 0][at % 3];
  const weight = integers(product(weightShape(p)), seed + 1);
  const bias = seed % 3 === 0 ? null : integers(p.filters, seed + 2);
  const wanted = reference(p, repeated(x, inputShape(small), upsample), weight, bias);
  const layer = problemLayer(p, bias !== null) as Upsampling;
  layer.weight = tensor(weight, weightShape(p));
  if (bias) layer.bias = tensor(bias, [p.filters]);
  const plain = tensor(x, inputShape(small));
  using source = resident(plain);
  using out = resident({ shape: outputShape(p) });
  assert.deepEqual(layer.outputShape(inputShape(small), { upsample }), outputShape(p));
  for (const name of rows) {
    layer.algorithm = name;
    const explained = unlessUnable(() => layer.explain(inputShape(small), { upsample }));
    if (explained === undefined) continue;
    const row = /algorithm +(\w+)/.exec(explained)?.[1] ?? '';
    counts.set(row, (counts.get(row) ?? 0) + 1);
    for (const input of [plain, source]) {
      out.data.fill(77);
      layer.forward(input, { upsample, out });
      const y = layer.forward(input, { upsample });
      assert.deepEqual(y.shape, outputShape(p));
      const label = `${row}, upsample ${upsample}: ${problemLine(p)}`;
      if (row === 'winograd') assertTransformed(y.data, wanted, label);
      else assertSame(y.data, wanted.output, label);
      assertSame(out.data, y.data, `${label}, resident`);
    }
  }
  layer.dispose();
}

/** A problem whose input is so many times as large as another. */
function multiple(p: Problem, upsample: readonly number[]): Problem {
  return {
    ...p,
    input: p.input.map((size, axis) => upsample[axis] * Math.max(1, Math.ceil(size / upsample[axis]))),
  };
}

const factors = fc.oneof(
  fc.constant([2, 2, 2]),
  fc.tuple(...[1, 2, 3].map(() => fc.constantFrom(1, 2, 2, 3, 4, 5))),
);

describe('upsampling before a layer', () => {
  for (const [what, numRuns, nonFinite, threes] of [
    ['of any kind', 150, false, false],
    ['of kernels of three', 70, false, true],
    ['with NaN and infinities', 40, true, false],
    ['of kernels of three with NaN and infinities', 40, true, true],
  ] as const) {
    it(`is a larger picture for every row: ${what}`, () => {
      const counts = new Map<string, number>();
      fc.assert(
        fc.property(drawn, factors, (d, u) => {
          const upsample = u.slice(0, d.axes.length);
          const p = problemOf({ ...d, transposed: false, unbatched: false, threes: threes || d.threes });
          check(multiple(p, upsample), upsample, d.values, counts, nonFinite);
        }),
        { numRuns },
      );
      assert.ok((counts.get('gemm') ?? 0) > numRuns / 2, JSON.stringify([...counts]));
    });
  }

  for (const [line, ...upsample] of [
    ['n1 g1 c3 f4 i40x38 k3x3 p1x1', 2, 2],
    ['n2 g1 c16 f20 i24x26 k3x3 p1x1', 2, 2],
    ['n1 g4 c4 f4 i32x34 k3x3 p1x1', 2, 2],
    ['n1 g4 c4 f8 i64 k3 p1', 4],
    ['n1 g1 c1 f1 i600 k9 p4', 3],
    ['n1 g1 c4 f8 i64x2 k3x1 p1x0', 2, 1],
    ['n1 g1 c4 f8 i64x2 k3x1 p1x0', 2, 2],
    ['n1 g1 c4 f6 i20x20 k3x3 s2x2 p1x1', 2, 2],
    ['n1 g1 c4 f6 i20x18 k3x3 p2x2 d2x2 reflect', 2, 2],
    ['n1 g2 c4 f6 i20x18 k4x4 p3x3 circular', 2, 3],
    ['n1 g2 c2 f6 i8x8x8 k3x3x3 p1x1x1 replicate', 2, 2, 2],
    ['n1 g1 c2 f2 i9x4x4 k1x1x1', 3, 2, 2],
    // in several blocks
    ['n1 g1 c2 f1 i1600x1200 k3x3 p1x1', 2, 2],
    ['n1 g2 c2 f2 i1800x600 k3x2 p6x2 d6x2', 3, 2],
    ['n1 g1 c1 f2 i2400000 k3 p1', 2],
  ] as [string, ...number[]][]) {
    it(`is a larger picture for every row: ${line}, ${upsample}`, () => {
      check(parseLine(line), upsample, 5, new Map());
    });
  }

  it('reads weights that are not finite as the larger picture would', () => {
    const p = parseLine('n1 g1 c3 f4 i10x12 k3x3 p1x1');
    const weight = integers(product(weightShape(p)), 1);
    weight[5] = Number.NaN;
    weight[40] = Number.POSITIVE_INFINITY;
    const x = integers(3 * 5 * 6, 2);
    const layer = new Conv2d(3, 4, 3, { padding: 1, bias: false });
    layer.weight = tensor(weight, [4, 3, 3, 3]);
    const y = layer.forward(tensor(x, [1, 3, 5, 6]), { upsample: 2 });
    assertSame(y.data, reference(p, repeated(x, [1, 3, 5, 6], [2, 2]), weight).output, 'not finite');
  });

  it('is told apart from call to call', () => {
    const layer = new Conv1d(1, 1, 3, { padding: 1, bias: false });
    layer.weight = [[[1, 10, 100]]];
    const x = [[[1, 2]]];
    for (let round = 0; round < 3; round++) {
      assert.deepEqual([...layer.forward(x).data], [210, 21]);
      assert.deepEqual([...layer.forward(x, { upsample: 2 }).data], [110, 211, 221, 22]);
      assert.deepEqual([...layer.forward(x, { upsample: [3] }).data], [110, 111, 211, 221, 222, 22]);
      assert.deepEqual([...layer.forward(x, { upsample: 1 }).data], [210, 21]);
    }
  });

  it('reads channels of a larger tensor', () => {
    using all = resident(tensor(integers(2 * 5 * 12, 3), [2, 5, 3, 4]));
    const layer = new Conv2d(2, 3, 3, { padding: 1 });
    const x = resident(all.channels(2, 2));
    using out = resident({ shape: [2, 7, 6, 8] });
    const view = out.channels(3, 3);
    layer.forward(all.channels(2, 2), { upsample: 2, out: view });
    assertSame(resident(view).data, layer.forward(x, { upsample: 2 }).data, 'channels');
  });

  it('goes with what stands before and behind a convolution, and with channels', () => {
    const drawnForm = fc.record({
      batch: fc.integer({ min: 1, max: 3 }),
      groups: fc.constantFrom(1, 1, 2, 4),
      channels: fc.integer({ min: 1, max: 3 }),
      filters: fc.integer({ min: 1, max: 6 }),
      height: fc.integer({ min: 3, max: 9 }),
      width: fc.integer({ min: 3, max: 24 }),
      upsample: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      padding: fc.nat(2),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(
        drawnForm,
        ({ batch, groups, channels, filters, height, width, upsample, padding, seed }) => {
          const [c, f] = [groups * channels, groups * filters];
          const shape = [batch, c, height, width];
          const layer = new Conv2d(c, f, 3, { padding, groups });
          layer.weight = tensor(integers(f * channels * 9, seed), [f, channels, 3, 3]);
          layer.bias = tensor(integers(f, seed + 1), [f]);
          const sizes = layer.outputShape(shape, { upsample });
          using all = resident({ shape: [batch, c + 2, height, width] });
          all.data.set(integers(all.data.length, seed + 2));
          const x = all.channels(1, c);
          const big = tensor(repeated(resident(x).data, shape, upsample), [
            batch,
            c,
            height * upsample[0],
            width * upsample[1],
          ]);
          using other = resident({ shape: [batch, f + 3, ...sizes.slice(2)] });
          other.data.set(integers(other.data.length, seed + 3));
          const add = other.channels(2, f);
          using target = resident({ shape: [batch, f + 1, ...sizes.slice(2)] });
          const out = target.channels(0, f);
          for (const { name } of algorithms) {
            layer.algorithm = name;
            const epilogue = {
              inputActivation: 'leakyRelu',
              inputNegativeSlope: 0.5,
              activation: 'relu',
              scale: 0.5,
            } as const;
            const wanted = unlessUnable(() => layer.forward(big, { ...epilogue, add: resident(add) }));
            if (!wanted) continue;
            // a row that can compute the larger picture can compute this
            target.data.fill(77);
            layer.forward(x, { ...epilogue, upsample, add, out });
            const label = `${name}: ${shape} to ${sizes}, upsample ${upsample}, padding ${padding}, groups ${groups}`;
            assertSame(resident(out).data, wanted.data, label);
            assertSame(
              layer.forward(resident(x), { ...epilogue, upsample, add: resident(add) }).data,
              wanted.data,
              label,
            );
            assert.ok(
              Array.from(
                { length: batch },
                (_, i) => target.channels(i, 1, { axis: 0 }).channels(f, 1).data,
              ).every((rest) => rest.every((value) => value === 77)),
              label,
            );
          }
          layer.dispose();
        },
      ),
      { numRuns: 80 },
    );
  });

  it('is known to explain, outputShape, tune and a lazy layer', () => {
    const layer = new Conv2d(3, 4, [3, 5], { padding: 'same' });
    assert.deepEqual(layer.outputShape([3, 7, 8], { upsample: [2, 3] }), [4, 14, 24]);
    const lines = layer.explain([1, 3, 7, 8], { upsample: [2, 3] }).split('\n');
    assert.equal(lines[0], 'n1 g1 c3 f4 i7x8 k3x5 u2x3 p1x2');
    assert.equal(lines[1], 'output     [1, 4, 14, 24]');
    // three rows of the larger picture show two rows at most, five columns three
    assert.equal(lines.at(-1), 'field      2 x 3 inputs an output');
    assert.ok(layer.tune([1, 3, 7, 8], { upsample: 2 }).length > 1);
    assert.deepEqual(
      layer.forward(tensor(new Float32Array(168), [1, 3, 7, 8]), { upsample: 2 }).shape,
      [1, 4, 14, 16],
    );
    const lazy = new LazyConv2d(4, 3);
    // alone it would be too small
    assert.deepEqual(
      lazy.forward(
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
        { upsample: 2 },
      ).shape,
      [4, 2, 2],
    );
    assert.deepEqual(new Conv3d(1, 1, 1).outputShape([1, 2, 3, 4], { upsample: [1, 2, 3] }), [1, 2, 6, 12]);
  });

  it('has a place in the line of a problem', () => {
    for (const line of [
      'n1 g1 c1 f1 i8 k3 u2 p1',
      'n2 g1 c4 f2 i8x9 k3x3 u1x3 s2x2',
      'n1 g1 c4 f2 i8x9 k3x3 u2x2 p9x9 reflect',
    ])
      assert.equal(formatProblem(parseProblem(line)), line);
    assert.equal(formatProblem(parseProblem('n1 g1 c1 f1 i8x8 k3 u2')), 'n1 g1 c1 f1 i8x8 k3x3 u2x2');
  });

  it('is refused for transposed layers, and for what is no number of times', () => {
    const layer = new Conv2d(1, 1, 3);
    const x = tensor(new Float32Array(16), [1, 4, 4]);
    for (const upsample of [0, -1, [2, 0]])
      refused(
        () => layer.forward(x, { upsample }),
        /^upsample should be greater than zero, but got \[/,
        String(upsample),
      );
    for (const upsample of [1.5, '2', null, [2, 0.5]])
      refused(
        () => layer.forward(x, { upsample: upsample as never }),
        /^upsample must be an integer/,
        String(upsample),
      );
    for (const upsample of [[2, 2, 2], []])
      refused(
        () => layer.forward(x, { upsample }),
        /^expected upsample to be a single integer value or a list of 2 values/,
        String(upsample),
      );
    const transposed = new ConvTranspose2d(1, 1, 3);
    for (const call of [
      () => transposed.forward(x, { upsample: 2 }),
      () => transposed.outputShape([1, 4, 4], { upsample: 2 }),
      () => transposed.explain([1, 4, 4], { upsample: [2, 1] }),
    ])
      refused(
        call,
        /^upsample: not supported by transposed layers, which upsample by their stride \[ConvTranspose2d/,
        'transposed',
      );
    assert.deepEqual(transposed.forward(x, { upsample: 1 }).shape, [1, 6, 6]);
    refused(
      () => new Conv2d(1, 1, 9).forward(x, { upsample: 2 }),
      /padded input size per channel: \(8 x 8\)\. Kernel size: \(9 x 9\)/,
      'too small',
    );
    refused(
      () => new Conv2d(1, 1, 3, { padding: 8, paddingMode: 'reflect' }).forward(x, { upsample: 2 }),
      /of input \[8, 8\]/,
      'too much padding',
    );
    refused(() => layer.forward(x, { upsample: 2 ** 20 }), /more than any array can hold/, 'too large');
  });
});
