// Random windows over all options, compared with the naive reference: plain and resident, in one block and in several.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { functional as F, memoryUsage, resident, type Tensor, tensor } from 'convnd';
import fc from 'fast-check';
import { assertSame, assertWithinBound } from '../helpers/compare.js';
import { integers, reals } from '../helpers/numbers.js';
import { fillNames, fills, optionsOf, poolProblems, withNonFinite } from '../helpers/pool-problems.js';
import {
  adaptiveReference,
  foldReference,
  type PoolProblem,
  type PoolReference,
  poolReference,
  unfoldedPixels,
} from '../reference/pool-reference.js';
import { product } from '../reference/reference.js';

type Even = (x: unknown, kernel: number[], options: object) => Tensor;
const even: Record<string, Even> = F as never;
const adaptive: Record<string, (x: unknown, size: number[], options?: object) => Tensor> = F as never;

/** All four ways to hand over input and output. */
function eachWay(x: Tensor, shape: number[], call: (x: Tensor, out?: Tensor) => Tensor): Tensor {
  const y = call(x);
  assert.deepEqual(y.shape, shape);
  for (const given of [x, resident(x)]) {
    for (const out of [tensor(new Float32Array(product(shape)), shape), resident({ shape })]) {
      out.data.fill(77);
      assert.equal(call(given, out), out);
      assertSame(out.data, y.data, 'another way');
    }
  }
  // channels of larger tensors
  if (x.shape.length > 2 && shape.length === x.shape.length) {
    const within = (sizes: number[], fill?: Tensor) => {
      const [batch, channels, ...rest] = sizes;
      const all = resident({ shape: [batch, channels + 3, ...rest] });
      all.data.fill(55);
      const view = all.channels(1, channels);
      if (fill)
        for (let image = 0; image < batch; image++)
          view
            .channels(image, 1, { axis: 0 })
            .data.set(
              fill.data.subarray(image * product(sizes.slice(1))).subarray(0, product(sizes.slice(1))),
            );
      return { all, view };
    };
    const { view: given } = within(x.shape, x);
    const { all, view: out } = within(shape);
    for (const [a, b] of [
      [given, out],
      [x, out],
      [given, tensor(new Float32Array(product(shape)), shape)],
    ] as const) {
      call(a, b);
      assertSame(b === out ? resident(out).data : b.data, y.data, 'channels');
    }
    const map = product(shape.slice(2));
    const isBeside = (i: number) => {
      const channel = Math.floor(i / map) % (shape[1] + 3);
      return channel < 1 || channel > shape[1];
    };
    assert.ok(
      all.data.every((value, i) => value === 55 || !isBeside(i)),
      'nothing is written beside the channels',
    );
  }
  return y;
}

function compare(got: Float32Array, reference: PoolReference, isExact: boolean, label: string): void {
  if (isExact) assertSame(got, Float32Array.from(reference.output), label);
  // the quotient is rounded once more
  else assertWithinBound(got, reference, label, 1);
}

function check(p: PoolProblem, fill: keyof typeof fills, seed: number, outer = [p.maps]): void {
  const label = JSON.stringify({ ...p, fill, seed });
  const x = tensor(fills[fill](p.maps * product(p.input), seed), [...outer, ...p.input]);
  const reference = poolReference(p, x.data);
  const y = eachWay(x, [...outer, ...reference.shape], (given, out) =>
    even[`${p.name}Pool${p.input.length}d`](given, p.kernel, { ...optionsOf(p), ...(out && { out }) }),
  );
  // sums of integers are exact, and so is one division of them
  compare(y.data, reference, p.name === 'max' || fill !== 'reals', label);
}

describe('random windows', () => {
  it('of one size', () =>
    fc.assert(
      fc.property(poolProblems, fillNames, fc.nat({ max: 1000 }), ({ outer, ...p }, fill, seed) =>
        check(p, fill, seed, outer),
      ),
      { numRuns: 250 },
    ));

  it('of adaptive pooling', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 24 })), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.integer({ min: 1, max: 3 }),
        fillNames,
        fc.nat({ max: 1000 }),
        (axes, maps, fill, seed) => {
          const input = axes.map(([size]) => size);
          const parts = axes.map(([, count]) => count);
          const x = tensor(fills[fill](maps * product(input), seed), [maps, ...input]);
          for (const name of ['avg', 'max'] as const) {
            const label = JSON.stringify({ name, input, parts, maps, fill, seed });
            const called = `adaptive${name === 'max' ? 'Max' : 'Avg'}Pool${axes.length}d`;
            const y = eachWay(x, [maps, ...parts], (given, out) =>
              adaptive[called](given, parts, { ...(out && { out }) }),
            );
            const reference = adaptiveReference(name, maps, input, parts, x.data);
            compare(y.data, reference, name === 'max' || fill !== 'reals', label);
          }
        },
      ),
      { numRuns: 100 },
    ));
});

