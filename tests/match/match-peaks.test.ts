// peakLocalMax and findMatches of convnd/match.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findMatches, peakLocalMax } from '#src/match.js';
import { uniform } from '../helpers/numbers.js';
import { refuses } from './match-data.js';

describe('peakLocalMax', () => {
  it('looks far as fast as near: where a map rises, nothing higher comes before', () => {
    const at = (height: (y: number, x: number) => number) =>
      Array.from({ length: 512 }, (_, y) => Array.from({ length: 512 }, (_, x) => height(y, x)));
    const begin = process.cpuUsage();
    for (const [height, place] of [
      [(y: number, x: number) => -((x - 256) ** 2) - (y - 300) ** 2, [300, 256]],
      [(y: number, x: number) => x + y, [511, 511]],
      [(y: number) => Number(y > 255), [256, 0]],
    ] as const)
      assert.deepEqual(
        peakLocalMax(at(height), { minDistance: 200 }).map(({ position }) => position),
        [place],
      );
    // 40 s and more for each, when each number was compared with all around it; 0.1 s now
    // of this process, whatever else the machine does
    assert.ok(process.cpuUsage(begin).user < 20e6);
  });

  it('finds what a comparison with all around finds, with what is no number and plateaus', () => {
    const next = uniform(3);
    const kinds = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1, 1, 2, 2, 3];
    for (let round = 0; round < 60; round++) {
      const shape = round % 3 ? [1 + Math.floor(12 * next()), 1 + Math.floor(12 * next())] : [60];
      const data = Float64Array.from(
        { length: shape[0] * (shape[1] ?? 1) },
        () => kinds[Math.floor(9 * next())],
      );
      const columns = shape[1] ?? 1;
      const minDistance = Math.floor(40 * next() ** 2);
      const isPeak = (score: number, i: number) =>
        score >= 0 &&
        data.every((other, j) => {
          const near = (step: (at: number) => number) => Math.abs(step(i) - step(j)) <= minDistance;
          const inBox = near((at) => Math.floor(at / columns)) && near((at) => at % columns);
          return !(inBox && (other > score || (other === score && j < i)));
        });
      const want = [...data].flatMap((score, i) => (isPeak(score, i) ? [{ score, i }] : []));
      want.sort((a, b) => b.score - a.score);
      const found = peakLocalMax({ data, shape }, { minDistance, threshold: 0 });
      assert.deepEqual(
        found.map(({ position: [row, column = 0], score }) => ({ score, i: row * columns + column })),
        want,
        `${shape} ${minDistance} ${data}`,
      );
    }
  });

  const map = [
    [0, 1, 0, 0, 4],
    [0, 0, 0, 3, 0],
    [2, 2, 0, 0, 0],
  ];
  const places = (options?: Parameters<typeof peakLocalMax>[1]) =>
    peakLocalMax(map, options).map(({ position }) => position.join());

  it('gives local maxima, highest first, of equal neighbours the first', () => {
    assert.deepEqual(peakLocalMax(map), [
      { position: [0, 4], score: 4 },
      { position: [2, 0], score: 2 },
      { position: [0, 1], score: 1 },
    ]);
  });

  it('knows distance, threshold and number', () => {
    assert.deepEqual(places({ minDistance: 0 }), ['0,4', '1,3', '2,0', '2,1', '0,1']);
    assert.deepEqual(places({ minDistance: 2 }), ['0,4', '2,0']);
    assert.deepEqual(places({ threshold: 2 }), ['0,4', '2,0']);
    assert.deepEqual(places({ numPeaks: 1 }), ['0,4']);
    assert.deepEqual(places({ numPeaks: 0 }), []);
    assert.deepEqual(places({ numPeaks: Number.POSITIVE_INFINITY }), places());
    assert.deepEqual(places({ minDistance: Number.POSITIVE_INFINITY }), ['0,4']);
  });

  it('finds nothing in a map of equal numbers, unless they reach the threshold', () => {
    assert.deepEqual(peakLocalMax([1, 1, 1]), []);
    assert.deepEqual(peakLocalMax([1, 1, 1], { threshold: 1 }), [{ position: [0], score: 1 }]);
  });

  it('distinguishes numbers that are equal in float32', () => {
    assert.deepEqual(
      peakLocalMax([0, 1, 1 + 1e-12, 0, 0.7]).map(({ position, score }) => [position[0], score]),
      [
        [2, 1 + 1e-12],
        [4, 0.7],
      ],
    );
    const whole = Int32Array.of(0, 2 ** 24, 2 ** 24 + 1, 0);
    assert.deepEqual(peakLocalMax(whole), [{ position: [2], score: 2 ** 24 + 1 }]);
  });

  it('refuses what makes no sense', () => {
    refuses(() => peakLocalMax(map, { minDistance: -1 }), RangeError, 'minDistance');
    refuses(() => peakLocalMax(map, { numPeaks: 1.5 }), TypeError, 'numPeaks');
    refuses(() => peakLocalMax(map, { numPeaks: Number.NEGATIVE_INFINITY }), TypeError, 'numPeaks');
    refuses(() => peakLocalMax(map, { threshold: '1' as never }), TypeError, 'threshold');
    refuses(() => peakLocalMax(map, { threshold: Number.NaN }), TypeError, 'threshold');
    refuses(() => peakLocalMax([]), RangeError, 'map');
  });
});

