// OpenCV's filter2D and sepFilter2D: its results, its verdicts, and where convnd goes beyond them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Filter2dOptions, filter2d, sepFilter2d } from 'convnd/match';
import { assertSame } from '../helpers/compare.js';
import { readJson, readTensors, type Verdict } from '../helpers/fixtures.js';
import { refused } from '../helpers/refusal.js';
import { product } from '../reference/reference.js';

interface FilterCase {
  id: string;
  fn: string;
  args: { borderType?: Filter2dOptions['border']; anchor?: [number, number]; delta?: number };
  image: number[];
  exact: boolean;
  check: { output: { terms: number; abs_sum: number } };
}

interface VerdictCase {
  id: string;
  fn: string;
  what: string;
  args: FilterCase['args'];
  in1: number[];
  in2: number[];
  verdict: Verdict;
}

const all = readJson<{ cases: FilterCase[]; verdicts: VerdictCase[] }>('opencv/cases.json');
const isFilter = ({ fn }: { fn: string }) => /^cv2\.(filter2D|sepFilter2D)$/.test(fn);
const cases = all.cases.filter(isFilter);
const verdicts = all.verdicts.filter(isFilter);
const tensors = readTensors('opencv/cases.safetensors');

const optionsOf = ({ borderType, anchor, delta }: FilterCase['args'], image: number[]) => ({
  border: borderType,
  anchor,
  delta,
  ...(image.length === 3 && { channelAxis: -1 }),
});

describe("OpenCV's filters", () => {
  it('are 60', () => assert.equal(cases.length, 60));

  for (const { id, fn, args, image, exact, check } of cases)
    it(id, () => {
      const stored = (name: string) => tensors.get(`${id}/${name}`)!;
      const run = <D extends 'float32' | 'float64'>(more: Filter2dOptions<D>) => {
        const options = { ...optionsOf(args, image), ...more };
        return fn === 'cv2.filter2D'
          ? filter2d(stored('image'), stored('kernel'), options)
          : sepFilter2d(stored('image'), stored('kernelX'), stored('kernelY'), options);
      };
      const want = stored('output').data;
      const { terms, abs_sum } = check.output;
      const out = { data: new Float32Array(want.length), shape: image };
      assert.equal(run({ out }), out);
      for (const { data, shape } of [run({}), run({ dtype: 'float64' }), out]) {
        assert.deepEqual(shape, image);
        if (exact) assertSame(data, want, id);
        else
          for (let i = 0; i < want.length; i++)
            assert.ok(Math.abs(data[i] - want[i]) <= 2 ** -24 * abs_sum * (terms + 2), `${id}: ${i}`);
      }
    });
});

/** What is refused, and in which words; what is not here is taken. */
const sentences: Record<string, RegExp> = {
  BORDER_TRANSPARENT: /^border must be .*but got 'BORDER_TRANSPARENT'/,
  'anchor outside the kernel': /^anchor must lie inside the kernel of width 3, height 3, but got \[3,0\]/,
  'empty kernel': /^kernel is empty/,
  'empty image': /^image is empty/,
};

describe("OpenCV's verdicts on filters", () => {
  it('are 7', () => assert.equal(verdicts.length, 7));

  for (const { id, fn, what, args, in1, in2, verdict } of verdicts) {
    const zeros = (shape: number[]) => ({ data: new Float32Array(product(shape)), shape });
    const attempt = () =>
      fn === 'cv2.filter2D'
        ? filter2d(zeros(in1), zeros(in2), optionsOf(args, in1))
        : sepFilter2d(zeros(in1), zeros([in2[0]]), zeros([in2[1]]), optionsOf(args, in1));
    // OpenCV refuses to wrap for no reason of arithmetic
    const taken = verdict.stage === 'ok' || what === 'BORDER_WRAP';
    it(`${id}: ${what} is ${taken ? 'taken' : 'refused'}`, () => {
      if (taken) assert.deepEqual(attempt().shape, in1);
      else refused(attempt, sentences[what], what);
    });
  }
});

