// The promise of matchTemplate: within 1e-6 of the true coefficient for any finite float32 input. The truth is computed in whole numbers.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { matchTemplate } from '#src/match.js';
import type { Stored } from '../helpers/fixtures.js';
import { exactMap } from './match-exact.js';

/** Pictures that break sums: what a pixel is, from its place and a random number from -1 to 1. */
const pictures: Record<string, (y: number, x: number, random: number) => number> = {
  noise: (_y, _x, random) => random,
  'mean 1000, deviation 1': (_y, _x, random) => 1000 + random,
  'mean 1e5, deviation 1': (_y, _x, random) => 1e5 + random,
  'mean 1e7, deviation 1': (_y, _x, random) => 1e7 + random,
  'half 0, half 1e4, noise': (_y, x, random) => (x > 7 ? 1e4 : 0) + random,
  'half 0, half 1e6, noise': (_y, x, random) => (x > 7 ? 1e6 : 0) + random,
  'half 0, half 1e6': (_y, x) => (x > 7 ? 1e6 : 0),
  'one pixel 1e6, noise': (y, x, random) => (y === 5 && x === 6 ? 1e6 : random),
  'one pixel 1e30, noise': (y, x, random) => (y === 5 && x === 6 ? 1e30 : random),
  'one pixel 3e38, noise 1e-38': (y, x, random) => (y === 5 && x === 6 ? 3e38 : random * 1e-38),
  gradient: (y, x) => 1000 + 3 * y - 0.001 * x,
  'a calm gradient on 1e6': (y, x, random) => 1e6 + 0.0625 * Math.round(y + x / 2 + random),
  'noise of 1e30': (_y, _x, random) => random * 1e30,
  'noise of 3e38': (_y, _x, random) => random * 3e38,
  'noise of 1e-30': (_y, _x, random) => random * 1e-30,
  'subnormal noise': (_y, _x, random) => random * 1e-42,
  'a few subnormal steps': (_y, _x, random) => Math.round(2 * random) * 1.401298464324817e-45,
  'bytes, mostly equal': (_y, _x, random) => (random > 0.9 ? 254 : 255),
  'fractions of bytes, mostly equal': (_y, _x, random) => (random > 0.9 ? 254 / 255 : 1),
  'one step of float32 on 1': (_y, _x, random) => (random > 0.8 ? 1 + 2 ** -23 : 1),
  'one step of float32 on 1e8': (_y, _x, random) => (random > 0.8 ? 1e8 + 8 : 1e8),
  'one step of float32 on 1e30': (_y, _x, random) => (random > 0.8 ? 1e30 * (1 + 2 ** -23) : 1e30),
  'every size': (_y, _x, random) => Math.sign(random) * 10 ** (70 * Math.abs(random) - 37),
  equal: () => 0.1,
};

/** mulberry32, from -1 to 1. */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

function draw(kind: string, [height, width]: number[], random: () => number): Stored {
  const data = Float32Array.from({ length: height * width }, (_, i) =>
    pictures[kind](Math.floor(i / width), i % width, random()),
  );
  return { data, shape: [height, width] };
}

function cut({ data, shape: [, width] }: Stored, [h, w]: number[], y: number, x: number): Stored {
  const part = Float32Array.from(
    { length: h * w },
    (_, i) => data[(y + Math.floor(i / w)) * width + x + (i % w)],
  );
  return { data: part, shape: [h, w] };
}

function check(image: Stored, template: Stored, allowed = 1e-6): void {
  const got = matchTemplate(image, template);
  const want = exactMap(image, template);
  assert.equal(got.data.length, want.length);
  want.forEach((coefficient, i) => {
    const error = Math.abs(got.data[i] - coefficient);
    assert.ok(error <= allowed, `window ${i}: ${got.data[i]} instead of ${coefficient}, off by ${error}`);
  });
}

describe('matchTemplate is within 1e-6 of the coefficient', () => {
  for (const kind of Object.keys(pictures))
    it(kind, () => {
      fc.assert(
        fc.property(
          fc.integer(),
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 1, max: 6 }),
          fc.constantFrom('cut', 'same kind', 'noise'),
          (seed, h, w, from) => {
            const random = randomNumbers(seed);
            const image = draw(kind, [10, 14], random);
            const template =
              from === 'cut'
                ? cut(image, [h, w], 4, 5)
                : draw(from === 'noise' ? 'noise' : kind, [h, w], random);
            check(image, template);
          },
        ),
        { numRuns: 15 },
      );
    });

  it('pictures of a kind left and of another right', () => {
    const kinds = fc.constantFrom(...Object.keys(pictures));
    fc.assert(
      fc.property(fc.integer(), kinds, kinds, kinds, (seed, left, right, pattern) => {
        const random = randomNumbers(seed);
        const [a, b] = [left, right].map((kind) => draw(kind, [9, 13], random));
        const image = { data: a.data.map((x, i) => (i % 13 < 6 ? x : b.data[i])), shape: a.shape };
        check(image, draw(pattern, [4, 3], random));
        check(image, cut(image, [4, 3], 2, 5));
      }),
      { numRuns: 150 },
    );
  });

  it('any bits that are a finite float32', () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(
        fc.array(float, { minLength: 42, maxLength: 42 }),
        fc.array(float, { minLength: 6, maxLength: 6 }),
        (image, template) =>
          check(
            { data: Float32Array.from(image), shape: [6, 7] },
            { data: Float32Array.from(template), shape: [2, 3] },
          ),
      ),
      { numRuns: 200 },
    );
  });
});
