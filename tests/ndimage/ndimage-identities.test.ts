// Identities between filters of convnd/ndimage: borders and explicit padding, axes, boxes; where a NaN may be.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as nd from 'convnd/ndimage';
import fc from 'fast-check';
import { assertNear, assertSame } from '../helpers/compare.js';
import { product } from '../reference/reference.js';

/** Where a position outside of an axis of n elements lies inside, in numpy.pad's words; -1 for nowhere. */
const inside: Record<string, (i: number, n: number) => number> = {
  reflect: (i, n) =>
    [...Array(n).keys(), ...[...Array(n).keys()].reverse()].at(((i % (2 * n)) + 2 * n) % (2 * n))!,
  mirror: (i, n) => {
    const there = [...Array(n).keys()];
    const cycle = [...there, ...there.slice(1, -1).reverse()];
    return cycle[((i % cycle.length) + cycle.length) % cycle.length];
  },
  nearest: (i, n) => Math.min(Math.max(i, 0), n - 1),
  wrap: (i, n) => ((i % n) + n) % n,
  constant: (i, n) => (i >= 0 && i < n ? i : -1),
};

const modeNames = Object.keys(inside) as nd.NdimageMode[];

/** A picture with `margin` elements around it. */
function padded(data: ArrayLike<number>, [h, w]: number[], margin: number, mode: string, cval: number) {
  const shape = [h + 2 * margin, w + 2 * margin];
  const at = (i: number) => {
    const y = inside[mode](Math.floor(i / shape[1]) - margin, h);
    const x = inside[mode]((i % shape[1]) - margin, w);
    return y < 0 || x < 0 ? cval : data[y * w + x];
  };
  return { data: Float32Array.from({ length: product(shape) }, (_, i) => at(i)), shape };
}

/** The middle of a padded picture. */
function cropped({ data, shape }: nd.Samples, margin: number): number[] {
  const [h, w] = shape;
  return [...data].filter((_, i) => {
    const [y, x] = [Math.floor(i / w), i % w];
    return y >= margin && y < h - margin && x >= margin && x < w - margin;
  });
}

const integers = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, i) => ((Math.imul(i + seed, 2654435761) >>> 20) % 17) - 8);

const picture = fc
  .record({
    shape: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })),
    seed: fc.nat(1000),
    mode: fc.constantFrom(...modeNames),
  })
  .map(({ shape, seed, mode }) => ({ data: integers(product(shape), seed), shape, mode, seed }));

describe('a filter with a border', () => {
  const MARGIN = 12;

  it('is the filter of the padded picture', () => {
    fc.assert(
      fc.property(picture, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (x, kh, kw) => {
        const cval = x.mode === 'constant' ? 3 : undefined;
        const larger = padded(x.data, x.shape, MARGIN, x.mode, cval ?? 0);
        const weights = { data: integers(kh * kw, x.seed + 1), shape: [kh, kw] };
        const options = { mode: x.mode, cval };
        for (const filter of [nd.correlate, nd.convolve])
          assertSame(
            filter(x, weights, options).data,
            cropped(filter(larger, weights), MARGIN),
            `${filter.name} ${x.mode} of ${x.shape} by ${kh}x${kw}`,
          );
        const size = [kh, kw];
        assertSame(
          nd.uniformFilter(x, { size, ...options }).data,
          cropped(nd.uniformFilter(larger, { size }), MARGIN),
          `uniformFilter ${x.mode} of ${x.shape} by ${size}`,
        );
      }),
      { numRuns: 120 },
    );
  });

  it('may have another one along each axis', () => {
    const x = { data: integers(30, 5), shape: [5, 6] };
    const mode: nd.NdimageMode[] = ['wrap', 'constant'];
    const filters: [nd.Samples, nd.Samples][] = [
      [
        nd.uniformFilter(x, { size: [3, 2], mode, cval: 4 }),
        nd.uniformFilter1d(nd.uniformFilter1d(x, 3, { axis: 0, mode: 'wrap', dtype: 'float64' }), 2, {
          mode: 'constant',
          cval: 4,
        }),
      ],
      [
        nd.gaussianFilter(x, [1, 2], { mode, cval: 4 }),
        nd.gaussianFilter1d(nd.gaussianFilter1d(x, 1, { axis: 0, mode: 'wrap', dtype: 'float64' }), 2, {
          mode: 'constant',
          cval: 4,
          dtype: 'float64',
        }),
      ],
      [
        nd.sobel(x, { axis: 0, mode, cval: 4 }),
        nd.correlate1d(nd.correlate1d(x, [-1, 0, 1], { axis: 0, mode: 'wrap' }), [1, 2, 1], {
          mode: 'constant',
          cval: 4,
        }),
      ],
    ];
    for (const [got, want] of filters) assertNear(got.data, want.data, 1e-5, 'per axis');
  });

  it('calls one border by two names', () => {
    const x = { data: integers(30, 9), shape: [5, 6] };
    const weights = { data: integers(35, 1), shape: [5, 7] };
    for (const [one, other] of [
      ['reflect', 'grid-mirror'],
      ['wrap', 'grid-wrap'],
      ['constant', 'grid-constant'],
    ] as const)
      assertSame(
        nd.correlate(x, weights, { mode: one }).data,
        nd.correlate(x, weights, { mode: other }).data,
        `${one} and ${other}`,
      );
  });
});