describe('filter2d', () => {
  const picture = { data: Float32Array.from({ length: 20 }, (_, i) => (i * 7) % 11), shape: [4, 5] };

  it('wraps', () => {
    const { data } = filter2d(picture, [[0, 0, 0, 0, 1]], { border: 'wrap', anchor: [0, 0] });
    const want = picture.data.map((_, i) => picture.data[i - (i % 5) + ((i + 4) % 5)]);
    assertSame(data, want, 'the element four to the right');
  });

  it('has the same borders in short and in OpenCV’s spelling', () => {
    const kernel = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ];
    for (const [short, long] of [
      ['constant', 'BORDER_CONSTANT'],
      ['replicate', 'BORDER_REPLICATE'],
      ['symmetric', 'BORDER_REFLECT'],
      ['reflect101', 'BORDER_REFLECT_101'],
      ['reflect101', 'BORDER_DEFAULT'],
      ['wrap', 'BORDER_WRAP'],
    ] as const)
      assertSame(
        filter2d(picture, kernel, { border: short }).data,
        filter2d(picture, kernel, { border: long }).data,
        long,
      );
  });

  it('filters each channel, wherever their axis is', () => {
    const kernel = [
      [1, -2],
      [3, 5],
      [0, 2],
    ];
    const planes = [0, 1, 2].map((c) => picture.data.map((value, i) => value * (c + 1) - (i % (c + 2))));
    const want = planes.map((data) => filter2d({ data, shape: [4, 5] }, kernel).data);
    const first = { data: Float32Array.from(planes.flatMap((plane) => [...plane])), shape: [3, 4, 5] };
    const last = {
      data: Float32Array.from({ length: 60 }, (_, i) => planes[i % 3][Math.floor(i / 3)]),
      shape: [4, 5, 3],
    };
    assertSame(
      filter2d(first, kernel, { channelAxis: 0 }).data,
      want.flatMap((plane) => [...plane]),
      'channels first',
    );
    assertSame(
      filter2d(last, kernel, { channelAxis: -1 }).data,
      Float32Array.from({ length: 60 }, (_, i) => want[i % 3][Math.floor(i / 3)]),
      'channels last',
    );
  });

  it('refuses what it can’t know', () => {
    const kernel = [[1]];
    const bad = (call: () => unknown, message: RegExp) => refused(call, message, String(message));
    bad(() => filter2d(picture, kernel, { border: 'reflect' as 'wrap' }), /^border 'reflect' is two things/);
    bad(() => filter2d(picture, [1, 2]), /^kernel must be \[height, width\], but has 1 axes/);
    bad(
      () => filter2d([1, 2, 3], kernel),
      /^image must be \[height, width\], or give its channels by channelAxis/,
    );
    bad(() => filter2d([[[1]]], kernel), /channelAxis.* but has 3 axes \[filter2d of image \[1, 1, 1\]\]/);
    bad(() => filter2d([1, 2], kernel, { channelAxis: 0 }), /beside channelAxis 0, but has 1 axes/);
    bad(() => filter2d(picture, kernel, { channelAxis: 2 }), /^channelAxis must be from -2 to 1/);
    bad(() => filter2d(picture, kernel, { anchor: [0, -2] }), /^anchor must lie inside/);
    bad(() => filter2d(picture, kernel, { anchor: [0] as unknown as [0, 0] }), /^anchor must be \[x, y\]/);
    bad(() => filter2d(picture, kernel, { ddepth: -1 } as object), /^unexpected option 'ddepth'/);
    bad(() => filter2d(picture, kernel, { delta: '1' as unknown as number }), /^delta must be a number/);
    bad(() => filter2d(picture, kernel, { delta: Number.NaN }), /^delta must be finite, but got NaN/);
    bad(() => filter2d(picture, kernel, { out: { ...picture } }), /^out: shares memory with an input/);
    bad(
      () =>
        sepFilter2d(
          picture,
          [
            [1, 2],
            [3, 4],
          ],
          [1],
        ),
      /^kernelX must be a list of numbers, but has shape \[2, 2\]/,
    );
    bad(() => sepFilter2d(picture, [1], []), /^kernelY is empty/);
  });
});
