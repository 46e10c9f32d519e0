// lfilter and lfilterZi: denominators, states and `out`. signal-filters.test.ts has SciPy's results.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryUsage } from 'convnd';
import { lfilter, lfilterZi } from 'convnd/signal';
import { assertSame } from '../helpers/compare.js';
import { integers } from '../helpers/numbers.js';
import { refused } from '../helpers/refusal.js';

describe('lfilter', () => {
  it('is called with and without the denominator', () => {
    const [b, x] = [
      [1, 2],
      [1, 1, 1],
    ];
    const want = [1, 3, 3];
    for (const y of [lfilter(b, x), lfilter(b, 1, x), lfilter(b, [1], x), lfilter(b, x, {})])
      assertSame(y.data, want, 'y');
    assertSame(lfilter(b, 1, x, { zi: [5] }).zf.data, [2], 'zf');
    for (const y of [lfilter(2, x), lfilter(2, 1, x), lfilter(2, x, { zi: [] })])
      assertSame(y.data, [2, 2, 2], 'one coefficient');
    refused(() => lfilter(b, x, { zo: 1 } as object), /unexpected option 'zo'/, 'option');
    refused(
      () => lfilter(b, x, { dtype: 'complex64' } as object),
      /complex numbers are not supported/,
      'dtype',
    );
  });

  it("divides by a[0], and has SciPy's states for zeros in the denominator", () => {
    // of scipy.signal.lfilter(b, a, [1, 2, 3], zi=…)
    const rows: [b: number[], a: number | number[], zi: number[], y: number[], zf: number[]][] = [
      [
        [1, 2],
        [1, 0, 0],
        [0, 0],
        [1, 4, 7],
        [6, 0],
      ],
      [
        [1, 2, 0],
        [1, 0],
        [0, 0],
        [1, 4, 7],
        [6, 0],
      ],
      [[1, 2], [2], [1], [1.5, 2, 3.5], [3]],
      [[1, 2], 2, [1], [1.5, 2, 3.5], [3]],
      [[1, 2], [4, 0], [1], [1.25, 1, 1.75], [1.5]],
    ];
    for (const dtype of ['float32', 'float64'] as const)
      for (const [b, a, zi, want, zf] of rows) {
        const y = lfilter(b, a, [1, 2, 3], { zi, dtype });
        assert.deepEqual([[...y.data], [...y.zf.data]], [want, zf], `a ${a}`);
      }
    refused(
      () => lfilter([1, 2], [1, 0, 0], [1], { zi: [0] }),
      /unexpected shape for zi: expected \[2\], found \[1\]/,
      'zi',
    );
  });

  it('caches the spectrum of a long filter with a denominator of 1 too', () => {
    const x = integers(4000, 1);
    for (const a of [1, [1], [1, 0, 0]]) {
      const b = integers(3000, 2);
      lfilter(b, a, x);
      const before = memoryUsage().live;
      lfilter(b, a, x);
      assert.ok(memoryUsage().live - before >= 4 * 3000, `a=${a}`);
    }
  });

  it('refuses denominators of IIR filters and those that are none', () => {
    const rows: [a: number | number[] | number[][], message: RegExp][] = [
      [
        [2, 0, 0.5],
        /^only FIR filters are supported: all of a but a\[0\] must be 0, but got a=\[2, 0, 0\.5\]/,
      ],
      [[1, Number.NaN], /^only FIR filters/],
      [0, /^a\[0\] must not be 0, but got a=\[0\]/],
      [[0, 1], /^a\[0\] must not be 0/],
      [[], /^a must be 1-D with non-zero length, but got shape \[0\]/],
      [[[1]], /^a must be 1-D with non-zero length, but got shape \[1, 1\]/],
    ];
    for (const [a, message] of rows) {
      refused(() => lfilter([1, 2], a, [1, 2, 3]), message, String(a));
      refused(() => lfilterZi([1, 2], a), message, String(a));
    }
  });

  it('has a state of a step with and without the denominator too', () => {
    const b = [1, 2, 3];
    for (const state of [lfilterZi(b), lfilterZi(b, 1), lfilterZi(b, [1], { dtype: 'float64' })])
      assert.deepEqual([...state.data], [5, 3]);
    assert.ok(lfilterZi(b, 1, { dtype: 'float64' }).data instanceof Float64Array);
    assert.deepEqual([...lfilterZi(b, [2, 0, 0, 0]).data], [2.5, 1.5, 0]);
    refused(
      () => lfilterZi(b, 1, 'float64' as never),
      /^options must be an object.*got 'float64'/,
      'a type alone',
    );
  });

  it('writes where it is told to, and the state beside it', () => {
    const out = { data: new Float32Array(3), shape: [3] };
    assert.equal(lfilter([1, 2], [1, 1, 1], { out }), out);
    assertSame(out.data, [1, 3, 3], 'out');
    const y = lfilter([1, 2], [1, 1, 1], { out, zi: [1] });
    assert.equal(y.data, out.data);
    assert.deepEqual([[...y.data], [...y.zf.data]], [[2, 3, 3], [2]]);
    refused(() => lfilter([1, 2], [1, 1], { out }), /out: expected shape \[2\], got \[3\]/, 'shape');
    refused(() => lfilter([1, 2], out, { out }), /shares memory with an input/, 'overlap');
  });

  it('spreads a state of size 1 over the other axes', () => {
    const x = { data: integers(24, 1), shape: [2, 4, 3] };
    const y = lfilter([1, 2, 3], x, { axis: 1, zi: { data: new Float32Array([5, 6]), shape: [1, 2, 1] } });
    const plain = lfilter([1, 2, 3], x, { axis: 1 });
    const want = plain.data.map((value, i) => value + ([5, 6][Math.floor(i / 3) % 4] ?? 0));
    assertSame(y.data, want, 'y');
    assert.deepEqual(y.zf.shape, [2, 2, 3]);
  });
});
