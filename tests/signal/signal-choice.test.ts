// The choice of a method and what `explain` says of it: from shapes alone, and true.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  chooseConvMethod,
  convolve,
  convolve2d,
  correlate,
  correlate2d,
  correlateTemplate,
  fftconvolve,
  type Mode,
  oaconvolve,
  xcorr,
  xcov,
} from 'convnd/signal';
import { readJson } from '../helpers/fixtures.js';
import { normal } from '../helpers/numbers.js';
import { refused } from '../helpers/refusal.js';
import { norm } from './signals.js';

interface ChoiceCase {
  dtype: string;
  mode: Mode;
  in1: number[];
  in2: number[];
  method: string;
}
const { choices } = readJson<{ choices: ChoiceCase[] }>('signal/cases.json');
const product = (sizes: number[]) => sizes.reduce((a, b) => a * b, 1);

describe('chooseConvMethod', () => {
  it('takes the shapes of the 128 choices of SciPy', () => {
    assert.equal(choices.length, 128);
    const few = { direct: 0, fft: 0 };
    for (const { dtype, mode, in1, in2 } of choices) {
      const options = { mode, dtype: dtype === 'float64' ? 'float64' : 'float32' } as const;
      const { method, direct, fft } = chooseConvMethod(in1, in2, options);
      assert.ok(direct > 0 && fft > 0 && Number.isFinite(direct + fft), `${in1}, ${in2}`);
      few[method]++;
      if (method === 'fft') assert.ok(fft < direct, `${in1}, ${in2}`);
      else if (fft < direct) {
        // few products are summed without looking for a better way
        const outputs = JSON.parse(/\[.*?\]/.exec(convolve.explain(in1, in2, options))![0]);
        assert.ok(product(outputs) * product(in2) < 2 ** 16, `${in1}, ${in2}`);
      }
    }
    // SciPy takes both as well, by constants of its own methods
    assert.ok(few.direct > 20 && few.fft > 20, `${few.direct} direct, ${few.fft} fft`);
  });

  it('counts that FFT extends a signal by a border row by row', () => {
    const line = (boundary: 'zeros' | 'symmetric') =>
      convolve.explain([149, 12], [7, 21], { mode: 'full', boundary }).split('\n')[1];
    assert.match(line('zeros'), /^method {5}fft/);
    assert.match(line('symmetric'), /^method {5}direct/);
  });

  it('agrees with SciPy on what is clear', () => {
    for (const [in1, in2] of [
      [[10], [3]],
      [[100_000], [1000]],
      [[100_000], [5]],
    ]) {
      const rows = choices.filter((row) => `${row.in1}` === `${in1}` && `${row.in2}` === `${in2}`);
      assert.ok(rows.length > 0, `${in1}, ${in2}`);
      for (const { method, mode } of rows) assert.equal(chooseConvMethod(in1, in2, { mode }).method, method);
    }
  });

  it('counts the lags that are asked for, and no others', () => {
    const all = chooseConvMethod([65536], [65536]);
    const some = chooseConvMethod([65536], [65536], { maxLag: 100 });
    assert.ok(some.direct < all.direct / 100);
  });

  it('refuses what convolve refuses', () => {
    refused(() => chooseConvMethod([5], [3], { mode: 'half' as 'same' }), /^mode must be/, 'mode');
    refused(
      () => chooseConvMethod([5, 5], [3]),
      /as many axes.*chooseConvMethod of in1 \[5, 5\], in2 \[3\]/,
      'ranks',
    );
    refused(() => chooseConvMethod([5], [0]), /in2 is empty/, 'empty');
    refused(() => chooseConvMethod(5 as never, [3]), /expected a shape/, 'no shape');
    refused(
      () => chooseConvMethod([5], [3], { method: 'fft' } as never),
      /unexpected option 'method'/,
      'method',
    );
  });
});

