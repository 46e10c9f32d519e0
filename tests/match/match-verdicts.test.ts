// matchTemplate where SciPy, scikit-image and OpenCV disagree: docs/signals-match.md.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { exactScore } from '#src/match/scores/exact-score.js';
import { type MatchMethod, type MatchOptions, matchTemplate } from '#src/match.js';
import { close, methods, refuses, tensor } from './match-data.js';

describe('matchTemplate, where the sources disagree', () => {
  it('a flat window or template has coefficient 0 where a part of the image is shown too', () => {
    const imageMask = [1, 1, 1, 0, 1, 1, 1, 1];
    const noise = [3, 1, 4, 1, 5, 9, 2, 6];
    for (const dtype of ['float32', 'float64'] as const) {
      for (const template of [[7, 7], [[7, 7]], [5]]) {
        const image = Array.isArray(template[0]) ? [noise, noise] : noise;
        const mask = Array.isArray(template[0]) ? [imageMask, imageMask] : imageMask;
        const { data } = matchTemplate(image, template, { imageMask: mask, dtype });
        assert.ok(
          data.every((score) => score === 0),
          `${template}: ${data}`,
        );
      }
      const flat = matchTemplate(new Array(8).fill(0.1), [1, 3, 2], { imageMask, dtype }).data;
      assert.ok(
        flat.every((score) => score === 0),
        `${flat}`,
      );
    }
    // one channel is flat, the other is not
    const image = {
      data: Float32Array.from([...noise, ...noise].map((v, i) => (i % 2 ? v : 5))),
      shape: [8, 2],
    };
    const shown = { imageMask, channelAxis: -1 };
    const scores = matchTemplate(
      image,
      [
        [5, 1],
        [5, 4],
        [5, 1],
      ],
      shown,
    ).data;
    const alone = matchTemplate(
      image.data.filter((_, i) => i % 2),
      [1, 4, 1],
      { imageMask },
    ).data;
    close(scores, alone);
  });

  it('a flat window or template has coefficient 0', () => {
    const image = { data: Float32Array.from([1, 2, 5, 5, 5, 5, 3]), shape: [7] };
    assert.equal(matchTemplate(image, [1, 2, 4]).data[2], 0);
    assert.ok(matchTemplate(image, [0.1, 0.1, 0.1]).data.every((score) => score === 0));
  });

  it('ccorrNormed is 0 where a norm is', () => {
    assert.equal(matchTemplate([0, 0, 1, 2], [1, 2], { method: 'ccorrNormed' }).data[0], 0);
    assert.ok(
      matchTemplate([0, 0, 1, 2], [0, 0], { method: 'ccorrNormed' }).data.every((score) => score === 0),
    );
  });

  it('sqdiffNormed is 0 where both norms are 0, and 1 where one is', () => {
    const score = (template: number[]) => [
      ...matchTemplate([0, 0, 3], template, { method: 'sqdiffNormed' }).data,
    ];
    assert.deepEqual(score([0, 0]), [0, 1]);
    assert.equal(score([1, 2])[0], 1);
  });

  it('sqdiffNormed is not cut at 1', () => {
    const { data } = matchTemplate([1, -1], [-1, 1], { method: 'sqdiffNormed' });
    assert.equal(data[0], 4);
  });

  it('with masks too: equal numbers where the mask is, nothing where it is', () => {
    const mask = [1, 1, 0];
    const image = [4, 4, 9, 0, 0, 7];
    const at = (method: MatchMethod, template: number[], window: number) =>
      matchTemplate(image, template, { method, mask }).data[window];
    assert.equal(at('ccoeffNormed', [1, 2, 3], 0), 0);
    assert.equal(at('ccoeffNormed', [2, 2, 3], 1), 0);
    assert.equal(at('ccorrNormed', [1, 2, 3], 3), 0);
    assert.equal(at('sqdiffNormed', [1, 2, 3], 3), 1);
    assert.equal(at('sqdiffNormed', [0, 0, 3], 3), 0);
  });

  it('finite input never gives NaN', () => {
    const number = fc.oneof(
      fc.constantFrom(0, 1, 1e38, -1e38, 1e-45, 3),
      fc.float({ noNaN: true, noDefaultInfinity: true }),
    );
    const numbers = (length: number) => fc.array(number, { minLength: length, maxLength: length });
    fc.assert(
      fc.property(
        numbers(12),
        numbers(4),
        fc.constantFrom(...methods),
        fc.boolean(),
        (image, template, method, masked) => {
          const mask = masked ? { data: Float32Array.from([1, 0.5, 0, 1]), shape: [2, 2] } : undefined;
          const { data } = matchTemplate(
            { data: image, shape: [3, 4] },
            { data: template, shape: [2, 2] },
            { method, mask },
          );
          assert.ok(!data.some(Number.isNaN), `${data}`);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a template larger than the image is refused, with both shapes', () => {
    for (const shape of [
      [7, 8],
      [7, 3],
    ])
      refuses(
        () => matchTemplate(tensor([5, 6]), tensor(shape)),
        RangeError,
        '[5, 6]',
        `[${shape.join(', ')}]`,
      );
  });

  it('many windows of equal numbers have the scores of their definition, with weights too', () => {
    const [height, width, h, w] = [24, 30, 3, 4];
    const weights = Float32Array.from({ length: h * w }, (_, i) => (i % 5) / 2);
    for (const channels of [1, 2]) {
      // zeros, a part of sevens and one of noise
      const image = tensor([channels, height, width]);
      image.data.forEach((_, i) => {
        const [y, x] = [Math.floor(i / width) % height, i % width];
        if (y > 5 || x > 9) image.data[i] = x > 20 ? 7 : 0;
      });
      const template = tensor([channels, h, w], 2);
      const mask = {
        data: Float32Array.from(template.data, (_, i) => weights[i % (h * w)]),
        shape: template.shape,
      };
      for (const method of ['ccoeffNormed', 'ccorrNormed', 'sqdiffNormed'] as const)
        for (const weighed of [undefined, mask]) {
          const { data, shape } = matchTemplate(image, template, { method, mask: weighed, channelAxis: 0 });
          const exact = exactScore(method, image, template, weighed);
          const want = Float64Array.from(data, (_, i) =>
            exact(Math.floor(i / shape[1]) * width + (i % shape[1])),
          );
          close(data, want);
        }
    }
  });

  it('weights multiply products twice and means once, and booleans and bytes count as 0 or 1', () => {
    const image = [1, 4, 2, 7];
    const weights = matchTemplate(image, [1, 2], { method: 'ccorr', mask: { data: [0.5, 2], shape: [2] } });
    close(weights.data, [0.25 + 32, 1 + 16, 0.5 + 56]);
    const truth = matchTemplate(image, [1, 2], { method: 'ccorr', mask: [true, false] });
    const bytes = matchTemplate(image, [1, 2], { method: 'ccorr', mask: Uint8Array.of(255, 0) });
    assert.deepEqual([...truth.data], [1, 4, 2]);
    assert.deepEqual(bytes, truth);
    const rows = matchTemplate([image], [[1, 2]], { method: 'ccorr', mask: [Uint8Array.of(255, 0)] });
    assert.deepEqual([...rows.data], [...truth.data]);
  });

  it('a factor of all weights changes no score that is a quotient', () => {
    const [image, template] = [tensor([9, 11]), tensor([3, 4], 2)];
    for (const method of ['ccoeffNormed', 'ccorrNormed'] as const) {
      const of = (factor: number) =>
        matchTemplate(image, template, {
          method,
          mask: { data: Float32Array.from({ length: 12 }, (_, i) => (1 + (i % 3)) * factor), shape: [3, 4] },
        }).data;
      // squares of these are not within float32's range
      for (const factor of [2 ** -100, 2 ** 100]) assert.deepEqual(of(factor), of(1));
    }
  });

  it('ccorrNormed is that of the definition, where windows are finished in several groups', () => {
    const [image, template] = [tensor([238, 281], 5), tensor([2, 3], 6)];
    const [planes, pattern] = [image, template].map(({ data, shape }) => ({ data, shape: [1, ...shape] }));
    const exact = exactScore('ccorrNormed', planes, pattern);
    for (const precision of ['float64', 'float32'] as const) {
      const { data, shape } = matchTemplate(image, template, { method: 'ccorrNormed', precision });
      const corner = (i: number) => Math.floor(i / shape[1]) * image.shape[1] + (i % shape[1]);
      const wanted = Float64Array.from(data, (_, i) => exact(corner(i)));
      close(data, wanted, precision === 'float64' ? 1e-6 : 1e-5);
    }
  });

  it('coefficients are those of the definition, however many windows and channels', () => {
    for (const [height, width] of [
      [2, 2],
      [9, 4],
      [40, 9],
      [7, 83],
      [70, 61],
    ])
      for (const [h, w] of [
        [1, 2],
        [2, 1],
        [height, width],
        [Math.ceil(height / 2), 2],
      ])
        for (const channels of [1, 2]) {
          const [image, template] = [tensor([channels, height, width], 3), tensor([channels, h, w], 4)];
          // some windows are flat
          image.data.fill(7, 0, Math.min(image.data.length, 3 * width));
          const { data } = matchTemplate(image, template, { channelAxis: 0 });
          const exact = exactScore('ccoeffNormed', image, template);
          const columns = width - w + 1;
          data.forEach((score, i) => {
            const want = exact(Math.floor(i / columns) * width + (i % columns));
            assert.ok(
              Math.abs(score - want) < 1e-6,
              `${[height, width, h, w, channels]} at ${i}: ${score}, ${want}`,
            );
          });
          const double = matchTemplate(image, template, { channelAxis: 0, dtype: 'float64' }).data;
          for (const [i, score] of data.entries()) assert.ok(Math.abs(score - double[i]) < 1e-7);
        }
  });

  it('reflect is two things', () => {
    const mode = 'reflect' as MatchOptions['mode'];
    assert.throws(() => matchTemplate([1, 2, 3], [1, 2], { padInput: true, mode }), {
      name: 'TypeError',
      message: /c b\|a b c d\|c b.*b a\|a b c d\|d c/,
    });
  });

  it('a number that is not finite spoils its windows only', () => {
    const image = tensor([12, 13]);
    const clean = matchTemplate(image, tensor([3, 4], 2));
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const spoiled = { data: image.data.slice(), shape: image.shape };
      spoiled.data[5 * 13 + 6] = value;
      const { data } = matchTemplate(spoiled, tensor([3, 4], 2));
      data.forEach((score, i) => {
        const [y, x] = [Math.floor(i / 10), i % 10];
        if (y >= 3 && y <= 5 && x >= 3 && x <= 6) assert.ok(Number.isNaN(score), `${y}, ${x}: ${score}`);
        else assert.ok(Math.abs(score - clean.data[i]) < 1e-6, `${y}, ${x}: ${score}`);
      });
    }
  });
});
