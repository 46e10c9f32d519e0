// MATLAB's and ObsPy's correlations: xcorr, xcov and correlateTemplate by name, the others as the documentation writes them here.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  convolve,
  correlate,
  correlate2d,
  correlateTemplate,
  type Method,
  type Mode,
  xcorr,
  xcov,
} from 'convnd/signal';
import { signalRuns } from '#src/sums/borders/runs.js';
import { readJson, readTensors, type Stored, type Verdict } from '../helpers/fixtures.js';
import { refused } from '../helpers/refusal.js';
import { assertSum, norm, type SignalCase, spectrumBound } from './signals.js';

interface VerdictCase {
  id: string;
  fn: string;
  what: string;
  args: Record<string, unknown>;
  in1: number[];
  in2: number[] | null;
  verdict: Verdict & { nonfinite?: boolean };
}
type Case = SignalCase & { x?: number[]; y?: number[] };
const index = readJson<{ cases: Case[]; verdicts: VerdictCase[] }>('xcorr/cases.json');
const tensors = readTensors('xcorr/cases.safetensors');
const of = (entry: Case, name: string) => tensors.get(`${entry.id}/${name}`)!;
const casesOf = (fn: string, count: number) => {
  const found = index.cases.filter((entry) => entry.fn === fn);
  assert.equal(found.length, count);
  return found;
};
const methods: Method[] = ['auto', 'direct', 'fft'];
const unit = 2 ** -24;

describe('lags far from the signals', () => {
  it('are one run of zeros, however many', () => {
    const runs = signalRuns(3, 'nothing', -1e9, 2e9, 1, 1);
    assert.deepEqual(
      runs.map(({ from, count }) => [from, count]),
      [
        [-1, 1e9],
        [0, 3],
        [-1, 1e9 - 3],
      ],
    );
  });
});

describe('xcorr and xcov', () => {
  it('take the signals along an axis one by one, for every scale', () => {
    const made = (shape: number[], seed: number) => ({
      data: Float64Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(seed + i * i)),
      shape,
    });
    /** The signal along the axis at a place of the result's other axes; along axes of size 1 there is one for all. */
    const signalAt = ({ data, shape }: { data: Float64Array; shape: number[] }, axis: number, at: number[]) =>
      Array.from({ length: shape[axis] }, (_, i) => {
        const place = at.map((index, other) => (other === axis ? i : Math.min(index, shape[other] - 1)));
        return data[place.reduce((sum, index, other) => sum * shape[other] + index, 0)];
      });
    for (const axis of [0, 1, 2])
      for (const scale of ['none', 'biased', 'unbiased', 'normalized'] as const)
        for (const call of [xcorr, xcov]) {
          const sizes = [3, 4, 2].map((size, i) => (i === axis ? 5 : size));
          const x = made(sizes, 1);
          const y = made(
            sizes.map((size, i) => (i === (axis + 1) % 3 ? 1 : size)),
            2,
          );
          const options = { scale, maxLag: 2, dtype: 'float64' } as const;
          const got = call(x, y, { ...options, axis });
          assert.deepEqual(got.shape, sizes.with(axis, 5));
          const [planes, rows, columns] = sizes.with(axis, 1);
          for (let i = 0; i < planes * rows * columns; i++) {
            const at = [Math.floor(i / rows / columns), Math.floor(i / columns) % rows, i % columns];
            const want = call(signalAt(x, axis, at), signalAt(y, axis, at), options).data;
            const what = `${call.name} of ${sizes}, axis ${axis}, ${scale}, at ${at}`;
            signalAt(got as typeof x, axis, at).forEach((value, lag) => {
              assert.ok(Math.abs(value - want[lag]) < 1e-12, `${what}: ${value}, not ${want[lag]}`);
            });
          }
        }
  });

  for (const [fn, call] of Object.entries({ xcorr, xcov }))
    for (const method of methods)
      it(`${fn}, method ${method}`, () => {
        for (const entry of casesOf(fn, 44)) {
          const { maxlag, scaleopt } = entry.args as { maxlag: number | null; scaleopt: 'none' };
          const [x, y, want] = [of(entry, 'x'), entry.y && of(entry, 'y'), of(entry, 'output')];
          const options = { maxLag: maxlag ?? undefined, scale: scaleopt, method };
          const got = xcorrOf(call, x, y, options);
          // float64 inside: rounded once here and once in what is wanted, beside the float64 sum's own error
          const once = 2.01 * unit * entry.check.output.abs_sum;
          const plain = spectrumBound(x, y ?? x) + unit * 302 * entry.check.output.abs_sum;
          assertSum(got, want, entry, fn === 'xcorr' && scaleopt === 'none' ? plain : once);
          const most = (want.shape[0] - 1) / 2;
          assert.deepEqual(
            [...got.lags],
            Array.from({ length: 2 * most + 1 }, (_, i) => i - most),
          );
          assertSum(xcorrOf(call, x, y, { ...options, dtype: 'float64' }), want, entry, once);
        }
      });
});

