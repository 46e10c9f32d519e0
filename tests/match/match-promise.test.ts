// The promise of matchTemplate: within 1e-6 of the true coefficient for any finite float32 input. The truth is computed in whole numbers.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { matchTemplate } from '#src/match.js';
import type { Stored } from '../helpers/fixtures.js';
import { exactMap, exactWeighted, whole } from './match-exact.js';

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

  /** Weights, from a random number from -1 to 1. */
  const weightings: Record<string, (random: number) => number> = {
    'a mask': (random) => Number(random > 0),
    'a mask of a few': (random) => Number(random > 0.8),
    'weights up to 1': (random) => Math.abs(random),
    'weights of every size': (random) => 10 ** (38 * random),
    'mostly light weights': (random) => (random > 0.8 ? 1 : 1e-20),
  };

  for (const [kind, weightOf] of Object.entries(weightings))
    it(`channels with ${kind}, and with a mask of the image`, () => {
      const binary = (random: number) => Number(weightOf(random) > 0);
      const kinds = fc.constantFrom(...Object.keys(pictures));
      fc.assert(
        fc.property(
          fc.integer(),
          kinds,
          kinds,
          fc.boolean(),
          fc.boolean(),
          (seed, one, two, isCut, isHidden) => {
            const random = randomNumbers(seed);
            const images = [one, two].map((each) => draw(each, [7, 9], random));
            const templates = images.map((image, i) =>
              isCut ? cut(image, [3, 2], 2, 4) : draw(i ? one : two, [3, 2], random),
            );
            const drawn = (count: number, of: (random: number) => number) =>
              Float32Array.from({ length: count }, () => of(random()));
            const mask = { data: drawn(12, isHidden ? binary : weightOf), shape: [2, 3, 2] };
            if (mask.data.every((weight) => weight === 0)) mask.data[3] = 1;
            const imageMask = { data: drawn(126, (r) => Number(!isHidden || r > -0.5)), shape: [2, 7, 9] };
            if (isHidden) imageMask.data.fill(0, 0, 30);
            const stacked = (parts: Stored[]) => ({
              data: Float32Array.from(parts.flatMap(({ data }) => [...data])),
              shape: [2, ...parts[0].shape],
            });
            const hidden = isHidden ? { imageMask, minOverlap: 0 } : {};
            const got = matchTemplate(stacked(images), stacked(templates), {
              channelAxis: 0,
              mask,
              ...hidden,
            });
            got.data.forEach((score, window) => {
              const places = Array.from({ length: 6 }, (_, k) => {
                const [y, x] = [Math.floor(window / 8) + (k >> 1), (window % 8) + (k & 1)];
                return 9 * y + x;
              });
              const channels = images.map(({ data }, c) => ({
                t: Array.from(templates[c].data, whole),
                x: places.map((at) => whole(data[at])),
                weights: places.map((at, k) => whole(mask.data[6 * c + k] * imageMask.data[63 * c + at])),
              }));
              const error = Math.abs(score - exactWeighted(channels));
              assert.ok(error <= 1e-6, `${one}, ${two}: window ${window} is ${score}, off by ${error}`);
            });
          },
        ),
        { numRuns: 40 },
      );
    });

  it('weights of which one outweighs the others', () => {
    const mask = { data: [1e-20, 1e-20, 1, 1e-20], shape: [4] };
    const { data } = matchTemplate([3, 1, 4, 1, 5, 9, 2, 6], [2, 7, 1, 8], { mask });
    // what is left of the mean's neighbour is as large as the light elements: -(Σ light) and each of them
    const light = [0, 1, 3];
    const image = [3, 1, 4, 1, 5, 9, 2, 6];
    data.forEach((score, window) => {
      const vector = (list: number[]) => {
        const far = light.map((k) => list[k] - list[2]);
        return [...far, -far.reduce((a, b) => a + b)];
      };
      const [t, x] = [vector([2, 7, 1, 8]), vector(image.slice(window, window + 4))];
      const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);
      const want = dot(t, x) / Math.sqrt(dot(t, t) * dot(x, x));
      assert.ok(Math.abs(score - want) <= 1e-6, `window ${window}: ${score} instead of ${want}`);
    });
  });

  it('a faint channel, where the mask of the image leaves out the other', () => {
    const faint = [1.2e-20, -1.1e-20, 3e-20, 5e-21];
    const imageMask = [
      [0, 0, 1, 1],
      [1, 1, 1, 1],
    ];
    const options = { channelAxis: 0, imageMask, minOverlap: 0 };
    const { data } = matchTemplate(
      [[4, 2, 7, 1], faint],
      [
        [1, 2],
        [3, 1],
      ],
      options,
    );
    assert.equal(data[0], 1);
  });
});
