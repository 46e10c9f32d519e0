// Resident tensors as signals, pictures and results where wasm memory grows for a call: each first in a process of its own, whose memory is
// small.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';

/** What a program prints in a process of its own. */
const printedBy = (program: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' }).trim();

/**
 * What is called with an image `x` of 400 by 400 and a kernel `k` of 30 by 30; `out` is resident, if x is, and so are `kernel`, which is `k`,
 * and what `line` gives.
 */
const calls = {
  'a convolution through spectra': "signal.convolve(x, k, { method: 'fft' })",
  'a direct convolution': "signal.convolve(x, k, { method: 'direct' })",
  'a filter with a border': 'ndimage.correlate(x, k)',
  "OpenCV's filter": 'match.filter2d(x, k)',
  'window sums': 'ndimage.uniformFilter(x, { size: 9 })',
  coefficients: 'match.matchTemplate(x, k, { out })',
  products: "match.matchTemplate(x, k, { method: 'ccorr', precision: 'float32', out })",
  distances: "match.matchTemplate(x, k, { method: 'sqdiffNormed', out })",
  'a template': 'match.matchTemplate(big, x)',
  weights: 'match.matchTemplate(big, x, { mask: ones })',
  'a kernel': 'ndimage.correlate(x, kernel)',
  'a kernel around which the picture goes on': "match.filter2d(x, kernel, { border: 'wrap' })",
  'kernels of rows and columns': 'match.sepFilter2d(x, line(9), line(7))',
  'taps of rows and columns': 'signal.sepfir2d(x, line(9), line(7))',
  'coefficients of a filter': 'signal.lfilter(line(1000), 1, line(200000))',
  'coefficients between samples': 'signal.upfirdn(line(1000), line(200000), { up: 3, down: 2 })',
};

/** Prints whether plain and resident tensors give the same, resident ones first. */
const program = (call: string) => `
  import { resident } from 'convnd';
  import * as match from 'convnd/match';
  import * as ndimage from 'convnd/ndimage';
  import * as signal from 'convnd/signal';
  const made = (size, of) => ({ data: Float32Array.from({ length: size * size }, of), shape: [size, size] });
  const [k, big] = [made(30, (_, i) => (i * i) % 11), made(420, (_, i) => Math.sin(i * i))];
  const results = [resident, (given) => given].map((placed) => {
    const x = placed(made(400, (_, i) => Math.sin(i * i)));
    const [ones, out, kernel] = [placed(made(400, () => 1)), placed(made(371, () => 0)), placed(k)];
    const line = (length) => placed({ data: Float32Array.from({ length }, (_, i) => Math.cos(i * i)), shape: [length] });
    return ${call}.data.slice();
  });
  const [a, b] = results;
  console.log(a.length === b.length && a.every((value, i) => value === b[i]));
`;

describe('resident tensors stay what they are where memory grows for', () => {
  for (const [what, call] of Object.entries(calls))
    it(what, () => {
      assert.equal(printedBy(program(call)), 'true');
    });
});

describe('numbers that memory detaches as it grows', () => {
  for (const call of ["convolve(x, taps, { method: 'fft' })", "convolve(x, taps, { method: 'direct' })"])
    it(`are refused by ${call}`, () => {
      const program = `
        import { resident } from 'convnd';
        import { convolve } from 'convnd/signal';
        const x = resident({ data: new Float32Array(200000).fill(1), shape: [200000] });
        const { data } = resident({ data: new Float32Array(1000).fill(1), shape: [1000] });
        const taps = { data, shape: [1000] };
        try {
          ${call};
        } catch (error) {
          console.log(String(error));
        }`;
      assert.match(
        printedBy(program),
        /^RangeError: a tensor is detached: its buffer was transferred, or that of wasm memory, which grew/,
      );
    });
});