const xcorrOf = (call: typeof xcorr, x: Stored, y: Stored | undefined, options: object) =>
  y ? call(x, y, options) : call(x, options);

it('xcorr and xcov say what MATLAB takes by place is an option', () => {
  for (const [fn, call] of Object.entries({ xcorr, xcov }))
    for (const given of [2, 'coeff', null])
      refused(
        () => call([1, 2, 3], given as never),
        /^options must be an object like \{ maxLag: \.\.\. \}, but got (2|'coeff'|null) \[/,
        `${fn}(x, ${given})`,
      );
});

describe('correlateTemplate', () => {
  for (const method of methods)
    it(`as ObsPy, method ${method}`, () => {
      for (const entry of casesOf('obspy.correlate_template', 81)) {
        const [data, template, want] = [of(entry, 'data'), of(entry, 'template'), of(entry, 'output')];
        const options = { ...entry.args, method };
        const bound = 2.01 * unit * entry.check.output.abs_sum;
        assertSum(correlateTemplate(data, template, options), want, entry, bound);
        assertSum(correlateTemplate(data, template, { ...options, dtype: 'float64' }), want, entry, bound);
      }
    });

  it('is right where data lie far from zero, and 0 where they do not move', () => {
    const noise = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i * i) * (i % 7));
    const template = noise.slice(100, 140);
    const far = Float32Array.from(noise, (value, i) => 1e5 + value + (i > 200 ? 1e6 : 0)).fill(3, 300);
    const rounded = far.slice(100, 140);
    const scores = correlateTemplate(far, rounded).data;
    assert.ok(Math.abs(scores[100] - 1) < 1e-6);
    for (let i = 0; i < 300 - 40; i++) {
      const window = Array.from(far.slice(i, i + 40));
      const mean = window.reduce((a, b) => a + b) / 40;
      const meanOfTemplate = Array.from(rounded).reduce((a, b) => a + b) / 40;
      const [p, q] = [window.map((v) => v - mean), Array.from(rounded, (v) => v - meanOfTemplate)];
      const want =
        p.reduce((sum, v, k) => sum + v * q[k], 0) /
        norm({ data: p, shape: [] }) /
        norm({ data: q, shape: [] });
      assert.ok(Math.abs(scores[i] - want) < 1e-6, `${i}: ${scores[i]}, ${want}`);
    }
    assert.ok(scores.slice(300).every((score) => score === 0));
    assert.deepEqual([...correlateTemplate(template, new Float32Array(39).fill(0.1)).data], [0, 0]);
  });

  it('has NaN only where its window has one', () => {
    const data = Float32Array.from({ length: 30 }, (_, i) => Math.cos(3 * i));
    data[12] = Number.NaN;
    const { data: scores } = correlateTemplate(data, [1, 2, 0, 1]);
    scores.forEach((score, i) => {
      assert.equal(Number.isNaN(score), i >= 9 && i <= 12, `${i}: ${score}`);
    });
  });
});

