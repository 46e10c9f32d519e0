// Padfield's masked correlation against its definition.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crossCorrelateMasked } from 'convnd/match';
import { assertNear } from '../helpers/compare.js';
import { normal, uniform } from '../helpers/numbers.js';
import { sampled } from './sampled.js';

describe('crossCorrelateMasked', () => {
  it('is the coefficient over the elements that both masks show', () => {
    const next = uniform(12);
    for (let trial = 0; trial < 60; trial++) {
      const rank = 1 + (trial % 3);
      const size = () => Array.from({ length: rank }, () => 1 + Math.floor(next() * [25, 8, 5][rank - 1]));
      const [n1, n2] = [size(), size()];
      const [a, b] = [n1, n2].map((shape) => sampled(shape, () => next() + 50 * (trial % 2)));
      const [m1, m2] = [n1, n2].map((shape) => sampled(shape, () => Number(next() < 0.8)));
      const overlapRatio = next();
      const { data, shape } = crossCorrelateMasked(a, b, m1, m2, { overlapRatio, dtype: 'float64' });
      assert.deepEqual(
        shape,
        n1.map((n, axis) => n + n2[axis] - 1),
      );
      const pairs = sampled(shape, () => 0).data.map((_, o) => o);
      const lists = Array.from(pairs, (o) => shown(o, shape, a, b, m1, m2));
      const most = Math.max(...lists.map((list) => list.length));
      lists.forEach((list, o) => {
        const want = list.length < overlapRatio * most ? 0 : coefficient(list);
        assertNear([data[o]], [want], 2e-7, `${n1} ${n2}, element ${o}`);
      });
    }
  });

  // scikit-image 0.26: cross_correlate_masked(a, b, ones, mask, mode=mode, axes=(0,), overlap_ratio=1)
  it('knows the most elements in common of the shifts that a mode keeps', () => {
    const [a, b, mask] = [
      [7, 5, 4],
      [2, 2, 0, 0, 0, 1, 7],
      [1, 1, 1, 0, 1, 0, 1],
    ];
    const scores = (mode: 'full' | 'same') =>
      crossCorrelateMasked(a, b, null, mask, { mode, overlapRatio: 1 }).data;
    assertNear(scores('full').subarray(3, 6), [0, 0, 0], 0, 'three are the most, elsewhere');
    assertNear(scores('same'), [0, 0, 1], 1e-6, 'two are the most');
  });

  it('takes arrays of more axes than transforms have, in either mode', () => {
    const next = uniform(7);
    const sizes = [
      [2, 3, 4, 3],
      [3, 2, 3, 4],
      [2, 1, 3, 1, 2],
      [1, 2, 3, 2, 3],
      [3, 1, 1, 1, 2],
      [1, 1, 1, 1, 1],
    ];
    for (const [i, n1] of sizes.entries()) {
      const n2 = sizes[i ^ 1];
      const [a, b] = [n1, n2].map((shape) => sampled(shape, () => next()));
      const [m1, m2] = [n1, n2].map((shape) => sampled(shape, () => Number(next() < 0.8)));
      for (const mode of ['full', 'same'] as const) {
        const options = { mode, overlapRatio: 0.2, dtype: 'float64' } as const;
        const { data, shape } = crossCorrelateMasked(a, b, m1, m2, options);
        const all = n1.map((n, axis) => n + n2[axis] - 1);
        assert.deepEqual(shape, mode === 'full' ? all : n1);
        const lists = Array.from(data, (_, o) => {
          let [at, from, rest] = [0, 1, o];
          for (let axis = shape.length - 1; axis >= 0; axis--) {
            const place = (rest % shape[axis]) + ((all[axis] - shape[axis]) >> 1);
            rest = Math.floor(rest / shape[axis]);
            at += place * from;
            from *= all[axis];
          }
          return shown(at, all, a, b, m1, m2);
        });
        const most = Math.max(...lists.map((list) => list.length));
        const want = lists.map((list) => (list.length < 0.2 * most ? 0 : coefficient(list)));
        assertNear(data, want, 2e-7, `${n1} ${n2} ${mode}`);
      }
    }
  });

  it('takes less time than direct sums would for four axes', () => {
    const next = uniform(3);
    const array = sampled([10, 10, 10, 10], () => next());
    crossCorrelateMasked(array, array, null, null);
    const begin = process.cpuUsage().user;
    crossCorrelateMasked(array, array, null, null);
    const milliseconds = (process.cpuUsage().user - begin) / 1000;
    // 10⁸ products six times: 0.9 s
    assert.ok(milliseconds < 400, `${milliseconds} ms`);
  });

  it('says how much memory a map would take that no memory holds', () => {
    const line = new Float32Array(2 ** 18);
    const call = () =>
      crossCorrelateMasked(
        { data: line, shape: [2 ** 18, 1] },
        { data: line, shape: [1, 2 ** 18] },
        null,
        null,
      );
    const message =
      /^not enough memory: 549755813888 bytes for 68719476736 numbers \[crossCorrelateMasked of/;
    assert.throws(call, { name: 'RangeError', message });
  });

  it('gives 0, not noise, where one of the two is flat', () => {
    const noise = normal(900, 3);
    const image = sampled([30, 30], ([y, x]) => (x < 15 ? 7.7 : 100 + noise[30 * y + x]));
    const template = sampled([6, 6], ([y, x]) => noise[6 * y + x]);
    const { data, shape } = crossCorrelateMasked(image, template, null, null, { overlapRatio: 1 });
    for (let y = 5; y < 30; y++) for (let x = 5; x < 15; x++) assert.equal(data[y * shape[1] + x], 0);
    assert.ok(data.some((v) => Math.abs(v) > 0.3));
  });
});

/** The pairs of elements that meet at one shift. */
function shown(
  o: number,
  shape: number[],
  ...[a, b, m1, m2]: { data: Float64Array; shape: number[] }[]
): number[][] {
  const pairs: number[][] = [];
  for (let j = 0; j < b.data.length; j++) {
    let [i, step, restO, restJ, all] = [0, 1, o, j, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [n, m] = [a.shape[axis], b.shape[axis]];
      const at = (restO % shape[axis]) - (m - 1) + (restJ % m);
      if (at < 0 || at >= n) all = 0;
      i += step * at;
      step *= n;
      restO = Math.floor(restO / shape[axis]);
      restJ = Math.floor(restJ / m);
    }
    if (all && m1.data[i] && m2.data[j]) pairs.push([a.data[i], b.data[j]]);
  }
  return pairs;
}

function coefficient(pairs: number[][]): number {
  const [x, y] = [0, 1].map((i) => pairs.reduce((sum, pair) => sum + pair[i], 0) / pairs.length);
  let [xy, xx, yy] = [0, 0, 0];
  for (const [u, v] of pairs) {
    xy += (u - x) * (v - y);
    xx += (u - x) ** 2;
    yy += (v - y) ** 2;
  }
  return pairs.length < 2 || xx < 1e-20 || yy < 1e-20 ? 0 : xy / Math.sqrt(xx * yy);
}