describe('explain', () => {
  it('says the method, the estimates, and the bound', () => {
    const fft = correlate.explain([65536], [1025]);
    assert.match(fft, /^output {5}\[66560\] of float32\n/);
    assert.match(fft, /\nmethod {5}fft, estimated direct [\d.e-]+ ms, fft [\d.e-]+ ms\n/);
    assert.match(fft, /\ntransforms \d+ numbers for \d+ outputs, \d+ blocks per input\n/);
    assert.match(fft, /\nerror {6}at most 2\^-24 · [\d.]+ · ‖in1‖ · ‖in2‖/);
    const direct = convolve.explain([65536], [5], { dtype: 'float64' });
    assert.match(direct, /of float64\nmethod {5}direct, estimated direct/);
    assert.match(direct, /at most 2\^-53 · 7 · Σ \|in1\| · \|in2\|/);
    assert.match(correlate.explain([65536], [1025], { method: 'direct' }), /method {5}direct, as requested/);
  });

  it('takes the options of every function', () => {
    assert.match(fftconvolve.explain([3, 20], [3, 5], { axes: 1 }), /\[3, 24\][\s\S]*fft, as requested/);
    assert.match(oaconvolve.explain([20], [5], { mode: 'same' }), /\[20\]/);
    assert.match(correlate2d.explain([20, 20], [5, 5], { boundary: 'symm' }), /\[24, 24\]/);
    assert.match(convolve2d.explain([20, 20], [5, 5], { mode: 'valid' }), /\[16, 16\]/);
    assert.match(xcorr.explain([1000], undefined, { maxLag: 20 }), /\[41\] of float32/);
    assert.match(xcov.explain([1000], [900]), /\[1999\] of float64[\s\S]*\|x\| · \|y\||‖x‖ · ‖y‖/);
    assert.match(correlateTemplate.explain([1000], [50]), /\[951\] of float64/);
  });

  it('refuses what the function refuses', () => {
    refused(
      () => correlate.explain([5], [3], { mode: 'half' as 'same' }),
      /^mode must be.*correlate/,
      'mode',
    );
    refused(() => convolve2d.explain([5], [3]), /two axes/, 'rank');
    refused(() => correlateTemplate.explain([3], [5]), /shorter than the template/, 'template');
    refused(() => xcorr.explain([3], [5], { scale: 'biased' }), /one length/, 'scale');
    const dtype = 'int8' as 'float32';
    for (const { explain } of [correlate, xcov, correlateTemplate])
      refused(() => explain([5], [3], { dtype }), /^dtype must be 'float32' or 'float64'/, 'dtype');
  });

  it('prints a bound that holds', () => {
    for (const [n1, n2] of [
      [5000, 300],
      [300, 5000],
      [4096, 4096],
      [20_000, 33],
    ])
      for (const method of ['direct', 'fft'] as const) {
        const x = { data: normal(n1, 3), shape: [n1] };
        const h = { data: normal(n2, 4), shape: [n2] };
        // quiet, loud and quiet again
        x.data.forEach((value, i) => {
          x.data[i] = i > n1 / 3 && i < n1 / 2 ? 1000 * value : value;
        });
        const text = convolve.explain([n1], [n2], { method });
        const factor = Number(/at most 2\^-24 · ([\d.]+) ·/.exec(text)?.[1]);
        const double = convolve(x, h, { method: 'direct', dtype: 'float64' }).data;
        const { data } = convolve(x, h, { method });
        const norms = norm(x) * norm(h);
        const absolute = ({ data, shape }: typeof x) => ({ data: data.map(Math.abs), shape });
        const sums = convolve(absolute(x), absolute(h), { method: 'direct', dtype: 'float64' }).data;
        data.forEach((value, i) => {
          const bound = 2 ** -24 * factor * (method === 'fft' ? norms : sums[i]);
          const error = Math.abs(value - double[i]);
          if (!(error <= bound)) assert.fail(`${n1}, ${n2}, ${method}: ${i} is off by ${error} of ${bound}`);
        });
      }
  });
});
