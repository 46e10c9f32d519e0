// What holds for correlations and convolutions of any size, against the definition over a signal without end and against each other.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  convolve,
  convolve2d,
  correlate,
  correlate2d,
  correlationLags,
  type Method,
  type Mode,
} from 'convnd/signal';
import fc from 'fast-check';
import { assertSame } from '../helpers/compare.js';
import { integers } from '../helpers/numbers.js';
import { borders, cut, fullSum, padded } from './signals.js';

const numRuns = Number(process.env.CONVND_RUNS ?? 400);

const filled = (shape: number[], from: number) => ({
  data: integers(
    shape.reduce((a, b) => a * b, 1),
    from,
  ),
  shape,
});
const turned = ({ data, shape }: { data: Float32Array; shape: number[] }) => ({
  data: data.slice().reverse(),
  shape,
});
const methods = fc.constantFrom<Method>('auto', 'direct', 'fft');

/** Two inputs of integers with as many axes, and how to sum them: every sum is exact. */
const drawn = fc
  .integer({ min: 1, max: 3 })
  .chain((rank) => {
    const sizes = (max: number) =>
      fc.array(fc.integer({ min: 1, max }), { minLength: rank, maxLength: rank });
    const most = [40, 9, 5][rank - 1];
    return fc.tuple(sizes(most), sizes(most), fc.integer({ min: 1, max: 1e6 }), methods);
  })
  .map(([shape1, shape2, from, method]) => ({
    in1: filled(shape1, from),
    in2: filled(shape2, from + 1),
    method,
  }));

const holds = <T>(name: string, arbitrary: fc.Arbitrary<T>, check: (value: T) => void) =>
  it(name, () => fc.assert(fc.property(arbitrary, check), { numRuns }));

