// The tables of docs/signals.md: every line of convnd gives what its source gives, and every disagreement is decided as the table says.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Conv1d, tensor } from 'convnd';
import * as signal from 'convnd/signal';
import { refused } from '../helpers/refusal.js';

const {
  convolve,
  convolve2d,
  correlate,
  correlate2d,
  correlateTemplate,
  correlationLags,
  fftconvolve,
  xcorr,
} = signal;
const page = readFileSync('docs/signals.md', 'utf8');

/** The rows of the first table under a heading, as lists of cells. */
function rowsUnder(heading: string): string[][] {
  const after = page.slice(page.indexOf(`\n${heading}\n`) + 1).split('\n');
  assert.equal(after[0], heading);
  const from = after.findIndex((line) => line.startsWith('|'));
  const to = after.findIndex((line, at) => at > from && !line.startsWith('|'));
  return after.slice(from + 2, to).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

const variables = {
  x: [1, 2, 3, 4, 5],
  h: [1, 0, -1, 2],
  p: [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ],
  k: [
    [1, 2],
    [3, 4],
  ],
  c: [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ],
};
const { x, h, c } = variables;

describe('the same line in both', () => {
  for (const [source, count] of Object.entries({ SciPy: 19, NumPy: 6, MATLAB: 13, ObsPy: 4 })) {
    const rows = rowsUnder(`### ${source}`);
    it(`${source} has ${count}`, () => assert.equal(rows.length, count));
    for (const [theirs, ours, result] of rows)
      it(`${theirs} is ${ours}`, () => {
        const scope = { ...signal, ...variables };
        const made = new Function(...Object.keys(scope), `return ${ours.slice(1, -1)}`)(
          ...Object.values(scope),
        );
        const numbers: number[] = Array.from('data' in made ? made.data : made);
        assert.equal(numbers.map((value) => Number(value.toPrecision(6))).join(), result);
      });
  }
});

/** For each question of the table: what shows that it is decided so. */
const decided: Record<string, () => void> = {
  'default mode': () => {
    assert.equal(correlate(x, h).shape[0], 8);
    assert.equal(convolve(x, h).shape[0], 8);
    assert.equal(correlate2d(c, c).shape[0], 3);
  },
  "length of 'same'": () => {
    assert.equal(convolve(h, x, { mode: 'same' }).shape[0], 4);
  },
  "centre of 'same', even size of in2": () => {
    const click = [[0, 0, 1, 0, 0]];
    const at = (result: { data: ArrayLike<number> }) => Array.from(result.data).join('');
    const mode = 'same';
    assert.equal(at(correlate(click, [[1, 2, 3, 4]], { mode })), '04321');
    assert.equal(at(convolve(click, [[1, 2, 3, 4]], { mode })), '01234');
    assert.equal(at(correlate2d(click, [[1, 2, 3, 4]], { mode })), '43210');
    assert.equal(at(convolve2d(click, [[1, 2, 3, 4]], { mode })), '01234');
    const layer = new Conv1d(1, 1, 4, { padding: 'same', bias: false });
    layer.weight = tensor([1, 2, 3, 4], [1, 1, 4]);
    assert.equal(at(layer.forward([click[0]])), '43210');
    assert.equal(at(convolve(click[0], [1, 2, 3, 4], { lags: [2, 6] })), '12340');
  },
  "'valid', in2 larger": () => {
    assert.deepEqual([...correlate(h, x, { mode: 'valid' }).data], [8, 6]);
    assert.deepEqual([...convolve(h, x, { mode: 'valid' }).data], [4, 6]);
  },
  "'valid', each larger along one axis": () => {
    const [column, block] = [
      [[1], [2], [3]],
      [
        [1, 2],
        [3, 4],
      ],
    ];
    for (const sum of [convolve, fftconvolve])
      refused(
        () => sum(column, block, { mode: 'valid' }),
        /at least as large as the other along every/,
        sum.name,
      );
    // what SciPy's fftconvolve gives without axes
    assert.deepEqual([...fftconvolve(column, block, { mode: 'valid', axes: 0 }).data], [5, 8, 9, 14]);
  },
  "'same' along some axes, others broadcast": () => {
    const { shape } = fftconvolve([x], [h, h, h], { axes: 1, mode: 'same' });
    assert.deepEqual(shape, [3, 5]);
  },
  'an empty input': () => {
    for (const sum of [correlate, convolve, fftconvolve, correlate2d, convolve2d])
      refused(() => sum([[]], [[1]]), /^in1 is empty/, sum.name);
    refused(() => xcorr([], [1]), /^x is empty/, 'xcorr');
    refused(() => correlateTemplate([1], []), /^template is empty/, 'correlateTemplate');
  },
  "meaning of 'reflect'": () => {
    for (const sum of [correlate, convolve, fftconvolve, correlate2d, convolve2d])
      refused(
        () => sum([[1]], [[1]], { boundary: 'reflect' as 'wrap' }),
        /c b\|a b c d\|c b.*b a\|a b c d\|d c/,
        sum.name,
      );
    const around = (boundary: 'mirror' | 'symmetric') =>
      correlate([1, 2, 3, 4], [1], { boundary, lags: [-2, 5] });
    assert.deepEqual([...around('mirror').data], [3, 2, 1, 2, 3, 4, 3, 2]);
    assert.deepEqual([...around('symmetric').data], [2, 1, 1, 2, 3, 4, 4, 3]);
  },
  'a boundary combined with a mode': () => {
    assert.deepEqual([...correlate([1, 2], [1, 1, 1], { boundary: 'nearest' }).data], [3, 4, 5, 6]);
    assert.deepEqual([...fftconvolve([1, 2], [1, 1, 1], { boundary: 'wrap', mode: 'same' }).data], [5, 4]);
  },
  'a constant for a boundary without one': () => {
    refused(
      () => correlate2d([x], [h], { boundary: 'symm', fillvalue: 1 }),
      /^fillvalue has no effect/,
      'fillvalue',
    );
    refused(() => correlate(x, h, { boundary: 'wrap', cval: 1 }), /^cval has no effect/, 'cval');
  },
  'sign of a lag': () => {
    const late = xcorr([0, 0, 0, 1], [0, 1, 0, 0]);
    assert.equal(late.lags[late.data.indexOf(1)], 2);
    const { data } = correlate([0, 0, 0, 1], [0, 1, 0, 0]);
    assert.equal(correlationLags(4, 4)[data.indexOf(1)], 2);
  },
  "lags of 'same', n1 odd and n2 even": () => {
    const { data } = correlate([0, 0, 0, 1, 0], [0, 1, 0, 0], { mode: 'same' });
    assert.equal(correlationLags(5, 4, 'same')[data.indexOf(1)], 2);
  },
  'xcorr of two different lengths': () => {
    assert.deepEqual([...xcorr([1, 2, 3], [1]).data], [0, 0, 1, 2, 3]);
    refused(() => xcorr([1, 2, 3], [1], { scale: 'biased' }), /one length/, 'scale');
  },
  'coefficient of zeros': () => {
    assert.deepEqual([...xcorr([0, 0], [1, 2], { scale: 'coeff' }).data], [0, 0, 0]);
  },
  'xcorr of a matrix': () => {
    assert.deepEqual(xcorr(c).shape, [2, 7]);
    assert.deepEqual(xcorr(c, [[1, 2, 3, 4]]).shape, [2, 7]);
    assert.deepEqual(xcorr(c, { axis: 0 }).shape, [3, 4]);
    assert.deepEqual(xcorr([[c[0]], [c[1]]], [c]).shape, [2, 2, 7]);
  },
  'when a window is flat': () => {
    const data = [0, 0, 0, 1, 3, 2, 0.1, 0.1, 0.1];
    for (const factor of [1, 2 ** -60, 2 ** 60]) {
      const scores = correlateTemplate(
        data.map((value) => value * factor),
        [1, 3, 2],
      ).data;
      assert.deepEqual([scores[0], scores[3], scores[6]], [0, 1, 0]);
    }
  },
  'NaN and Infinity with an FFT': () => {
    const data = new Float32Array(300).fill(1);
    data[100] = Number.NaN;
    data[200] = Number.POSITIVE_INFINITY;
    const got = fftconvolve(data, new Float32Array(40).fill(1), { mode: 'valid' }).data;
    got.forEach((value, i) => {
      const last = i + 39;
      const want =
        i <= 100 && last >= 100 ? Number.NaN : i <= 200 && last >= 200 ? Number.POSITIVE_INFINITY : 40;
      assert.ok(Object.is(value, want), `${i}: ${value}`);
    });
  },
  'NaN and Infinity with padding': () => {
    // SciPy pads five taps to six, and has NaN for element 5
    const steps = signal.upfirdn([1, 1, 1, 1, 1], [Number.POSITIVE_INFINITY, 1], { up: 3 }).data;
    assert.equal(steps.join(), 'Infinity,Infinity,Infinity,Infinity,Infinity,1,1,1');
    // SciPy pads the larger input, and has NaN everywhere
    const rows = convolve([[1, Number.NaN]], [[1], [1], [1]], { method: 'direct' }).data;
    assert.equal(rows.join(), '1,NaN,1,NaN,1,NaN');
  },
  'integers with an FFT': () => {
    const data = Float32Array.from({ length: 1000 }, (_, i) => (i % 9) - 4);
    const want = convolve(data, data.slice(0, 100), { method: 'direct' });
    assert.deepEqual(fftconvolve(data, data.slice(0, 100)), want);
  },
  'choice of method': () => {
    for (const size of [5, 5000]) {
      const { method } = signal.chooseConvMethod([65536], [size]);
      assert.equal(method, size === 5 ? 'direct' : 'fft');
      assert.match(
        convolve.explain([65536], [size]),
        new RegExp(`^method {5}${method}, estimated direct`, 'm'),
      );
    }
  },
  'number type': () => {
    const double = { data: new Float64Array([1, 2]), shape: [2] };
    assert.ok(convolve(double, double).data instanceof Float32Array);
    assert.ok(convolve(double, double, { dtype: 'float64' }).data instanceof Float64Array);
  },
  'complex numbers': () => {
    refused(
      () => correlate({ re: x, im: x } as never, h),
      /^in1: complex numbers are not supported/,
      'parts',
    );
    refused(
      () => correlate(x, h, { dtype: 'complex64' as 'float32' }),
      /complex numbers are not supported/,
      'dtype',
    );
  },
  'an unknown mode or option': () => {
    refused(() => correlate(x, h, { mode: 'half' as 'same' }), /^mode must be/, 'mode');
    refused(() => correlate(x, h, { mod: 'same' } as object), /^unexpected option 'mod'/, 'option');
  },
};

describe('where the sources disagree', () => {
  const questions = rowsUnder('### Signals').map(([question]) => question);
  it('every row has a test', () => assert.deepEqual(questions, Object.keys(decided)));
  for (const [question, check] of Object.entries(decided)) it(question, check);
});