describe('an axis of one element', () => {
  const data = integers(42, 5);
  for (const shape of [
    [42, 1],
    [1, 42],
    [6, 7, 1],
    [6, 1, 7],
    [3, 1, 14, 1],
  ])
    it(`is filtered wherever it stands: ${shape}`, () => {
      const x = { data, shape };
      const axis = shape.lastIndexOf(1);
      for (const mode of ['reflect', 'mirror', 'nearest', 'wrap'] as const) {
        const mean = nd.uniformFilter1d(x, 4, { axis, mode });
        assert.deepEqual(mean.shape, shape);
        assertNear(mean.data, data, 1e-6, `${shape}`);
        assertNear(nd.gaussianFilter1d(x, 2, { axis, mode }).data, data, 1e-6, `${shape}`);
        assertNear(
          nd.correlate1d(x, [1, 2, 4], { axis, mode }).data,
          data.map((value) => 7 * value),
          0,
          `${shape}`,
        );
      }
      const constant = { axis, mode: 'constant', cval: 10 } as const;
      assertNear(
        nd.correlate1d(x, [1, 2, 4], constant).data,
        data.map((value) => 2 * value + 50),
        0,
        `${shape}`,
      );
      assertNear(
        nd.uniformFilter1d(x, 4, constant).data,
        data.map((value) => (value + 30) / 4),
        1e-6,
        `${shape}`,
      );
      // all axes at once, into a tensor of the caller's
      const out = { data: new Float32Array(42), shape };
      const flat = shape.filter((size) => size > 1);
      for (const filter of [
        (given: typeof x, o?: typeof x) => nd.gaussianFilter(given, 1.5, { out: o }),
        (given: typeof x, o?: typeof x) => nd.uniformFilter(given, { size: 3, out: o }),
      ]) {
        assert.equal(filter(x, out), out);
        assertNear(out.data, filter({ data, shape: flat }).data, 1e-5, `${shape}`);
      }
    });
});

