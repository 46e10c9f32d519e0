// What the examples that find compute, against SciPy's, scikit-image's and OpenCV's results on the same recordings and pictures.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { align } from '../../examples/alignment.js';
import { bandsOf } from '../../examples/bands.js';
import { across, ticks } from '../../examples/chart.js';
import { find } from '../../examples/found.js';
import { hear } from '../../examples/phrase.js';
import { readPicture } from '../../examples/picture.js';
import { readRecording } from '../../examples/wav.js';
import { assertNear, assertSame } from '../helpers/compare.js';
import { readTensors } from '../helpers/fixtures.js';

const tensors = readTensors('recordings/cases.safetensors');
const read = (name: string) => tensors.get(name)!;
const recordings = (name: string) => [1, 2].map((i) => readRecording(`examples/data/${name}-${i}.wav`));

it("bands are SciPy's spectrogram, summed and in logarithms", () => {
  const bands = recordings('sentence').map(bandsOf);
  for (const [i, name] of ['phrase/known', 'phrase/unknown'].entries()) {
    assert.deepEqual(bands[i].shape, read(name).shape);
    // of numbers up to 17; silence is a difference of float32 sums
    assertNear(bands[i].data, read(name).data, 2e-3, name);
  }
  const heard = hear(bands[0], { from: 1.36, to: 1.96 }, bands[1], 0.75);
  assertNear(heard.scores, read('phrase/scores').data, 1e-4, 'scores');
  assert.deepEqual(
    heard.places.map(({ seconds }) => seconds),
    [4.25],
  );
});

it("the recorders' curve is SciPy's around its peak", () => {
  const [first, second] = recordings('recorder');
  // the reader divides what is above zero by 32767
  assertNear(
    first.samples.map((value) => value * 32768),
    read('recorders/first').data,
    0.51,
    'samples',
  );
  const { lag, curve, firstLag } = align(first, second);
  assert.equal(lag, 5200);
  assert.equal(firstLag, 1 - second.samples.length);
  // there the recordings' means are left in
  assertNear(
    curve.subarray(lag - firstLag - 200, lag - firstLag + 201),
    read('recorders/around').data,
    0.02,
    'curve',
  );
});

it("the coin lies where OpenCV's mask finds it", () => {
  const [picture, pattern] = ['coins', 'coin'].map((name) => readPicture(`examples/data/${name}.png`));
  const [best, next] = find(picture, pattern, 0.6, 2);
  assert.deepEqual([best.left, best.top], [75, 170]);
  assertNear([best.score], [0.98622], 1e-5, 'score');
  assert.ok(next.score < 0.8);
  const grey = (data: Uint8ClampedArray) =>
    Float32Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]);
  assertSame(grey(picture.data), read('coins/image').data, 'picture');
});

it('axes have round values, ten at most', () => {
  assert.deepEqual(ticks(0, 5.3), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(ticks(-0.05, 0.31), [-0.05, 0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]);
  assert.deepEqual(ticks(-4.65, 5.3), [-4, -2, 0, 2, 4]);
  for (const to of [0.001, 7, 60, 3600]) assert.ok(ticks(0, to).length <= 10 && ticks(0, to).length >= 4);
  assert.equal(across({ x: 10, y: 0, width: 100, height: 1, from: -1, to: 1 }, 0), 60);
});
