// Resident tensors as signals, pictures and results where wasm memory grows for a call: each first in a process of its own, whose memory is
// small.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';

/** What is called with an image `x` of 400 by 400 and a kernel `k` of 30 by 30; `out` is resident, if x is. */
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
    const [ones, out] = [placed(made(400, () => 1)), placed(made(371, () => 0))];
    return ${call}.data.slice();
  });
  console.log(String(results[0]) === String(results[1]));
`;

describe('resident tensors stay what they are where memory grows for', () => {
  for (const [what, call] of Object.entries(calls))
    it(what, () => {
      const args = ['--input-type=module', '--eval', program(call)];
      assert.equal(execFileSync(process.execPath, args, { encoding: 'utf8', cwd: 'build' }).trim(), 'true');
    });
});
