// Gradients of pooling, unfold and fold inside `record`: against the naive reference, against what each output is a sum of, and some of
// PyTorch's.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv2d, functional as F, memoryUsage, Parameter, resident, type Tensor, tensor } from 'convnd';
import { custom, mseLoss, mul, record, relu } from 'convnd/train';
import fc from 'fast-check';
import { assertSame, assertWithinBound } from '../helpers/compare.js';
import { integers, reals } from '../helpers/numbers.js';
import { fillNames, fills, optionsOf, poolProblems } from '../helpers/pool-problems.js';
import { refused } from '../helpers/refusal.js';
import { inner } from '../reference/equation.js';
import { type PoolProblem, poolGradient } from '../reference/pool-reference.js';
import { product } from '../reference/reference.js';

type Pool = (x: unknown, kernel: unknown, options?: object) => Tensor;
const pools = F as unknown as Record<string, Pool>;

/** The gradient of an input, with integers or reals for that of the output. */
function gradientOf(x: Tensor, call: (x: Tensor) => Tensor, g: (length: number) => Float32Array) {
  const parameter = new Parameter(x.data.slice(), x.shape);
  const y = record(() => call(parameter));
  const given = tensor(g(y.data.length), y.shape);
  y.backward(given);
  return { y, given, gradient: parameter.grad! };
}

/** By torch 1.13.1, of x below: y = torch.nn.functional.…; y.backward(torch.arange(1., y.numel() + 1).reshape(y.shape)). */
const TORCH: readonly [name: string, call: (given: Tensor) => Tensor, gradient: number[]][] = [
  [
    'max_pool2d(x, 2, stride=1)',
    (given) => F.maxPool2d(given, 2, { stride: 1 }),
    [0, 0, 0, 0, 0, 0, 14, 10, 0, 12, 0, 0, 0, 0, 0],
  ],
  [
    'max_pool2d(x, 3, stride=2, padding=1, ceil_mode=True)',
    (given) => F.maxPool2d(given, 3, { stride: 2, padding: 1, ceilMode: true }),
    [0, 0, 0, 0, 0, 0, 12, 0, 0, 9, 0, 0, 0, 0, 0],
  ],
  [
    'max_pool2d(x, (1, 2), dilation=(1, 2))',
    (given) => F.maxPool2d(given, [1, 2], { dilation: [1, 2] }),
    [1, 0, 2, 0, 0, 0, 0, 7, 0, 0, 0, 0, 11, 0, 0],
  ],
  [
    'avg_pool2d(x, 2, padding=1, divisor_override=2)',
    (given) => F.avgPool2d(given, 2, { padding: 1, divisorOverride: 2 }),
    [0.5, 1, 1, 1.5, 1.5, 2, 2.5, 2.5, 3, 3, 2, 2.5, 2.5, 3, 3],
  ],
  [
    'avg_pool2d(x, 2, padding=1, count_include_pad=False)',
    (given) => F.avgPool2d(given, 2, { padding: 1, countIncludePad: false }),
    [1, 1, 1, 1.5, 1.5, 2, 1.25, 1.25, 1.5, 1.5, 2, 1.25, 1.25, 1.5, 1.5],
  ],
  [
    'avg_pool2d(x, 2, ceil_mode=True)',
    (given) => F.avgPool2d(given, 2, { ceilMode: true }),
    [0.25, 0.25, 0.5, 0.5, 1.5, 0.25, 0.25, 0.5, 0.5, 1.5, 2, 2, 2.5, 2.5, 6],
  ],
  [
    'adaptive_avg_pool2d(x, 2)',
    (given) => F.adaptiveAvgPool2d(given, 2),
    [
      0.166666667, 0.166666667, 0.5, 0.333333333, 0.333333333, 0.666666667, 0.666666667, 1.66666667, 1, 1,
      0.5, 0.5, 1.16666667, 0.666666667, 0.666666667,
    ],
  ],
];

