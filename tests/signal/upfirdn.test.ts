// upfirdn: extensions, `out` and the three ways to compute it. signal-filters.test.ts has SciPy's results.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type UpfirdnMode, upfirdn } from 'convnd/signal';
import { wayOf } from '#src/signal/upfirdn-way.js';
import { assertSame } from '../helpers/compare.js';
import { integers } from '../helpers/numbers.js';
import { refused } from '../helpers/refusal.js';

describe('upfirdn', () => {
  /** What SciPy 1.17.1 puts around 1 2 4 8 5, seven elements on both sides; its line needs two elements. */
  const around: Partial<Record<UpfirdnMode, number[]>> = {
    smooth: [-6, -5, -4, -3, -2, -1, 0, 1, 2, 4, 8, 5, 2, -1, -4, -7, -10, -13, -16],
    line: [-6, -5, -4, -3, -2, -1, 0, 1, 2, 4, 8, 5, 6, 7, 8, 9, 10, 11, 12],
    antireflect: [-6, -4, 0, -3, -6, -2, 0, 1, 2, 4, 8, 5, 2, 6, 8, 9, 10, 12, 16],
    antisymmetric: [8, 5, -5, -8, -4, -2, -1, 1, 2, 4, 8, 5, -5, -8, -4, -2, -1, 1, 2],
    reflect: [2, 4, 8, 5, 8, 4, 2, 1, 2, 4, 8, 5, 8, 4, 2, 1, 2, 4, 8],
    symmetric: [8, 5, 5, 8, 4, 2, 1, 1, 2, 4, 8, 5, 5, 8, 4, 2, 1, 1, 2],
    edge: [1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 5, 5, 5, 5, 5, 5, 5, 5],
    wrap: [8, 5, 1, 2, 4, 8, 5, 1, 2, 4, 8, 5, 1, 2, 4, 8, 5, 1, 2],
  };

  it('extends a signal as SciPy does, further than it is long', () => {
    const impulse = new Float32Array(15);
    impulse[7] = 1;
    for (const [mode, want] of Object.entries(around))
      assertSame(upfirdn(impulse, [1, 2, 4, 8, 5], { mode: mode as UpfirdnMode }).data, want, mode);
  });

  it('reads only one end of the signal beyond that end, whatever stands at the other', () => {
    for (const far of [1e17, Number.NaN, Number.POSITIVE_INFINITY]) {
      const options = { mode: 'antireflect', dtype: 'float64' } as const;
      // what stands one and two places before a signal, and behind it
      const before = upfirdn([0, 0, 1], [3, 4, 6, far], options).data.subarray(0, 2);
      const behind = upfirdn([1], [far, 6, 4, 3], options).data;
      assert.deepEqual([...before], [0, 2], `${far} at the end`);
      assert.deepEqual(
        [...upfirdn([1, 0, 0], [far, 6, 4, 3], options).data.subarray(4)],
        [2, 0],
        `${far} first`,
      );
      assert.equal(behind[3], 3);
    }
  });

  it('extends a single element by itself', () => {
    for (const mode of ['edge', 'reflect', 'symmetric', 'wrap', 'smooth', 'line', 'antireflect'] as const)
      assertSame(upfirdn([1, 0, 1], [3], { mode }).data, [6, 6, 6], mode);
    assertSame(upfirdn([1, 0, 0], [3], { mode: 'antisymmetric' }).data, [3, -3, 3], 'antisymmetric');
  });

  it('refuses a constant beside another mode', () => {
    refused(
      () => upfirdn([1], [1], { mode: 'edge', cval: 2 }),
      /cval has no effect with mode 'edge'/,
      'cval',
    );
    refused(() => upfirdn([1], [1], { cval: Number.NaN }), /cval must be finite, but got NaN/, 'NaN');
  });

  it('writes into out, of the right shape and elsewhere', () => {
    const x = { data: integers(12, 1), shape: [4, 3] };
    const options = { up: 2, down: 3, axis: 0 } as const;
    const want = upfirdn([1, 2, 3], x, options);
    assert.deepEqual(want.shape, [3, 3]);
    for (const mode of [undefined, 'smooth'] as const) {
      const out = { data: new Float32Array(9), shape: [3, 3] };
      assert.equal(upfirdn([1, 2, 3], x, { ...options, mode, out }), out);
      assertSame(out.data, upfirdn([1, 2, 3], x, { ...options, mode }).data, `mode ${mode}`);
      refused(
        () => upfirdn([1, 2, 3], x, { up: 2, down: 3, mode, out }),
        /^out: expected shape \[4, 3\], got \[3, 3\]/,
        'shape',
      );
      const shared = { data: x.data.subarray(3), shape: [3, 3] };
      refused(
        () => upfirdn([1, 2, 3], x, { ...options, mode, out: shared }),
        /^out: shares memory with an input/,
        'shared',
      );
    }
  });

  it('refuses what is no signal, and a constant that is no number', () => {
    refused(() => upfirdn([1], { data: new Float32Array(1), shape: [] }), /x must be at least 1-D/, 'x');
    refused(() => upfirdn([1], [1], { cval: '2' as never }), /cval must be a number, but got '2'/, 'cval');
  });

  it('takes a constant of 0 as nothing', () => {
    const taps = [1, Number.POSITIVE_INFINITY];
    assertSame(upfirdn(taps, [1], { cval: 0 }).data, upfirdn(taps, [1]).data, 'no product with it');
    assertSame(upfirdn([1, 2], [4], { cval: 1 }).data, [4 + 2, 8 + 1], 'cval 1');
  });

  it('is every down-th output of a signal with zeros between', () => {
    for (const [n, taps, up, down] of [
      [9, 4, 3, 2],
      [5, 11, 2, 5],
      [8, 3, 7, 3],
      [6, 6, 1, 9],
    ]) {
      const [x, h] = [integers(n, n), integers(taps, taps)];
      const wide = new Float32Array((n - 1) * up + 1);
      x.forEach((value, i) => {
        wide[i * up] = value;
      });
      const full: number[] = new Array(wide.length + taps - 1).fill(0);
      wide.forEach((value, i) => {
        h.forEach((tap, k) => {
          full[i + k] += value * tap;
        });
      });
      const want = full.filter((_, i) => i % down === 0);
      assertSame(upfirdn(h, x, { up, down }).data, want, `${[n, taps, up, down]}`);
    }
  });

  it('is the same in blocks, phase by phase, and one output after another, in every mode', () => {
    const exact = Object.keys(around).filter((mode) => mode !== 'line');
    const modes = ['constant', ...exact] as UpfirdnMode[];
    for (const [up, down, taps, n, way] of [
      [147, 160, 2000, 1500, 'rows'],
      [160, 147, 3201, 40_000, 'rows'],
      [2, 3, 5, 40, 'outputs'],
      [1000, 999, 2000, 1000, 'outputs'],
      [160, 147, 100, 1500, 'outputs'],
      [1, 7, 3, 60, 'outputs'],
      [3, 2, 31, 4000, 'blocks'],
      [1, 2, 40, 9000, 'blocks'],
    ] as const) {
      const [x, h] = [integers(2 * n, n), integers(taps, taps)];
      const count = Math.ceil(((n - 1) * up + taps) / down);
      const sum = { first: 0, count, direction: -1, stride: down, upsample: up } as const;
      assert.equal(wayOf(2, n, taps, sum), way, `${[up, down, taps, n]}`);
      for (const mode of modes) {
        // an axis behind makes blocks of it
        const blocks = upfirdn(h, { data: x, shape: [n, 2] }, { up, down, mode, axis: 0 });
        const rows = [0, 1].map((column) => x.filter((_, i) => i % 2 === column));
        const together = { data: Float32Array.from(rows.flatMap((row) => [...row])), shape: [2, n] };
        const y = upfirdn(h, together, { up, down, mode });
        assert.deepEqual(y.shape, [2, count]);
        const want = [0, 1].flatMap((column) => [...blocks.data.filter((_, i) => i % 2 === column)]);
        assertSame(y.data, want, `${[up, down, taps, n, mode]}`);
      }
    }
  });

  /** Rates and taps of which short signals are computed one output after another, long ones phase by phase. */
  const rates = { up: 9, down: 10 };
  for (const [n, way] of [
    [50, 'outputs'],
    [5000, 'rows'],
  ] as const) {
    const checkWay = (taps: number, count: number) => {
      const sum = { first: 0, count, direction: -1, stride: 10, upsample: 9 } as const;
      assert.equal(wayOf(1, n, taps, sum), way);
    };

    it(`meets NaN and a constant where the definition does: ${way}`, () => {
      const x = new Float32Array(n).fill(1);
      x[20] = Number.NaN;
      const { data } = upfirdn(new Float32Array(40).fill(1), x, { ...rates, cval: 2 });
      checkWay(40, data.length);
      // output o meets the elements from ⌈(10 · o - 39) / 9⌉ to ⌊10 · o / 9⌋
      data.forEach((value, o) => {
        const [from, to] = [Math.ceil((10 * o - 39) / 9), Math.floor((10 * o) / 9)];
        const beside = Math.max(0, -from) + Math.max(0, to - (n - 1));
        assert.equal(value, from <= 20 && to >= 20 ? Number.NaN : to - from + 1 + beside, `output ${o}`);
      });
    });

    it(`does not multiply an infinite tap by what is beside the signal: ${way}`, () => {
      const taps = new Float32Array(45).fill(1);
      taps[36] = Number.POSITIVE_INFINITY;
      const { data } = upfirdn(taps, new Float32Array(n).fill(1), rates);
      checkWay(45, data.length);
      // it meets element (10 · o - 36) / 9 of outputs o for which that is an integer from 0 to n - 1, so not of the first ones
      data.forEach((value, o) => {
        const element = (10 * o - 36) / 9;
        const meets = Number.isInteger(element) && element >= 0 && element < n;
        assert.equal(value === Number.POSITIVE_INFINITY, meets, `output ${o}: ${value}`);
        assert.ok(!Number.isNaN(value), `output ${o}`);
      });
    });
  }
});
