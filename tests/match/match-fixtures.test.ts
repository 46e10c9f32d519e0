// matchTemplate against the results and refusals of OpenCV, scikit-image and Octave.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MatchOptions, matchTemplate } from '#src/match.js';
import { readJson, readTensors, type Stored } from '../helpers/fixtures.js';

type Method =
  | 'TM_SQDIFF'
  | 'TM_SQDIFF_NORMED'
  | 'TM_CCORR'
  | 'TM_CCORR_NORMED'
  | 'TM_CCOEFF'
  | 'TM_CCOEFF_NORMED';

interface Verdict {
  id: string;
  fn: string;
  what: string;
  args: Record<string, unknown>;
  in1: number[];
  in2: number[];
  verdict: { stage: string; output?: number[] };
}

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Whether numbers are those that are wanted, in float32. */
function checkNumbers(got: ArrayLike<number>, want: Float32Array, slack: number): void {
  assert.equal(got.length, want.length);
  want.forEach((value, i) => {
    const allowed = 2 ** -23 * Math.abs(value) + slack;
    assert.ok(Math.abs(got[i] - value) <= allowed, `${i}: ${got[i]} instead of ${value}`);
  });
}

describe('matchTemplate and OpenCV', () => {
  interface Row {
    id: string;
    fn: string;
    mask: number[] | null;
    methods: Method[];
    image: number[];
    exact: boolean;
    check: Record<Method, { abs_sum: number }>;
  }
  const { cases, verdicts } = readJson<{ cases: Row[]; verdicts: Verdict[] }>('opencv/cases.json');
  const tensors = readTensors('opencv/cases.safetensors');
  const rows = cases.filter(({ fn }) => fn === 'cv2.matchTemplate');

  it('has 52 inputs', () => assert.equal(rows.length, 52));

  /** Σ M²t² of the template, and Σ M²x² of a window. */
  function norms(id: string, window: number): [number, number] {
    const [image, template, mask] = ['image', 'template', 'mask'].map((name) => tensors.get(`${id}/${name}`));
    const [h, w, channels = 1] = template!.shape;
    const [height, width] = image!.shape;
    const columns = width - w + 1;
    assert.ok(window < (height - h + 1) * columns);
    let [tt, xx] = [0, 0];
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++)
        for (let c = 0; c < channels; c++) {
          const at = (y * w + x) * channels + c;
          const weight = mask ? mask.data[mask.data.length < h * w * channels ? y * w + x : at] : 1;
          const row = Math.floor(window / columns) + y;
          const pixel = image!.data[(row * width + (window % columns) + x) * channels + c];
          tt += (weight * template!.data[at]) ** 2;
          xx += (weight * pixel) ** 2;
        }
    return [tt, xx];
  }

  for (const row of rows) {
    for (const method of row.methods)
      it(`${row.id} ${method}`, () => {
        const [image, template, mask] = ['image', 'template', 'mask'].map((name) =>
          tensors.get(`${row.id}/${name}`),
        ) as Stored[];
        const { data: definition, shape } = tensors.get(`${row.id}/${method}.definition`)!;
        const channelAxis = row.image.length === 3 ? -1 : undefined;
        const got = matchTemplate(image, template, { method, channelAxis, mask });
        assert.deepEqual(got.shape, shape);
        if (row.exact && (method === 'TM_SQDIFF' || method === 'TM_CCORR')) {
          // 0 and -0 alike
          assert.deepEqual(
            got.data.map((x) => x + 0),
            definition.map((x) => x + 0),
          );
          return;
        }
        // 0 / 0 in the formula has a value here
        const want = definition.map((value, i) => {
          if (!Number.isNaN(value)) return value;
          assert.ok(method.endsWith('NORMED'));
          if (method !== 'TM_SQDIFF_NORMED') return 0;
          const [tt, xx] = norms(row.id, i);
          assert.ok(tt === 0 || xx === 0);
          return tt === xx ? 0 : 1;
        });
        checkNumbers(got.data, want, method.endsWith('NORMED') ? 1e-9 : 2 ** -40 * row.check[method].abs_sum);
      });
  }

  /** What OpenCV refuses as its arrays have bytes or float32, two axes and four channels at most, and one failure of it. */
  const more = ['05', '06', '11', '15', '18', '20'];
  /** OpenCV swaps a template that is larger with the image. */
  const less = ['01'];
  const all = verdicts.filter(({ fn }) => fn === 'cv2.matchTemplate');

  it('has 20 verdicts', () => assert.equal(all.length, 20));

  for (const { id, what, args, in1, in2, verdict } of all) {
    const number = id.slice(-2);
    const refused = (verdict.stage !== 'ok' && !more.includes(number)) || less.includes(number);
    it(`${id} ${refused ? 'refuses' : 'computes'}: ${what}`, () => {
      const picture = (
        shape: number[],
        A: typeof Float32Array | typeof Float64Array | typeof Uint8Array,
      ) => ({
        data: Object.assign(new A(product(shape)), []).map((_, i) => (i * 7) % 11),
        shape,
      });
      const [type, other = type] = String(args.dtype ?? 'float32').split(', ');
      const arrays = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array };
      const image = picture(in1, arrays[type as keyof typeof arrays]);
      const template = picture(in2, arrays[other as keyof typeof arrays]);
      const maskShape = Array.isArray(args.mask) ? (args.mask as number[]) : in2;
      const maskType = typeof args.mask === 'string' ? args.mask : 'float32';
      const mask = args.mask ? picture(maskShape, arrays[maskType as keyof typeof arrays]) : undefined;
      const options = {
        method: args.method as Method | undefined,
        mask,
        channelAxis: in1.length > 2 ? -1 : undefined,
      };
      if (refused)
        assert.throws(
          () => matchTemplate(image, template, options),
          (error: Error) => {
            assert.ok(error instanceof RangeError || error instanceof TypeError);
            // both shapes, unless it is a name
            if (number !== '04')
              for (const shape of [in1, in2])
                assert.match(error.message, new RegExp(`\\[${shape.join(', ')}\\]`));
            return true;
          },
        );
      else {
        const got = matchTemplate(image, template, options);
        // a signal has one axis here
        if (verdict.output && in1.length > 1) assert.deepEqual(got.shape, verdict.output);
        assert.ok(got.data.every(Number.isFinite));
      }
    });
  }
});