describe('along some axes', () => {
  const x = { data: integers(60, 2), shape: [3, 4, 5] };
  const weights = { data: integers(6, 3), shape: [2, 3] };

  it('a filter is that of each picture', () => {
    const options = { axes: [-1, 1], mode: 'wrap', origin: [0, 1] } as const;
    const turned = { data: Float32Array.of(0, 3, 1, 4, 2, 5).map((i) => weights.data[i]), shape: [3, 2] };
    for (const filter of [nd.correlate, nd.convolve]) {
      const got = filter(x, { ...weights, shape: [3, 2] }, { ...options, origin: [1, 0] });
      for (let i = 0; i < 3; i++) {
        const plane = { data: x.data.slice(20 * i, 20 * i + 20), shape: [4, 5] };
        const kernel = {
          data: Float32Array.of(0, 2, 4, 1, 3, 5).map((at) => weights.data[at]),
          shape: [2, 3],
        };
        const want = filter(plane, kernel, { mode: 'wrap', origin: [0, 1] });
        assertSame(got.data.slice(20 * i, 20 * i + 20), want.data, `${filter.name}, picture ${i}`);
      }
    }
    assertSame(
      nd.correlate(x, weights, options).data,
      nd.correlate(x, turned, { axes: [1, 2], mode: 'wrap', origin: [1, 0] }).data,
      'axes in another order',
    );
  });

  it('a separable one leaves the others as they are', () => {
    for (const filter of [nd.uniformFilter, nd.laplace] as const) {
      const got = filter(x, { axes: [1, 2] });
      const want = [0, 1, 2].flatMap((i) => [
        ...filter({ data: x.data.slice(20 * i, 20 * i + 20), shape: [4, 5] }).data,
      ]);
      assertSame(got.data, want, filter.name);
    }
    assertSame(
      nd.gaussianFilter(x, 1, { axes: 1 }).data,
      nd.gaussianFilter1d(x, 1, { axis: 1 }).data,
      'gaussianFilter',
    );
    for (const filter of [nd.gaussianLaplace, nd.gaussianGradientMagnitude] as const) {
      const want = [0, 1, 2].flatMap((i) => [
        ...filter({ data: x.data.slice(20 * i, 20 * i + 20), shape: [4, 5] }, [1, 2]).data,
      ]);
      assertSame(filter(x, [1, 2], { axes: [1, 2] }).data, want, filter.name);
    }
    // between passes stands the same constant, so their order shows: it is that of the input's axes, whatever the caller's
    const constant = { mode: 'constant', cval: 2, dtype: 'float64' } as const;
    for (const filter of [nd.gaussianLaplace, nd.gaussianGradientMagnitude] as const) {
      const want = filter(x, [2, 0.5, 1], { ...constant, axes: [0, 1, 2] }).data;
      assertNear(
        filter(x, [1, 0.5, 2], { ...constant, axes: [2, 1, 0] }).data,
        want,
        2 ** -48,
        `turned ${filter.name}`,
      );
    }
  });
});

describe('a box', () => {
  it('of integers has the mean, rounded once', () => {
    const shape = [40, 50];
    const x = { data: integers(2000, 4).map((value) => value * 1001), shape };
    for (const size of [2, 7, 31]) {
      const weights = { data: new Float64Array(size * size).fill(1), shape: [size, size] };
      const sums = nd.correlate(x, weights, { dtype: 'float64' }).data;
      assertSame(
        nd.uniformFilter(x, { size }).data,
        Float32Array.from(sums, (sum) => sum / size ** 2),
        `${size}`,
      );
      assertSame(
        nd.uniformFilter(x, { size, dtype: 'float64' }).data,
        sums.map((sum) => sum / size ** 2),
        `${size}, float64`,
      );
    }
  });

  it('reaches as far as its origin says', () => {
    const x = [1, 0, 0, 0, 0, 0, 0];
    const first = (origin: number) => nd.uniformFilter(x, { size: 4, origin, mode: 'constant' }).data.join();
    assert.equal(first(0), '0.25,0.25,0.25,0,0,0,0');
    assert.equal(first(1), '0.25,0.25,0.25,0.25,0,0,0');
    assert.equal(first(-2), '0.25,0,0,0,0,0,0');
  });
});

describe('NaN and the infinities', () => {
  it('stay where the filter meets them', () => {
    const x = { data: integers(21 * 23, 6), shape: [21, 23] };
    x.data[8 * 23 + 9] = Number.NaN;
    const spoiled = (data: ArrayLike<number>) =>
      Array.from(data).flatMap((value, i) => (Number.isNaN(value) ? [i] : []));
    const square = (reach: number, other = reach) =>
      [...x.data.keys()].filter(
        (i) => Math.abs(Math.floor(i / 23) - 8) <= reach && Math.abs((i % 23) - 9) <= other,
      );
    assert.deepEqual(spoiled(nd.uniformFilter(x, { size: 5 }).data), square(2));
    assert.deepEqual(spoiled(nd.gaussianFilter(x, [1, 0.5]).data), square(4, 2));
    assert.deepEqual(spoiled(nd.correlate(x, new Array(3).fill(new Array(5).fill(1))).data), square(1, 2));
  });

  it('come from a constant border', () => {
    const { data } = nd.correlate1d([1, 2, 3, 4], [1, 1, 1], { mode: 'constant', cval: Number.NaN });
    assertSame(data, [Number.NaN, 6, 9, Number.NaN], 'NaN around');
    const means = nd.uniformFilter([1, 2, 3, 4], { mode: 'constant', cval: Number.POSITIVE_INFINITY });
    assertSame(means.data, [Number.POSITIVE_INFINITY, 2, 3, Number.POSITIVE_INFINITY], 'infinity around');
  });
});