describe('windows in several blocks', () => {
  const whole = {
    maps: 1,
    dilation: [1, 1],
    ceilMode: false,
    countIncludePad: true,
    divisorOverride: null,
  };
  const large: Record<string, PoolProblem> = {
    'many maps': {
      ...whole,
      name: 'max',
      maps: 300,
      input: [24, 25],
      kernel: [2, 2],
      stride: [2, 2],
      padding: [0, 0],
    },
    'a large map': {
      ...whole,
      name: 'avg',
      input: [300, 500],
      kernel: [3, 3],
      stride: [2, 2],
      padding: [1, 1],
    },
    'long rows': {
      ...whole,
      name: 'max',
      maps: 2,
      input: [3, 9001],
      kernel: [2, 5],
      stride: [1, 1],
      padding: [1, 2],
      dilation: [1, 2],
    },
    'one long row': {
      ...whole,
      name: 'avg',
      input: [100003],
      kernel: [11],
      stride: [3],
      padding: [5],
      dilation: [1],
    },
    'large windows': {
      ...whole,
      name: 'avg',
      maps: 2,
      input: [120, 200],
      kernel: [90, 60],
      stride: [20, 70],
      padding: [30, 30],
    },
    'a volume': {
      ...whole,
      name: 'max',
      input: [40, 50, 60],
      kernel: [3, 2, 2],
      stride: [2, 2, 2],
      padding: [1, 0, 1],
      dilation: [1, 2, 1],
      ceilMode: true,
    },
  };
  for (const [name, p] of Object.entries(large))
    it(name, () => check(p, p.name === 'max' ? 'withNonFinite' : 'integers', 5));

  it('a mean over all of a large map', () => {
    const [maps, input] = [3, [301, 400]];
    const x = tensor(reals(maps * product(input), 3), [maps, ...input]);
    const y = eachWay(x, [maps, 1, 1], (given, out) =>
      F.adaptiveAvgPool2d(given, 1, { ...(out && { out }) }),
    );
    compare(y.data, adaptiveReference('avg', maps, input, [1, 1], x.data), false, 'mean');
  });

  it('take room for a block, however large the batch is', () => {
    const shape = [8, 64, 64, 64];
    const y = F.maxPool2d(tensor(integers(product(shape), 1), shape), 2);
    assert.deepEqual(y.shape, [8, 64, 32, 32]);
    assert.ok(memoryUsage().scratch < 2 ** 20, `${memoryUsage().scratch} bytes`);
  });
});

describe('unfold and fold', () => {
  const two = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
  it('are those of the definition', () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
        two(1, 12),
        two(1, 4),
        two(1, 3),
        two(0, 5),
        two(1, 4),
        fc.nat({ max: 1000 }),
        (outer, size, kernel, dilation, padding, stride, seed) => {
          const fits = size.every(
            (pixels, axis) => pixels + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) >= 1,
          );
          fc.pre(fits);
          const steps = { dilation, padding, stride };
          const pixels = unfoldedPixels(size, kernel, steps);
          const taps = product(kernel);
          const maps = product(outer);
          const inner = (channels: number) => [...outer.slice(0, -1), channels * outer[outer.length - 1]];
          const x = tensor(withNonFinite(maps * product(size), seed), [...outer, ...size]);
          const columns = eachWay(x, [...inner(taps), pixels.length / taps], (given, out) =>
            F.unfold(given, kernel, { ...steps, ...(out && { out }) }),
          );
          const plane = product(size);
          const want = Array.from({ length: maps }, (_, map) =>
            pixels.map((pixel) => (pixel < 0 ? 0 : x.data[map * plane + pixel])),
          ).flat();
          assertSame(columns.data, want, 'unfold');

          const z = tensor(integers(columns.data.length, seed), columns.shape);
          const picture = eachWay(z, [...outer, ...size], (given, out) =>
            F.fold(given, size, kernel, { ...steps, ...(out && { out }) }),
          );
          assertSame(picture.data, foldReference(z.data, maps, size, kernel, steps).output, 'fold');
        },
      ),
      { numRuns: 100 },
    ));
});