describe('what other functions of MATLAB and ObsPy are here', () => {
  it('conv', () => {
    for (const entry of casesOf('conv', 18)) {
      const [u, v, want] = [of(entry, 'u'), of(entry, 'v'), of(entry, 'output')];
      const [n1, n2] = [u.shape[0], v.shape[0]];
      const mode = entry.args.shape as Mode;
      // MATLAB's has no outputs where the second is the longer
      if (want.shape[0] === 0) {
        assert.ok(mode === 'valid' && n2 > n1);
        continue;
      }
      const same = [Math.floor(n2 / 2), Math.floor(n2 / 2) + n1 - 1] as const;
      assertSum(convolve(u, v, mode === 'same' ? { lags: same } : { mode }), want, entry, 0);
    }
  });

  it('xcorr2', () => {
    for (const entry of casesOf('xcorr2', 32)) {
      const [a, b, want] = [of(entry, 'a'), of(entry, 'b'), of(entry, 'output')];
      const dtype = 'float64';
      const sums = correlate2d(a, b, { dtype });
      const ones = ({ shape }: Stored) => ({ data: new Float32Array(shape[0] * shape[1]).fill(1), shape });
      const smaller = Math.min(a.shape[0], b.shape[0]) * Math.min(a.shape[1], b.shape[1]);
      const squares = { data: Float64Array.from(a.data, (value) => value * value), shape: a.shape };
      const divisors: Record<string, (i: number) => number> = {
        none: () => 1,
        biased: () => smaller,
        unbiased: (i) => counts[i],
        coeff: (i) => Math.sqrt(energies[i]) * norm(b),
      };
      const counts = correlate2d(ones(a), ones(b)).data;
      const energies = correlate2d(squares, ones(b), { dtype }).data;
      const data = sums.data.map((sum, i) => sum / divisors[entry.args.biasflag as string](i));
      assertSum({ data, shape: sums.shape }, want, entry, unit * 1.01 * entry.check.output.abs_sum);
    }
  });

  it('obspy.correlate', () => {
    for (const entry of casesOf('obspy.correlate', 32)) {
      const [a, b, want] = [of(entry, 'a'), of(entry, 'b'), of(entry, 'output')];
      const { shift, demean, normalize } = entry.args as {
        shift: number;
        demean: boolean;
        normalize: string | null;
      };
      const mean = ({ data }: Stored) =>
        demean ? data.reduce((sum, value) => sum + value, 0) / data.length : 0;
      const less = (given: Stored) => Float64Array.from(given.data, (value) => value - mean(given));
      const [p, q] = [less(a), less(b)];
      // the middles lie on each other: at a whole number of lags, or between two
      const middle = Math.ceil((p.length - q.length) / 2);
      const odd = (p.length - q.length) % 2 !== 0;
      const lags = [middle - shift, middle + shift - (odd ? 1 : 0)] as const;
      const all = shift === 0 && odd ? new Float64Array() : correlate(p, q, { lags, dtype: 'float64' }).data;
      const scale = normalize ? norm({ data: p, shape: [] }) * norm({ data: q, shape: [] }) : 1;
      const got = { data: all.map((value) => value / scale), shape: [all.length] };
      assertSum(got, want, entry, unit * 1.01 * entry.check.output.abs_sum);
    }
  });
});

describe('what MATLAB and ObsPy refuse', () => {
  it('has 18 verdicts, of which 12 are of these functions', () => {
    assert.equal(index.verdicts.length, 18);
    assert.equal(
      index.verdicts.filter(({ fn }) => ['xcorr', 'obspy.correlate_template'].includes(fn)).length,
      12,
    );
  });

  const filled = (shape: number[], value: number) => ({
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
    shape,
  });
  for (const { id, fn, what, args, in1, in2, verdict } of index.verdicts)
    it(`${id}: ${what}`, () => {
      const { maxlag: maxLag, scaleopt: scale, ...others } = args as { maxlag?: number; scaleopt?: 'none' };
      const [x, y] = [filled(in1, 0), in2 ? filled(in2, 0) : undefined];
      if (what.startsWith('matrix alone')) {
        // all pairs of columns, by broadcasting
        const rows = (shape: number[]) => filled(shape, 1);
        assert.deepEqual(xcorr(rows([3, 1, 5]), rows([1, 3, 5])).shape, [3, 3, 9]);
      } else if (what === 'coeff of zeros') {
        // NaN there
        assert.ok(xcorr(x, y, { scale }).data.every((value) => value === 0));
      } else if (what === 'scalar') refused(() => xcorr(0, y), /as many axes/, id);
      else if (fn === 'xcorr' && verdict.stage === 'ok')
        assert.deepEqual(xcorr(x, y, { maxLag, scale }).shape, verdict.output!.slice(1));
      else if (fn === 'xcorr') refused(() => xcorr(x, y, { maxLag, scale }), /scale|maxLag|axes/, id);
      else if (fn === 'obspy.correlate_template')
        refused(() => correlateTemplate(x, y!, others), /shorter than the template|^normalize must be/, id);
      else if (fn === 'xcorr2' && in1.length === 3) refused(() => correlate2d(x, y!), /two axes/, id);
      else if (fn === 'conv')
        // MATLAB's is empty; this is SciPy's
        assert.deepEqual(convolve(x, y!, { mode: 'valid' }).shape, [in2![0] - in1[0] + 1]);
      else
        assert.ok(
          ['xcorr2', 'normxcorr2', 'obspy.correlate'].includes(fn),
          'a function that is not of this entry',
        );
    });
});