describe('gradients of pooling', () => {
  it('are those of the naive reference', () =>
    fc.assert(
      fc.property(poolProblems, fillNames, fc.nat({ max: 1000 }), ({ outer, ...p }, fill, seed) => {
        const label = JSON.stringify({ ...p, fill, seed });
        const x = tensor(fills[fill](p.maps * product(p.input), seed), [...outer, ...p.input]);
        const call = (given: unknown) =>
          pools[`${p.name}Pool${p.input.length}d`](given, p.kernel, optionsOf(p));
        const { given, gradient } = gradientOf(x, call, (length) => reals(length, seed + 1));
        assertWithinBound(gradient.data, poolGradient(p, x.data, given.data), label);
      }),
      { numRuns: 200 },
    ));

  it('go to the first of equal numbers, to the last NaN, and to none where a window has no number', () => {
    const { NaN: nan, NEGATIVE_INFINITY: least } = Number;
    const shape = [1, 4];
    const ones = (length: number) => new Float32Array(length).fill(1);
    const slopes = (numbers: number[], kernel: number, options?: object) => [
      ...gradientOf(tensor(numbers, shape), (x) => pools.maxPool1d(x, kernel, options), ones).gradient.data,
    ];
    assert.deepEqual(slopes([2, 2, 1, 2], 4), [1, 0, 0, 0]);
    assert.deepEqual(slopes([nan, 5, nan, 7], 4), [0, 0, 1, 0]);
    assert.deepEqual(slopes([least, least, least, least], 2), [1, 0, 1, 0]);
    assert.deepEqual(slopes([1, 3, 2, 0], 2, { stride: 1 }), [0, 2, 1, 0]);
    const narrow = tensor([5], [1, 1]);
    const beside = (x: Tensor) => F.maxPool1d(x, 2, { padding: 1, dilation: 2 });
    assert.equal(gradientOf(narrow, beside, ones).y.data[0], least);
    assert.deepEqual([...gradientOf(narrow, beside, ones).gradient.data], [0]);
  });

  const x = [3, 1, 3, 0, 2, 3, 5, 5, 1, 4, 1, 4, 2, 0, 2];
  for (const [name, call, want] of TORCH)
    it(name, () => {
      const count = (length: number) => Float32Array.from({ length }, (_, i) => i + 1);
      const { gradient } = gradientOf(tensor(x, [1, 3, 5]), call, count);
      assertSame(gradient.data, Float32Array.from(want), name);
    });

  it('pass through the indices of max pooling and max unpooling as in torch, also if the indices change afterwards', () => {
    const picture = tensor([1, 5, 2, 4, 3, 3, 9, 0, 7, 8, 1, 2, 0, 6, 6, 6], [1, 4, 4]);
    const restored = (given: Tensor) => {
      const [y, indices] = F.maxPool2d(given, 2, { returnIndices: true });
      const back = F.maxUnpool2d(mul(y, y), indices, 2, { outputSize: [5, 4] });
      indices.data.fill(0);
      return back;
    };
    const count = (length: number) => Float32Array.from({ length }, (_, i) => i + 1);
    const { y, gradient } = gradientOf(picture, restored, count);
    assert.deepEqual([...y.data], [0, 25, 0, 0, 0, 0, 81, 0, 0, 64, 0, 0, 0, 0, 36, 0, 0, 0, 0, 0]);
    assert.deepEqual([...gradient.data], [0, 20, 0, 0, 0, 0, 126, 0, 0, 160, 0, 0, 0, 0, 180, 0]);
    // values at one place have its gradient each
    const both = gradientOf(tensor([5, 6], [1, 2]), (given) => F.maxUnpool1d(given, [[1, 1]], 2), count);
    assert.deepEqual([...both.gradient.data], [2, 2]);
  });

  it('of adaptive pooling, unfold and fold are adjoint to them', () => {
    const size = fc.integer({ min: 1, max: 9 });
    const step = fc.integer({ min: 1, max: 3 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(size, size), { minLength: 2, maxLength: 3 }),
        fc.record({ kernel: step, stride: step, dilation: step, padding: fc.nat({ max: 2 }) }),
        fc.nat({ max: 1000 }),
        (axes, { kernel, ...steps }, seed) => {
          const shape = [2, 3, ...axes.map(([input]) => input)];
          const parts = axes.map(([, output]) => output);
          const calls: [string, (x: unknown) => Tensor][] = [
            ['mean', (given) => pools[`adaptiveAvgPool${axes.length}d`](given, parts)],
          ];
          const image = tensor(reals(product(shape), seed), shape);
          const columns = (given: unknown) => F.unfold(given as Tensor, [kernel, kernel], steps);
          if (
            axes.length === 2 &&
            axes.every(([input]) => input + 2 * steps.padding > steps.dilation * (kernel - 1))
          ) {
            calls.push(['unfold', columns]);
            calls.push([
              'fold',
              (given) => {
                const [height, width] = shape.slice(2);
                return F.fold(columns(given), [height, width], [kernel, kernel], steps);
              },
            ]);
          }
          for (const [name, call] of calls) {
            const { y, given, gradient } = gradientOf(image, call, (length) => integers(length, seed + 1));
            const [forward, back] = [inner(y.data, given.data), inner(image.data, gradient.data)];
            const scale = inner(y.data.map(Math.abs), given.data.map(Math.abs));
            assert.ok(Math.abs(forward - back) <= 1e-5 * scale, `${name}: ${forward}, ${back}`);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of large maps, of many, and of long sums of one sign are within the bound', () => {
    const whole = { dilation: [1, 1], ceilMode: false, countIncludePad: true, divisorOverride: null };
    const large: PoolProblem[] = [
      { ...whole, name: 'max', maps: 40, input: [30, 31], kernel: [3, 3], stride: [2, 2], padding: [1, 1] },
      {
        ...whole,
        name: 'avg',
        maps: 1,
        input: [150, 140],
        kernel: [100, 90],
        stride: [1, 1],
        padding: [0, 0],
      },
    ];
    for (const p of large) {
      const x = tensor(reals(p.maps * product(p.input), 3), [p.maps, ...p.input]);
      const call = (given: unknown) => pools[`${p.name}Pool2d`](given, p.kernel, optionsOf(p));
      const positive = (length: number) => reals(length, 4).map((value) => 1 + value / 8);
      const { given, gradient } = gradientOf(x, call, positive);
      assertWithinBound(gradient.data, poolGradient(p, x.data, given.data), p.name);
    }
  });
});

describe('pooling inside a record', () => {
  const g = (y: Tensor) => tensor(integers(y.data.length, 5), y.shape);

  it('is a part of a chain, whatever its input lies in', () => {
    const layer = new Conv2d(1, 2, 3);
    layer.weight = tensor(integers(18, 1), [2, 1, 3, 3]);
    const image = tensor(integers(49, 2), [1, 1, 7, 7]);
    const chain = (given: Tensor) => F.maxPool2d(relu(layer.forward(given)), 2);
    record(() => chain(image)).backward(g(chain(image)));
    const wanted = layer.weight.grad!;
    layer.zeroGrad();
    // the same by custom, with a loop of its own
    record(() => {
      const hidden = relu(layer.forward(image));
      const output = F.maxPool2d(tensor(hidden.data.slice(), hidden.shape), 2);
      return custom(output, [hidden], (gradient) => {
        const p: PoolProblem = {
          ...{ name: 'max', maps: 2, input: [5, 5], kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
          ...{ dilation: [1, 1], ceilMode: false, countIncludePad: true, divisorOverride: null },
        };
        return [tensor(Float32Array.from(poolGradient(p, hidden.data, gradient.data).output), hidden.shape)];
      });
    }).backward(g(chain(image)));
    assertSame(layer.weight.grad!.data, wanted.data, 'by custom');
    layer.zeroGrad();
    const both = resident({ shape: [1, 3, 7, 7] });
    both.channels(1, 1).data.set(image.data);
    for (const given of [resident(image), both.channels(1, 1)]) {
      record(() => chain(given)).backward(g(chain(image)));
      assertSame(layer.weight.grad!.data, wanted.data, 'resident');
      layer.zeroGrad();
    }
  });

  it('refuses out, and an input of a maximum that was changed', () => {
    const p = new Parameter(integers(16, 1), [1, 4, 4]);
    const out = tensor(new Float32Array(4), [1, 2, 2]);
    refused(() => record(() => F.maxPool2d(p, 2, { out })), /don't support automatic differentiation/, 'out');
    const y = record(() => F.maxPool2d(p, 2));
    p.data[0] = 99;
    refused(() => y.backward(g(y)), /has been modified by an inplace operation/, 'changed');
    const mean = record(() => F.avgPool2d(p, 2));
    p.data[0] = 98;
    mean.backward(g(mean));
    assert.ok(p.grad);
  });

  it('takes batches and sizes of nothing', () => {
    const p = new Parameter(new Float32Array(0), [0, 2, 4]);
    record(() => F.maxPool1d(p, 2)).backward(tensor([], [0, 2, 2]));
    assert.deepEqual(p.grad!.shape, [0, 2, 4]);
    const q = new Parameter(integers(8, 1), [2, 4]);
    record(() => F.adaptiveAvgPool1d(q, 0)).backward(tensor([], [2, 0]));
    assertSame(q.grad!.data, new Float32Array(8), 'no part');
  });

  it('gives its memory back', () => {
    const layer = new Conv2d(1, 2, 3, { padding: 1 });
    const image = tensor(integers(64, 2), [1, 1, 8, 8]);
    const step = () => {
      layer.zeroGrad();
      record(() =>
        mseLoss(F.adaptiveAvgPool2d(F.maxPool2d(layer.forward(image), 2), 1), tensor([1, 2], [1, 2, 1, 1])),
      ).backward();
    };
    step();
    const { live } = memoryUsage();
    for (let i = 0; i < 20; i++) step();
    assert.equal(memoryUsage().live, live);
  });
});
