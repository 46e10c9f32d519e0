// Pictures of whole numbers, as large as products go through a spectrum: their scores are made where the products lie, from sums in 32 bits.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchTemplate } from '#src/match.js';
import type { Stored } from '../helpers/fixtures.js';

/** Whole numbers from -1 to 1 times a size, the same for the same seed, round a middle. */
function whole([height, width]: number[], size: number, middle: number, seed: number): Stored {
  let state = seed;
  const data = Float32Array.from({ length: height * width }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return middle + Math.round((state / 2 ** 31) * size);
  });
  return { data, shape: [height, width] };
}

/** Makes a part of a picture equal, and another one nearly so. */
function calm({ data, shape: [, width] }: Stored, value: number): void {
  for (let y = 5; y < 25; y++) {
    data.fill(value, y * width + 3, y * width + 24);
    data.fill(value, y * width + 30, y * width + 50);
  }
  data[12 * width + 38] += 1;
}

/** The coefficients of all windows: of whole numbers, less one near them all, every sum is exact in float64. */
function exactMap(image: Stored, template: Stored): Float64Array {
  const [width, w] = [image.shape[1], template.shape[1]];
  const [rows, columns] = image.shape.map((size, axis) => size - template.shape[axis] + 1);
  const centred = ({ data }: Stored) => Float64Array.from(data, (value) => value - image.data[0]);
  const [pixels, pattern] = [centred(image), centred(template)];
  const n = pattern.length;
  return Float64Array.from({ length: rows * columns }, (_, window) => {
    const corner = Math.floor(window / columns) * width + (window % columns);
    let [a, b, aa, ab, bb] = [0, 0, 0, 0, 0];
    pattern.forEach((t, k) => {
      const x = pixels[corner + Math.floor(k / w) * width + (k % w)];
      a += x;
      b += t;
      aa += x * x;
      ab += x * t;
      bb += t * t;
    });
    const squares = (n * aa - a * a) * (n * bb - b * b);
    return squares === 0 ? 0 : (n * ab - a * b) / Math.sqrt(squares);
  });
}

function check(image: Stored, template: Stored, allowed: number, precision: 'float64' | 'float32'): void {
  const got = matchTemplate(image, template, { precision });
  exactMap(image, template).forEach((want, i) => {
    const error = Math.abs(got.data[i] - want);
    assert.ok(error <= allowed, `window ${i}: ${got.data[i]} instead of ${want}, off by ${error}`);
  });
}

describe('matchTemplate in pictures of whole numbers', () => {
  const kinds: [string, number[], number[], number, number][] = [
    ['bytes', [61, 66], [16, 17], 127, 128],
    ['bytes, sizes of whole vectors', [64, 79], [16, 16], 127, 128],
    ['bytes in a tall picture', [230, 37], [16, 14], 127, 128],
    ['a few steps far from 0', [61, 66], [16, 16], 3, 2 ** 23],
    ['as far from their mean as sums in 32 bits allow', [61, 66], [16, 17], 2000, -70],
    ['farther', [61, 66], [16, 17], 2100, 5],
    ['beyond 24 bits', [61, 66], [16, 17], 40, 2 ** 26],
  ];
  for (const [kind, size, pattern, reach, middle] of kinds)
    it(kind, () => {
      const image = whole(size, reach, middle, 1);
      check(image, whole(pattern, reach, middle, 2), 1e-6, 'float64');
      check(image, whole(pattern, reach, middle, 2), 1e-5, 'float32');
    });

  it('with windows of equal numbers, and nearly equal ones', () => {
    const image = whole([61, 66], 100, 0, 3);
    calm(image, 255);
    const template = whole([16, 16], 100, 0, 4);
    check(image, template, 1e-6, 'float64');
    const { data, shape } = matchTemplate(image, template);
    assert.equal(data[6 * shape[1] + 4], 0);
  });

  it('says the same when an output is given, and once more', () => {
    const image = whole([61, 66], 127, 128, 1);
    const template = whole([16, 17], 127, 128, 2);
    const first = matchTemplate(image, template);
    const out = { data: new Float32Array(first.data.length), shape: first.shape };
    assert.equal(matchTemplate(image, template, { out }), out);
    assert.deepEqual(out.data, first.data);
  });

  it('keeps what is not finite in its windows', () => {
    const image = whole([61, 66], 127, 128, 1);
    const want = matchTemplate(image, whole([16, 17], 127, 128, 2)).data;
    image.data[30 * 66 + 30] = Number.NaN;
    const { data, shape } = matchTemplate(image, whole([16, 17], 127, 128, 2));
    data.forEach((score, i) => {
      const [y, x] = [Math.floor(i / shape[1]), i % shape[1]];
      const isHit = y <= 30 && y > 30 - 16 && x <= 30 && x > 30 - 17;
      assert.ok(isHit ? Number.isNaN(score) : Math.abs(score - want[i]) < 1e-6, `${score} at ${y}, ${x}`);
    });
  });
});