describe('correlations and convolutions', () => {
  holds(
    'are their definition, with any border, against elements written out around the signal too',
    fc.tuple(drawn, fc.constantFrom(...borders), fc.integer({ min: -3, max: 3 }), fc.boolean()),
    ([{ in1, in2, method }, boundary, value, isConvolution]) => {
      const sum = isConvolution ? convolve : correlate;
      const cval = boundary === 'constant' ? value : undefined;
      const got = sum(in1, in2, { method, boundary, cval });
      const want = fullSum(in1, in2, isConvolution, boundary, cval);
      assert.deepEqual(got.shape, want.shape);
      assertSame(got.data, want.data, boundary);
      const around = in2.shape.map((n) => n - 1);
      const written = padded(in1, around, around, boundary, cval);
      const { lags: from, to } = { lags: isConvolution ? around : in1.shape.map(() => 0), to: want.shape };
      const ranges = from.map((first, axis) => [first, first + to[axis] - 1] as const);
      assertSame(sum(written, in2, { method, lags: ranges }).data, got.data, 'written out');
    },
  );

  holds('a convolution is a correlation with a turned kernel', drawn, ({ in1, in2, method }) => {
    assertSame(convolve(in1, in2, { method }).data, correlate(in1, turned(in2), { method }).data, method);
  });

  holds('a convolution is the same with both exchanged', drawn, ({ in1, in2, method }) => {
    assertSame(convolve(in1, in2, { method }).data, convolve(in2, in1, { method }).data, method);
  });

  holds('a correlation of both exchanged has its lags in the other order', drawn, ({ in1, in2, method }) => {
    const other = correlate(in2, in1, { method });
    assertSame(correlate(in1, in2, { method }).data, other.data.reverse(), method);
  });

  holds(
    'same and valid are cut from full',
    fc.tuple(drawn, fc.constantFrom(...borders), fc.boolean()),
    ([{ in1, in2, method }, boundary, isConvolution]) => {
      const sum = isConvolution ? convolve : correlate;
      const full = sum(in1, in2, { method, boundary });
      const middle = in2.shape.map((n) => Math.floor((n - 1) / 2));
      const same = sum(in1, in2, { method, boundary, mode: 'same' });
      assert.deepEqual(same.shape, in1.shape);
      assertSame(same.data, cut(full, middle, in1.shape), 'same');
      const larger = (a: number[], b: number[]) => a.every((n, axis) => n >= b[axis]);
      if (!larger(in1.shape, in2.shape) && !larger(in2.shape, in1.shape)) return;
      const smaller = in1.shape.map((n, axis) => Math.min(n, in2.shape[axis]) - 1);
      const size = in1.shape.map((n, axis) => Math.abs(n - in2.shape[axis]) + 1);
      // whatever stands around in1, an output of mode valid has nothing of it
      const plain = sum(in1, in2, { method });
      const valid = sum(in1, in2, { method, boundary, mode: 'valid' });
      assertSame(valid.data, cut(plain, smaller, size), 'valid');
    },
  );

  holds(
    'lags are cut from full, and nothing beyond it',
    fc.tuple(drawn, fc.integer({ min: -60, max: 60 }), fc.integer({ min: 0, max: 30 }), fc.boolean()),
    ([{ in1, in2, method }, from, more, isConvolution]) => {
      if (in1.shape.length > 1) return;
      const sum = isConvolution ? convolve : correlate;
      const { data: full } = sum(in1, in2, { method });
      const first = isConvolution ? 0 : 1 - in2.shape[0];
      const got = sum(in1, in2, { method, lags: [from, from + more] });
      const want = Array.from({ length: more + 1 }, (_, i) => full[from + i - first] ?? 0);
      assertSame(got.data, want, 'lags');
      const some = correlate(in1, in2, { method, maxLag: more });
      assertSame(some.data, correlate(in1, in2, { method, lags: [-more, more] }).data, 'maxLag');
    },
  );

  holds('a shifted signal has shifted sums', fc.tuple(drawn, fc.nat(5)), ([{ in1, in2, method }, by]) => {
    if (in1.shape.length > 1) return;
    const shifted = {
      data: new Float32Array([...new Float32Array(by), ...in1.data]),
      shape: [in1.shape[0] + by],
    };
    const want = [...new Float32Array(by), ...correlate(in1, in2, { method }).data];
    assertSame(correlate(shifted, in2, { method }).data, want, `by ${by}`);
  });

  holds('to convolve with a kernel is the adjoint of to correlate with it', drawn, ({ in1, in2, method }) => {
    const y = correlate(in1, in2, { method });
    const other = filled(y.shape, 5);
    const back = convolve(other, in2, {
      method,
      lags: in1.shape.map((n, axis) => [in2.shape[axis] - 1, n + in2.shape[axis] - 2] as const),
    });
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    assert.equal(dot(y.data, other.data), dot(in1.data, back.data));
  });

  holds(
    'along some axes they are those of every row',
    fc.tuple(drawn, fc.constantFrom<Mode>('full', 'same'), fc.nat(2), fc.boolean()),
    ([{ in1, in2, method }, mode, which, isConvolution]) => {
      const sum = isConvolution ? convolve : correlate;
      const rank = in1.shape.length;
      const axis = which % rank;
      // along the others the second has one element: it is broadcast
      const shape = in2.shape.map((n, i) => (i === axis ? n : 1));
      const kernel = { data: in2.data.slice(0, in2.shape[axis]), shape };
      const got = sum(in1, kernel, { method, mode, axes: axis - rank });
      assertSame(got.data, sum(in1, kernel, { method, mode }).data, `axis ${axis}`);
      const exchanged = convolve(kernel, in1, { method, axes: [axis] });
      assertSame(
        exchanged.data,
        convolve(in1, kernel, { method, axes: [axis] }).data,
        `axis ${axis}, exchanged`,
      );
    },
  );

  it('have rows of their own along the other axes', () => {
    const x = filled([3, 2, 9], 1);
    const h = filled([3, 1, 4], 2);
    for (const method of ['auto', 'direct', 'fft'] as const)
      for (const mode of ['full', 'same', 'valid'] as const) {
        const got = correlate(x, h, { axes: 2, mode, method });
        const rows: number[] = [];
        for (let a = 0; a < 3; a++)
          for (let b = 0; b < 2; b++) {
            const at = (a * 2 + b) * 9;
            const row = x.data.slice(at, at + 9);
            rows.push(...correlate(row, h.data.slice(4 * a, 4 * a + 4), { mode, method }).data);
          }
        assert.deepEqual(got.shape, [3, 2, rows.length / 6]);
        assertSame(got.data, rows, mode);
      }
  });

  holds('those of pictures are the same, but for one centre', drawn, ({ in1, in2, method }) => {
    if (in1.shape.length !== 2) return;
    assertSame(
      convolve2d(in1, in2, { method, mode: 'same' }).data,
      convolve(in1, in2, { method, mode: 'same' }).data,
      'convolve2d',
    );
    const first = in2.shape.map((n) => 0 - Math.floor((n - 1) / 2));
    const lags = first.map((from, axis) => [from, from + in1.shape[axis] - 1] as const);
    assertSame(
      correlate2d(in1, in2, { method, mode: 'same' }).data,
      correlate(in1, in2, { method, lags }).data,
      'correlate2d',
    );
  });

  holds(
    'the lags are those of the sums',
    fc.tuple(drawn, fc.constantFrom<Mode>('full', 'same', 'valid')),
    ([{ in1, in2 }, mode]) => {
      if (in1.shape.length > 1) return;
      const lags = correlationLags(in1.shape[0], in2.shape[0], mode);
      const range = [lags[0], lags[lags.length - 1]] as const;
      assertSame(correlate(in1, in2, { mode }).data, correlate(in1, in2, { lags: range }).data, mode);
    },
  );
});