describe('equal numbers that are not exact in float64', () => {
  const flat = new Array(1000).fill(0.1);
  const varying = flat.map((_, i) => Math.sin(i));

  it('have covariance and coefficient 0', () => {
    for (const scale of ['none', 'normalized'] as const)
      for (const other of [flat, varying]) {
        const { data } = xcov(flat, other, { scale, dtype: 'float64' });
        assert.ok(data.every((value) => value === 0));
      }
  });

  it('as template or data have coefficient 0', () => {
    for (const normalize of ['full', 'naive'] as const) {
      const options = { normalize, dtype: 'float64' } as const;
      assert.ok(correlateTemplate(varying, flat.slice(0, 7), options).data.every((value) => value === 0));
      assert.ok(correlateTemplate(flat, varying.slice(0, 7), options).data.every((value) => value === 0));
    }
  });
});

describe('float64 numbers far from 0', () => {
  // multiples of 2^-12 from 1e12 on are exact, and so are their differences
  const near = (count: number, seed: number) =>
    Float64Array.from({ length: count }, (_, i) => Math.round(16 * Math.sin(seed + i * i)) / 4096);
  const far = (numbers: Float64Array) => numbers.map((x) => x + 1e12);
  const [x, y] = [near(41, 1), near(41, 2)];
  const dtype = 'float64';

  it('have the covariance and coefficients of their differences', () => {
    for (const [got, want] of [
      [xcov(far(x), far(y), { dtype }), xcov(x, y, { dtype })],
      [xcov(far(x), { dtype, scale: 'coeff' }), xcov(x, { dtype, scale: 'coeff' })],
      [
        correlateTemplate(far(x), far(y.slice(0, 7)), { dtype }),
        correlateTemplate(x, y.slice(0, 7), { dtype }),
      ],
    ])
      got.data.forEach((value, i) => {
        assert.ok(Math.abs(value - want.data[i]) < 1e-10, `${i}: ${value}, not ${want.data[i]}`);
      });
  });

  it('do not overflow where the first is the largest', () => {
    const { data: sums } = xcov([1e308, -1e308, 1], [1e-300, 2e-300, 4e-300], { dtype });
    const want = [5 / 3, -2, -1, 4 / 3].map((sum) => sum * 1e8);
    want.forEach((sum, i) => {
      assert.ok(Math.abs(sums[i] - sum) < 1, `${i}: ${sums[i]}, not ${sum}`);
    });
    const { data: scores } = correlateTemplate([1e308, 1, 2, 4, 3, 2, -1e308], [1, 2, 4], { dtype });
    assert.ok(Math.abs(scores[1] - 1) < 1e-12);
  });

  it('have an infinite mean wherever an Infinity is', () => {
    const first = xcov([Number.POSITIVE_INFINITY, 1, 2], [1, 2, 4], { dtype }).data;
    const last = xcov([2, 1, Number.POSITIVE_INFINITY], [4, 2, 1], { dtype }).data;
    assert.deepEqual([...first], [...last].reverse());
    assert.deepEqual([...first], [Number.NaN, Number.NaN, Number.NaN, Infinity, Infinity]);
  });
});
