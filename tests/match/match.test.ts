// matchTemplate of convnd/match: its methods, options, masks and refusals.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MatchOptions, matchTemplate, matchTemplates } from '#src/match.js';
import { uniform } from '../helpers/numbers.js';
import { channelsLast, close, methods, refuses, tensor } from './match-data.js';

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
    // scores would overwrite weights that later ones need
    const weights = { data: new Float32Array(4).fill(1), shape: [2, 2] };
    const shared = 'out: shares memory with an input';
    const [image, small, one] = [tensor([3, 3]), tensor([2, 2]), tensor([1, 1])];
    refuses(() => matchTemplate(image, small, { mask: weights, out: weights }), RangeError, shared);
    refuses(() => matchTemplate(small, one, { imageMask: weights, out: weights }), RangeError, shared);
    const out = { data: new Float32Array(1), shape: [1] };
    refuses(() => matchTemplates([1, 2], [[1, 2]], { out } as never), TypeError, 'out', 'matchTemplate only');
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