describe('matchTemplate and scikit-image', () => {
  interface Row {
    id: string;
    fn: string;
    args: {
      pad_input?: boolean;
      mode?: string;
      constant_values?: number;
      mode_?: string;
      overlap_ratio?: number;
    };
  }
  const { cases, verdicts } = readJson<{ cases: Row[]; verdicts: Verdict[] }>('skimage/cases.json');
  const tensors = readTensors('skimage/cases.safetensors');
  const rows = cases.filter(({ fn }) => fn === 'skimage.feature.match_template');

  it('has 43 cases', () => assert.equal(rows.length, 43));

  for (const { id, args } of rows)
    it(id, () => {
      const [image, template, want] = ['image', 'template', 'output'].map(
        (name) => tensors.get(`${id}/${name}`)!,
      );
      const { pad_input: padInput, mode, constant_values: constantValues } = args;
      // NumPy's reflect repeats no edge
      const ours = (mode === 'reflect' ? 'mirror' : mode) as MatchOptions['mode'];
      const options: MatchOptions = { padInput, constantValues, mode: ours };
      const got = matchTemplate(image, template, options);
      assert.deepEqual(got.shape, want.shape);
      checkNumbers(got.data, want.data, 1e-9);
    });

  /** Masked maps of full size; matchTemplate's are the part where the template lies within the image. */
  const masked = cases.filter(({ fn }) => fn === 'skimage.cross_correlate_masked');

  it('has 8 masked maps', () => assert.equal(masked.length, 8));

  for (const { id, args } of masked)
    it(id, () => {
      const [in1, in2, mask1, mask2, want] = ['in1', 'in2', 'mask1', 'mask2', 'output'].map(
        (name) => tensors.get(`${id}/${name}`)!,
      );
      const { overlap_ratio: minOverlap } = args;
      const got = matchTemplate(in1, in2, { imageMask: mask1, mask: mask2, minOverlap });
      const first = want.shape.map((size, axis) => {
        const full = in1.shape[axis] + in2.shape[axis] - 1;
        return in2.shape[axis] - 1 - ((full - size) >> 1);
      });
      const part = Float32Array.from(got.data, (_, i) => {
        let [rest, at, step] = [i, 0, 1];
        for (let axis = want.shape.length - 1; axis >= 0; axis--) {
          at += ((rest % got.shape[axis]) + first[axis]) * step;
          rest = Math.floor(rest / got.shape[axis]);
          step *= want.shape[axis];
        }
        return want.data[at];
      });
      checkNumbers(got.data, part, 1e-9);
    });

  /** scikit-image knows pictures and volumes only, and has no mirror. */
  const more = ['03', '07', '08'];
  const all = verdicts.filter(({ fn }) => fn === 'skimage.match_template');

  it('has 10 verdicts', () => assert.equal(all.length, 10));

  for (const { id, what, args, in1, in2, verdict } of all) {
    const refused = verdict.stage !== 'ok' && !more.includes(id.slice(-2));
    it(`${id} ${refused ? 'refuses' : 'computes'}: ${what}`, () => {
      const tensor = (shape: number[]) => ({ data: new Float32Array(product(shape)).fill(2), shape });
      const options: MatchOptions = args.mode ? { padInput: true, mode: 'mirror' } : {};
      if (refused) assert.throws(() => matchTemplate(tensor(in1), tensor(in2), options), RangeError);
      else {
        const { data, shape } = matchTemplate(tensor(in1), tensor(in2), options);
        if (verdict.output) assert.deepEqual(shape, verdict.output);
        assert.ok(data.every((score) => score === 0));
      }
    });
  }
});

describe("matchTemplate and Octave's normxcorr2", () => {
  interface Row {
    id: string;
    fn: string;
  }
  const { cases } = readJson<{ cases: Row[] }>('xcorr/cases.json');
  const tensors = readTensors('xcorr/cases.safetensors');
  const rows = cases.filter(({ fn }) => fn === 'normxcorr2');

  it('has 8 cases', () => assert.equal(rows.length, 8));

  for (const { id } of rows)
    it(id, () => {
      const [template, image, want] = ['template', 'image', 'output'].map(
        (name) => tensors.get(`${id}/${name}`)!,
      );
      // zeros all around a picture without its mean
      const mean = image.data.reduce((a, b) => a + b, 0) / image.data.length;
      const shape = image.shape.map((size, axis) => size + 2 * (template.shape[axis] - 1));
      const data = new Float64Array(product(shape));
      image.data.forEach((x, i) => {
        let [rest, at, step] = [i, 0, 1];
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          at += ((rest % image.shape[axis]) + template.shape[axis] - 1) * step;
          rest = Math.floor(rest / image.shape[axis]);
          step *= shape[axis];
        }
        data[at] = x - mean;
      });
      const got = matchTemplate({ data, shape }, template, { dtype: 'float64' });
      assert.deepEqual(got.shape, want.shape);
      checkNumbers(got.data, want.data, 1e-9);
    });
});
