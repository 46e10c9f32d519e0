// convnd/match: options, refusals and what is defined where the sources disagree; peaks and matches.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { exactScore } from '#src/match/exact-score.js';
import {
  findMatches,
  type MatchMethod,
  type MatchOptions,
  matchTemplate,
  matchTemplates,
  peakLocalMax,
} from '#src/match.js';
import { uniform } from './numbers.js';

/** Fails unless the call is refused with that type of error, in words that have all of these in them. */
function refuses(call: () => unknown, type: typeof RangeError | typeof TypeError, ...words: string[]): void {
  assert.throws(call, (error: Error) => {
    assert.ok(error instanceof type, String(error));
    for (const word of words) assert.ok(error.message.includes(word), `${error.message}: no ${word}`);
    return true;
  });
}

const methods: MatchMethod[] = ['ccoeffNormed', 'ccoeff', 'ccorrNormed', 'ccorr', 'sqdiffNormed', 'sqdiff'];

/** Numbers that look random, whole ones from -8 to 8 over a divisor. */
const tensor = (shape: number[], seed = 1, divisor = 3) => ({
  data: Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => Math.round(8 * Math.sin(seed * 12.9898 + i * i * 0.37 + i)) / divisor,
  ),
  shape,
});

/** A tensor with its channels, the first axis, moved to the end. */
function channelsLast({ data, shape: [channels, ...sizes] }: { data: Float32Array; shape: number[] }) {
  const count = data.length / channels;
  return {
    data: Float32Array.from(data, (_, i) => data[(i % channels) * count + Math.floor(i / channels)]),
    shape: [...sizes, channels],
  };
}

const close = (got: ArrayLike<number>, want: ArrayLike<number>, allowed = 1e-6) => {
  assert.equal(got.length, want.length);
  for (let i = 0; i < want.length; i++)
    assert.ok(
      Math.abs(got[i] - want[i]) <= allowed * Math.max(1, Math.abs(want[i])),
      `${i}: ${got[i]}, ${want[i]}`,
    );
};

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

