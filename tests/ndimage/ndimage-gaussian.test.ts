// The Gaussian filters of convnd/ndimage: compared with their kernels, derivatives and sums.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as nd from 'convnd/ndimage';
import { assertNear, assertSame } from '../helpers/compare.js';

/** The index that scipy.ndimage's mode 'reflect' reads at position `i` of an axis with `n` elements. */
function reflected(i: number, n: number): number {
  const at = ((i % (2 * n)) + 2 * n) % (2 * n);
  return at < n ? at : 2 * n - 1 - at;
}

describe('a Gaussian', () => {
  it('is the correlation with the product of its kernels', () => {
    const x = { data: Float32Array.from({ length: 143 }, (_, i) => Math.sin(i * i)), shape: [11, 13] };
    const impulse = (radius: number) =>
      Float64Array.from({ length: 2 * radius + 1 }, (_, i) => Number(i === radius));
    const line = (sigma: number, radius: number) =>
      nd.gaussianFilter1d(impulse(radius), sigma, { mode: 'constant', dtype: 'float64' }).data;
    const [down, across] = [line(1, 4), line(1.5, 6)];
    const outer = {
      data: Float64Array.from({ length: 9 * 13 }, (_, i) => down[Math.floor(i / 13)] * across[i % 13]),
      shape: [9, 13],
    };
    for (const mode of ['reflect', 'wrap', 'nearest', 'mirror'] as const) {
      const want = nd.correlate(x, outer, { mode, dtype: 'float64' }).data;
      const got = nd.gaussianFilter(x, [1, 1.5], { mode, dtype: 'float64' });
      assertNear(got.data, want, 1e-15 * 20, `${mode}, float64`);
      // rounded once: half a unit of what is below 1 in magnitude
      assertNear(nd.gaussianFilter(x, [1, 1.5], { mode }).data, want, 2 ** -25 + 2e-14, `${mode}, float32`);
    }
  });

  it('keeps constants, and its derivatives lose them', () => {
    const flat = { data: new Float32Array(90).fill(1000.5), shape: [9, 10] };
    assertSame(nd.gaussianFilter(flat, 2).data, flat.data, 'order 0');
    for (const order of [1, 2, 3])
      assertNear(
        nd.gaussianFilter(flat, 2, { order: [order, 0], truncate: 8 }).data,
        new Float32Array(90),
        1e-9,
        `${order}`,
      );
  });

  it('differentiates polynomials', () => {
    const x = Float64Array.from({ length: 101 }, (_, i) => (i - 50) ** 2);
    const middle = (order: number) =>
      nd.gaussianFilter1d(x, 2, { order, truncate: 10, dtype: 'float64' }).data.slice(40, 61);
    assertNear(
      middle(1),
      x.slice(40, 61).map((_, i) => 2 * (i - 10)),
      1e-9,
      'first',
    );
    assertNear(middle(2), new Float64Array(21).fill(2), 1e-9, 'second');
    assertNear(middle(3), new Float64Array(21), 1e-9, 'third');
  });

  it('has a radius of its own, or by truncate', () => {
    const impulse = new Float32Array(41);
    impulse[20] = 1;
    const reach = (options: nd.Gaussian1dOptions) =>
      nd.gaussianFilter1d(impulse, 2, options).data.findIndex((value) => value > 0);
    assert.equal(reach({}), 12);
    assert.equal(reach({ truncate: 3.2 }), 14);
    assert.equal(reach({ radius: 3 }), 17);
    assert.equal(reach({ radius: 0 }), 20);
    // kernels of 16 GB: a machine that grants the memory ends the program when it is filled
    for (const options of [{ radius: 1e9 }, { truncate: 1e9 }])
      assert.throws(
        () => nd.gaussianFilter([1, 2, 3], 1, options),
        /^RangeError: Radius must be a nonnegative integer of at most/,
      );
    assertSame(
      nd.gaussianFilter(impulse, 2, { radius: [5] }).data,
      nd.gaussianFilter1d(impulse, 2, { radius: 5 }).data,
      'a list',
    );
  });

  it('is rounded once, and in float32 sums is off by their bound', () => {
    const shape = [60, 70];
    const x = { data: Float32Array.from({ length: 4200 }, (_, i) => 1000 + Math.sin(i * i)), shape };
    for (const order of [0, 1, 2]) {
      const options = { order: [order, 0], mode: 'wrap' } as const;
      const want = nd.gaussianFilter(x, 3, { ...options, dtype: 'float64' }).data;
      const most = want.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      assertNear(nd.gaussianFilter(x, 3, options).data, want, 2 ** -24 * most, `order ${order}, float64`);
      const weights = nd.gaussianFilter1d(
        Float64Array.of(...new Array(12).fill(0), 1, ...new Array(12).fill(0)),
        3,
        {
          order,
          mode: 'constant',
          dtype: 'float64',
        },
      ).data;
      const magnitudes = 1001 * weights.reduce((a, b) => a + Math.abs(b), 0);
      const rough = nd.gaussianFilter(x, 3, { ...options, precision: 'float32' }).data;
      assertNear(rough, want, 2 ** -24 * (2 * 25 + 4) * magnitudes, `order ${order}, float32`);
    }
  });

  it('of a large picture is the sum of its products', () => {
    const [h, w, sigma, radius] = [70, 90, 2, 8];
    const x = { data: Float32Array.from({ length: h * w }, (_, i) => Math.cos(i * i)), shape: [h, w] };
    const weight = (i: number) => Math.exp(-(i * i) / (2 * sigma * sigma));
    const offsets = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
    const total = offsets.reduce((sum, i) => sum + weight(i), 0);
    const { data } = nd.gaussianFilter(x, sigma);
    for (let row = 0; row < h; row += 3)
      for (let column = 0; column < w; column += 4) {
        let want = 0;
        for (const i of offsets)
          for (const j of offsets)
            want +=
              (weight(i) * weight(j) * x.data[reflected(row + i, h) * w + reflected(column + j, w)]) /
              total ** 2;
        const error = Math.abs(data[row * w + column] - want);
        assert.ok(error <= 2 ** -25 + 1e-12, `${row}, ${column}: off by ${error}`);
      }
  });

  it('has a Laplacian and a gradient', () => {
    const x = { data: Float32Array.from({ length: 143 }, (_, i) => Math.sin(i * i)), shape: [11, 13] };
    const order = (y: number, z: number) =>
      nd.gaussianFilter(x, 1.2, { order: [y, z], dtype: 'float64' }).data;
    const [yy, zz, y, z] = [order(2, 0), order(0, 2), order(1, 0), order(0, 1)];
    assertNear(
      nd.gaussianLaplace(x, 1.2).data,
      yy.map((value, i) => value + zz[i]),
      2 ** -24,
      'Laplacian',
    );
    assertNear(
      nd.gaussianGradientMagnitude(x, 1.2).data,
      y.map((value, i) => Math.hypot(value, z[i])),
      2 ** -24,
      'gradient',
    );
  });
});