describe('findMatches', () => {
  /** A bump at each place, of that height. */
  const signal = (bumps: [number, number][]) => {
    const data = new Float32Array(60);
    for (const [at, height] of bumps)
      for (let i = 0; i < 60; i++) data[i] += height * Math.exp(-(((i - at) / 2) ** 2));
    return { data, shape: [60] };
  };
  const bump = { data: signal([[4, 1]]).data.slice(0, 9), shape: [9] };

  it('gives the best first', () => {
    const image = signal([
      [10, 2],
      [30, 1],
      [45, 5],
    ]);
    image.data[31] += 0.2;
    const found = findMatches(image, bump);
    assert.deepEqual(
      found.map(({ position: [at] }) => at),
      [6, 41, 26].filter((_, i) => i < found.length),
    );
    assert.ok(found[0].score > 0.999 && found[2].score < found[1].score);
    assert.equal(findMatches(image, bump, { maxMatches: 1 }).length, 1);
    assert.deepEqual(findMatches(image, bump, { maxMatches: Number.POSITIVE_INFINITY }), found);
    assert.equal(findMatches(image, bump, { threshold: 0.9999 }).length, 2);
  });

  it('of those that are near each other gives the best', () => {
    const image = [0, 1, 0, 0.9, 0, 0, 0, 0, 1, 0];
    const at = (minDistance?: number) =>
      findMatches(image, [0, 1, 0], { threshold: 0.5, minDistance }).map(({ position: [place] }) => place);
    assert.deepEqual(at(0), [0, 2, 7]);
    assert.deepEqual(at(1), [0, 2, 7]);
    assert.deepEqual(at(2), [0, 7]);
    assert.deepEqual(at(Number.POSITIVE_INFINITY), [0]);
  });

  it('finds tens of thousands of matches in a second', () => {
    const next = uniform(3);
    const noise = { data: Float32Array.from({ length: 600 * 600 }, next), shape: [600, 600] };
    const template = { data: Float32Array.from({ length: 9 }, next), shape: [3, 3] };
    const begin = process.cpuUsage();
    const found = findMatches(noise, template, { threshold: 0, minDistance: 2 });
    // 16 s when each peak was compared with every match; 0.2 s now
    assert.ok(process.cpuUsage(begin).user < 5e6);
    assert.ok(found.length > 15_000);
    const isTaken = new Uint8Array(600 * 600);
    for (const { position } of found) {
      const [y, x] = position;
      for (let dy = -2; dy <= 2; dy++)
        for (let dx = -2; dx <= 2; dx++)
          if (x + dx >= 0 && x + dx < 600 && y + dy >= 0 && y + dy < 600)
            assert.equal(isTaken[(y + dy) * 600 + x + dx], 0);
      isTaken[y * 600 + x] = 1;
    }
  });

  it('finds places between with subpixel', () => {
    for (const at of [20.25, 20.5, 19.8]) {
      const [{ position }] = findMatches(signal([[at, 3]]), bump, { subpixel: true });
      assert.ok(Math.abs(position[0] - (at - 4)) < 0.03, `${position} beside ${at - 4}`);
    }
  });

  it('leaves places at the border and on a plateau where they are, with subpixel', () => {
    const places = (signal: number[]) =>
      findMatches(signal, [1, 3, 1], { subpixel: true }).map(({ position }) => position);
    assert.deepEqual(places([1, 3, 1, 0, 0]), [[0]]);
    assert.deepEqual(places([0, 0, 1, 3, 1]), [[2]]);
    const flat = { method: 'ccorr', subpixel: true, threshold: 1 } as const;
    assert.deepEqual(findMatches([1, 1, 1, 1], [1], flat)[0].position, [0]);
  });

  it('reads a nested template once', () => {
    const template = [1, 3, 1];
    let readings = 0;
    template[Symbol.iterator] = () => {
      readings++;
      return Array.prototype.values.call(template);
    };
    assert.deepEqual(findMatches([0, 1, 3, 1, 0], template)[0].position, [1]);
    assert.equal(readings, 1);
  });

  it('takes the lowest scores of differences, with a threshold', () => {
    const image = [5, 1, 2, 3, 9, 1, 2, 4];
    const found = findMatches(image, [1, 2, 3], { method: 'sqdiff', threshold: 1 });
    assert.deepEqual(found, [
      { position: [1], score: 0 },
      { position: [5], score: 1 },
    ]);
    refuses(() => findMatches(image, [1, 2, 3], { method: 'sqdiff' }), RangeError, 'threshold');
  });

  it('refuses what makes no sense', () => {
    refuses(() => findMatches([1, 2], [1], { maxMatches: -1 }), RangeError, 'maxMatches');
    refuses(() => findMatches([1, 2], [1], { minDistance: [1, 2] }), RangeError, 'minDistance');
    refuses(() => findMatches([1, 2], [1], { subpixel: 1 as never }), TypeError, 'subpixel');
    refuses(() => findMatches([1, 2], [1], { thresh: 1 } as never), TypeError, 'thresh');
    refuses(
      () => findMatches([1, 2], [1], { out: [0] } as never),
      TypeError,
      'out is an option of matchTemplate only',
    );
  });
});