describe('matchTemplate', () => {
  it("takes OpenCV's names", () => {
    const [image, template] = [tensor([6, 7]), tensor([2, 3], 2)];
    assert.deepEqual(
      matchTemplate(image, template, { method: 'TM_SQDIFF_NORMED' }),
      matchTemplate(image, template, { method: 'sqdiffNormed' }),
    );
    assert.deepEqual(
      matchTemplate(image, template),
      matchTemplate(image, template, { method: 'TM_CCOEFF_NORMED' }),
    );
  });

  it('scores channels together, wherever their axis is', () => {
    for (const sizes of [[9], [6, 7], [4, 5, 6]]) {
      const [image, template] = [tensor([3, ...sizes]), tensor([3, ...sizes.map((n) => n >> 1)], 2)];
      for (const method of methods) {
        const first = matchTemplate(image, template, { method, channelAxis: 0 });
        const last = matchTemplate(channelsLast(image), channelsLast(template), { method, channelAxis: -1 });
        assert.deepEqual(first, last);
        // channels of one size are an axis along which there is one place
        if (method === 'ccorr' && sizes.length < 3)
          close(first.data, matchTemplate(image, template, { method }).data);
      }
    }
  });

  it('puts scores where the middle of the window lies with padInput', () => {
    const [image, template] = [tensor([5, 6]), tensor([3, 2], 2)];
    const inside = matchTemplate(image, template);
    const all = matchTemplate(image, template, { padInput: true, mode: 'wrap' });
    assert.deepEqual(all.shape, [5, 6]);
    for (let y = 0; y < 3; y++)
      for (let x = 0; x < 5; x++) close([all.data[(y + 1) * 6 + x + 1]], [inside.data[y * 5 + x]]);
  });

  it('shows nothing around an image with an imageMask and padInput', () => {
    const [image, template] = [tensor([5, 6]), tensor([3, 2], 2)];
    const imageMask = { data: image.data.map((_, i) => Number(i % 7 !== 3)), shape: [5, 6] };
    /** A row above and below, a column before. */
    const framed = ({ data }: { data: Float32Array }) => ({
      data: Float32Array.from({ length: 7 * 7 }, (_, i) => {
        const [y, x] = [Math.floor(i / 7) - 1, (i % 7) - 1];
        return y < 0 || y > 4 || x < 0 ? 0 : data[y * 6 + x];
      }),
      shape: [7, 7],
    });
    const { data, shape } = matchTemplate(image, template, { imageMask, padInput: true });
    assert.deepEqual(shape, [5, 6]);
    close(data, matchTemplate(framed(image), template, { imageMask: framed(imageMask) }).data);
  });

  it('writes into out and gives it back', () => {
    const out = { data: new Float32Array(20), shape: [4, 5] };
    const [image, template] = [tensor([5, 6]), tensor([2, 2], 2)];
    assert.equal(matchTemplate(image, template, { out }), out);
    assert.deepEqual(out, matchTemplate(image, template));
    refuses(
      () => matchTemplate(image, template, { out: { data: new Float32Array(4), shape: [2, 2] } }),
      RangeError,
      '[4, 5]',
    );
  });

  it('gives float64 scores of float64 numbers', () => {
    const image = { data: Float64Array.from([1 + 2 ** -40, 1, 1 + 2 ** -41, 1]), shape: [4] };
    const { data } = matchTemplate(image, [2, 1], { dtype: 'float64' });
    assert.ok(data instanceof Float64Array);
    close(data, [1, -1, 1], 1e-12);
  });

  it("of precision 'float32' is near", () => {
    const [image, template] = [tensor([30, 31]), tensor([7, 8], 2)];
    for (const method of methods)
      close(
        matchTemplate(image, template, { method, precision: 'float32' }).data,
        matchTemplate(image, template, { method }).data,
        2e-5,
      );
  });

  it('of several templates gives the same as of each', () => {
    const image = tensor([20, 22]);
    const templates = [tensor([3, 4], 2), tensor([3, 4], 3), tensor([5, 2], 4)];
    for (const method of methods)
      for (const padInput of [false, true]) {
        const maps = matchTemplates(image, templates, { method, padInput });
        templates.forEach((template, i) => {
          assert.deepEqual(maps[i], matchTemplate(image, template, { method, padInput }));
        });
      }
  });

  it('of an image that is flat in large parts does not compute each flat window by its definition', () => {
    const next = uniform(4);
    const shape = [160, 160];
    const image = { data: Float32Array.from({ length: 25600 }, (_, i) => (i < 1000 ? next() : 5)), shape };
    const imageMask = { data: Uint8Array.from({ length: 25600 }, () => Number(next() < 0.9)), shape };
    const template = { data: Float32Array.from({ length: 256 }, next), shape: [16, 16] };
    const begin = process.cpuUsage().user;
    const { data } = matchTemplate(image, template, { imageMask });
    const milliseconds = (process.cpuUsage().user - begin) / 1000;
    assert.ok(data.subarray(145 * 7).every((score) => score === 0));
    assert.ok(data.subarray(0, 145).every((score) => score !== 0));
    // by the definition alone it took 0.9 s
    assert.ok(milliseconds < 400, `${milliseconds} ms`);
  });

  it('of an image without some numbers does not know them', () => {
    const [image, template] = [tensor([10, 12]), tensor([4, 4], 2)];
    const imageMask = { data: new Uint8Array(120).fill(1), shape: [10, 12] };
    close(matchTemplate(image, template, { imageMask }).data, matchTemplate(image, template).data);
    imageMask.data[5 * 12 + 5] = 0;
    const scores = [0, 1e30, Number.NaN].map((hidden) => {
      const other = { data: image.data.slice(), shape: image.shape };
      other.data[5 * 12 + 5] = hidden;
      return matchTemplate(other, template, { imageMask }).data;
    });
    assert.deepEqual(scores[1], scores[0]);
    assert.deepEqual(scores[2], scores[0]);
    // where little is shown the score is 0
    imageMask.data.fill(0, 0, 60);
    const { data } = matchTemplate(image, template, { imageMask, minOverlap: 0.6 });
    assert.ok(data.subarray(0, 9 * 2).every((score) => score === 0));
    assert.ok(data.subarray(9 * 5).every((score) => score !== 0));
  });

  it('does not count channels whose weights are all 0, the first one too', () => {
    const [image, template, weights] = [tensor([9, 8, 3]), tensor([3, 3, 3], 2), tensor([3, 3, 3], 5)];
    const channelAxis = 2;
    for (const unseen of [0, 1, 2]) {
      const data = weights.data.map((w, i) => (i % 3 === unseen ? 0 : Math.abs(w)));
      const mask = { data, shape: weights.shape };
      const others = ({ data, shape }: typeof image) => ({
        data: data.filter((_, i) => i % 3 !== unseen),
        shape: [...shape.slice(0, 2), 2],
      });
      for (const method of methods)
        close(
          matchTemplate(image, template, { method, mask, channelAxis }).data,
          matchTemplate(others(image), others(template), { method, mask: others(mask), channelAxis }).data,
        );
    }
  });

  it('takes a mask of booleans in a tensor', () => {
    const [image, template] = [tensor([6, 7]), tensor([2, 2], 2)];
    const mask = (data: unknown) => ({ mask: { data, shape: [2, 2] } }) as MatchOptions;
    assert.deepEqual(
      matchTemplate(image, template, mask([true, false, true, true])).data,
      matchTemplate(image, template, mask(Float32Array.of(1, 0, 1, 1))).data,
    );
  });

  it('gives the same scores of numbers whose squares are lost', () => {
    const [image, template] = [tensor([12, 11]), tensor([4, 3], 2)];
    const options = { dtype: 'float64' } as const;
    const { data } = matchTemplate(image, template, options);
    for (const factor of [2 ** -530, 2 ** 505]) {
      const other = { data: Float64Array.from(image.data, (x) => x * factor), shape: image.shape };
      close(matchTemplate(other, template, options).data, data);
    }
  });

  it('leaves what it is given as it is', () => {
    const [image, template, mask] = [tensor([9, 8]), tensor([3, 3], 2), tensor([3, 3], 5)];
    mask.data.forEach((w, i) => {
      mask.data[i] = Math.abs(w);
    });
    const copies = [image, template, mask].map(({ data }) => data.slice());
    for (const method of methods) {
      matchTemplate(image, template, { method });
      matchTemplate(image, template, { method, mask });
    }
    assert.deepEqual(
      [image, template, mask].map(({ data }) => data),
      copies,
    );
  });

  it('finds flat windows of a large picture with fractions', () => {
    const data = new Float32Array(100 * 90).fill(Math.fround(200 / 255));
    for (let i = 0; i < 300; i++) data[(i * 7919) % 4000] = i / 255;
    const { data: scores } = matchTemplate({ data, shape: [100, 90] }, tensor([9, 8], 2));
    assert.ok(scores.subarray(60 * 83).every((score) => score === 0));
    assert.ok(scores.subarray(0, 20 * 83).every((score) => score !== 0 && Math.abs(score) <= 1));
  });

  const bad: [
    string,
    typeof RangeError | typeof TypeError,
    MatchOptions | Record<string, unknown>,
    string,
  ][] = [
    ['an unknown option', TypeError, { methd: 'ccorr' }, "unexpected option 'methd'"],
    ['an unknown method', TypeError, { method: 'coeff' }, 'ccoeffNormed'],
    ["a number for OpenCV's method", TypeError, { method: 5 }, 'method must be'],
    ['an unknown dtype', TypeError, { dtype: 'int8' }, 'dtype'],
    ['an unknown precision', TypeError, { precision: 'float16' }, 'precision'],
    ['float32 inside of float64', TypeError, { precision: 'float32', dtype: 'float64' }, 'precision'],
    ['an unknown mode', TypeError, { padInput: true, mode: 'mirrored' }, 'mode'],
    ['a mode without padInput', TypeError, { mode: 'wrap' }, 'padInput'],
    [
      'a constant of another mode',
      TypeError,
      { padInput: true, mode: 'wrap', constantValues: 1 },
      'constantValues',
    ],
    ['minOverlap alone', TypeError, { minOverlap: 0.5 }, 'imageMask'],
    ['minOverlap above 1', RangeError, { imageMask: [1, 1, 1, 1], minOverlap: 1.5 }, 'minOverlap'],
    ['an imageMask with a sum', TypeError, { imageMask: [1, 1, 1, 1], method: 'ccorr' }, "'ccoeffNormed'"],
    ['an imageMask with weights', TypeError, { imageMask: [1, 0.5, 1, 1] }, '0 or 1'],
    ['an imageMask of another size', RangeError, { imageMask: [1, 1] }, '[4]'],
    ['a mask of another size', RangeError, { mask: [1, 1, 1] }, '[2]'],
    ['a mask of nothing', RangeError, { mask: [0, 0] }, 'mask'],
    ['a negative weight', RangeError, { mask: [1, -1] }, 'weights'],
    ['a weight that is none', RangeError, { mask: [1, Number.NaN] }, 'weights'],
    ['a channelAxis that is none', RangeError, { channelAxis: 1 }, 'channelAxis'],
    ['only channels', RangeError, { channelAxis: 0 }, 'axes'],
    ['padInput as a number', TypeError, { padInput: 1 }, 'padInput'],
    ['a constant without padInput', TypeError, { constantValues: 1 }, 'constantValues has no effect'],
    [
      'a constant beside an imageMask',
      TypeError,
      { imageMask: [1, 1, 1, 1], padInput: true, constantValues: 1 },
      'mode and constantValues have no effect',
    ],
    ['a mask inside of float32', TypeError, { mask: [1, 1], precision: 'float32' }, 'does not support masks'],
  ];
  for (const [what, type, options, words] of bad)
    it(`refuses ${what}`, () =>
      refuses(() => matchTemplate([1, 2, 4, 3], [1, 2], options as MatchOptions), type, words));

  it('refuses other shapes', () => {
    refuses(() => matchTemplate(tensor([4, 5]), tensor([3])), RangeError, '[4, 5]', '[3]');
    refuses(() => matchTemplate(tensor([2, 3, 4, 5]), tensor([1, 1, 1, 1])), RangeError, '[2, 3, 4, 5]');
    refuses(
      () => matchTemplate(tensor([4, 5, 3]), tensor([2, 2, 2]), { channelAxis: -1 }),
      RangeError,
      '[2, 2, 2]',
    );
    refuses(() => matchTemplate(tensor([4, 0]), tensor([2, 2])), RangeError, '[4, 0]');
    refuses(() => matchTemplate('picture' as never, [1]), TypeError, 'image');
    refuses(() => matchTemplate({ re: [1], im: [2] } as never, [1]), TypeError, 'complex');
    refuses(() => matchTemplates([1, 2], 3 as never), TypeError, 'templates');
    const out = { data: new Float32Array(1), shape: [1] };
    refuses(() => matchTemplates([1, 2], [[1, 2]], { out } as never), TypeError, 'out', 'several maps');
  });

  it('explains itself', () => {
    const text = matchTemplate.explain([512, 512, 3], [64, 64, 3], { channelAxis: -1, mask: [1] });
    assert.match(text, /scores \[449, 449\]/);
    assert.match(text, /3 for each channel \(9\)/);
    assert.match(matchTemplate.explain([30], [7], { padInput: true }), /scores \[30\]/);
    assert.match(matchTemplate.explain([30], [7], { precision: 'float32' }), /2\^-24/);
    const correlations = (options: MatchOptions) =>
      /correlations *(.*)/.exec(
        matchTemplate.explain([9, 9, 3], [4, 4, 3], { channelAxis: 2, ...options }),
      )?.[1];
    for (const [method, wanted] of [
      ['ccoeff', '1 for each channel (3); 2 if weights are not 0 and 1'],
      ['ccorr', '1'],
      ['sqdiff', '2'],
      ['ccorrNormed', '2'],
      ['sqdiffNormed', '3'],
    ] as const)
      assert.equal(correlations({ method, mask: [1] }), wanted, method);
    assert.match(correlations({ imageMask: [1] })!, /^6 for each channel \(18\)/);
    refuses(() => matchTemplate.explain([3], [7]), RangeError, '[3]', '[7]');
  });
});

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
  });

  it('finds nothing in a map of equal numbers, unless they reach the threshold', () => {
    assert.deepEqual(peakLocalMax([1, 1, 1]), []);
    assert.deepEqual(peakLocalMax([1, 1, 1], { threshold: 1 }), [{ position: [0], score: 1 }]);
  });

  it('refuses what makes no sense', () => {
    refuses(() => peakLocalMax(map, { minDistance: -1 }), RangeError, 'minDistance');
    refuses(() => peakLocalMax(map, { numPeaks: 1.5 }), TypeError, 'numPeaks');
    refuses(() => peakLocalMax(map, { threshold: '1' as never }), TypeError, 'threshold');
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
    assert.equal(findMatches(image, bump, { threshold: 0.9999 }).length, 2);
  });

  it('of those that are near each other gives the best', () => {
    const image = [0, 1, 0, 0.9, 0, 0, 0, 0, 1, 0];
    const at = (minDistance?: number) =>
      findMatches(image, [0, 1, 0], { threshold: 0.5, minDistance }).map(({ position: [place] }) => place);
    assert.deepEqual(at(0), [0, 2, 7]);
    assert.deepEqual(at(1), [0, 2, 7]);
    assert.deepEqual(at(2), [0, 7]);
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
