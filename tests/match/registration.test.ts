// Registration against scikit-image's results: shifts, phases, errors, masked maps and refusals.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crossCorrelateMasked, type PhaseCrossCorrelationOptions, phaseCrossCorrelation } from 'convnd/match';
import { assertNear } from '../helpers/compare.js';
import { readJson, readTensors, type Stored } from '../helpers/fixtures.js';

interface Case {
  id: string;
  fn: string;
  args: {
    upsample_factor?: number;
    normalization?: 'phase' | null;
    overlap_ratio?: number;
    mode?: 'full' | 'same';
  };
  reference_mask?: number[];
  in1: number[];
}

interface Refusal extends Case {
  what: string;
  in2: number[];
  verdict: { stage: string; type?: string; output?: number[] };
}

const { cases, verdicts } = readJson<{ cases: Case[]; verdicts: Refusal[] }>('skimage/cases.json');
const tensors = readTensors('skimage/cases.safetensors');
const of = (fn: string) => cases.filter((entry) => entry.fn === `skimage.${fn}`);
const read = ({ id }: Case, ...names: string[]) => names.map((name) => tensors.get(`${id}/${name}`)!);

/** Σ of the plain cross power at a shift, from the definition: the overlap of the arrays, by transforms of every line one after the other. */
function errorByDefinition(reference: Stored, moving: Stored, shift: readonly number[]): number {
  const { shape } = reference;
  const [a, b] = [transformed(reference), transformed(moving)];
  let [re, im, energyA, energyB] = [0, 0, 0, 0];
  for (let k = 0; k < a.re.length; k++) {
    let turn = 0;
    for (let axis = shape.length - 1, rest = k; axis >= 0; axis--) {
      const n = shape[axis];
      const f = rest % n;
      rest = Math.floor(rest / n);
      turn += ((f < n / 2 ? f : f - n) * shift[axis]) / n;
    }
    const [c, s] = [Math.cos(2 * Math.PI * turn), Math.sin(2 * Math.PI * turn)];
    const [pr, pi] = [a.re[k] * b.re[k] + a.im[k] * b.im[k], a.im[k] * b.re[k] - a.re[k] * b.im[k]];
    re += pr * c - pi * s;
    im += pr * s + pi * c;
    energyA += a.re[k] ** 2 + a.im[k] ** 2;
    energyB += b.re[k] ** 2 + b.im[k] ** 2;
  }
  return Math.sqrt(Math.abs(1 - (re * re + im * im) / (energyA * energyB)));
}

function transformed({ data, shape }: Stored): { re: Float64Array; im: Float64Array } {
  const [re, im] = [Float64Array.from(data), new Float64Array(data.length)];
  let step = data.length;
  for (const n of shape) {
    step /= n;
    for (let first = 0; first < data.length; first++) {
      if (Math.floor(first / step) % n !== 0) continue;
      const line = Array.from({ length: n }, (_, j) => [re[first + j * step], im[first + j * step]]);
      for (let k = 0; k < n; k++) {
        let [sumRe, sumIm] = [0, 0];
        for (const [j, [x, y]] of line.entries()) {
          const angle = (-2 * Math.PI * ((j * k) % n)) / n;
          sumRe += x * Math.cos(angle) - y * Math.sin(angle);
          sumIm += x * Math.sin(angle) + y * Math.cos(angle);
        }
        re[first + k * step] = sumRe;
        im[first + k * step] = sumIm;
      }
    }
  }
  return { re, im };
}

describe("scikit-image's phase_cross_correlation", () => {
  const all = of('registration.phase_cross_correlation');
  it('has 81 cases', () => assert.equal(all.length, 81));

  for (const entry of all.filter(({ reference_mask }) => !reference_mask)) {
    it(entry.id, () => {
      const { upsample_factor: upsampleFactor, normalization } = entry.args;
      const [reference, moving, shift, error, phase] = read(
        entry,
        'reference',
        'moving',
        'shift',
        'error',
        'phasediff',
      );
      const found = phaseCrossCorrelation(reference, moving, { upsampleFactor, normalization });
      assertNear(found.shift, shift.data, 1e-6, 'shift'); // float32 in the file: -2.4 is 1e-7 off
      assertNear([found.phaseDiff], phase.data, 1e-6, 'phase');
      assert.ok(found.score > 0 && found.score <= 1);
      // scikit-image's own error is of what was normalised: about 1 for 'phase'
      if (normalization === null) assertNear([found.error], error.data, 1e-6, 'error');
      assertNear(
        [found.error],
        [errorByDefinition(reference, moving, found.shift)],
        1e-6,
        'error by definition',
      );
    });
  }

  for (const entry of all.filter(({ reference_mask }) => reference_mask)) {
    it(entry.id, () => {
      const [reference, moving, referenceMask, movingMask, shift] = read(
        entry,
        ...['reference', 'moving', 'reference_mask', 'moving_mask', 'shift'],
      );
      const overlapRatio = entry.args.overlap_ratio;
      const found = phaseCrossCorrelation(reference, moving, { referenceMask, movingMask, overlapRatio });
      assert.deepEqual(found.shift, [...shift.data]);
      assert.ok(found.score > 0.5 && found.phaseDiff === 0);
      assertNear([found.error ** 2 + found.score ** 2], [1], 1e-12, 'error');
    });
  }
});

describe('the scale of the arrays', () => {
  const [height, width] = [12, 15];
  const picture = Float64Array.from({ length: height * width }, (_, i) => Math.sin(i * i) + Math.cos(3 * i));
  const moved = picture.map(
    (_, i) => picture[((Math.floor(i / width) + 2) % height) * width + (((i % width) + 4) % width)],
  );
  for (const scale of [2 ** 500, 2 ** 700, 2 ** 1020, 2 ** -600, 2 ** -900])
    it(`is of no effect: ${scale}`, () => {
      const shape = [height, width];
      const scaled = { data: picture.map((x) => x * scale), shape };
      for (const options of [{}, { normalization: null }, { upsampleFactor: 10 }, { disambiguate: true }])
        assert.deepEqual(
          phaseCrossCorrelation(scaled, { data: moved, shape }, options),
          phaseCrossCorrelation({ data: picture, shape }, { data: moved, shape }, options),
        );
    });
});

describe('arrays without any difference', () => {
  it('are not shifted, however fine the search', () => {
    const flat = (value: number) => ({ data: new Float64Array(35).fill(value), shape: [5, 7] });
    for (const upsampleFactor of [1, 10, 100, 1000, 1e6])
      for (const normalization of ['phase', null] as const)
        for (const [a, b] of [
          [0, 0],
          [3, 3],
          [0, 3],
          [0.1, 0.7],
        ]) {
          const { shift } = phaseCrossCorrelation(flat(a), flat(b), { upsampleFactor, normalization });
          assert.deepEqual(shift, [0, 0], `${[upsampleFactor, normalization, a, b]}`);
        }
  });
});

describe('of equal scores', () => {
  it('the one of most elements is taken', () => {
    const periodic = [3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2];
    const referenceMask = periodic.map(() => 1);
    assert.deepEqual(phaseCrossCorrelation(periodic, periodic, { referenceMask }), {
      shift: [0],
      error: 0,
      phaseDiff: 0,
      score: 1,
    });
  });
});

describe("scikit-image's cross_correlate_masked", () => {
  const all = of('cross_correlate_masked');
  it('has 8 cases', () => assert.equal(all.length, 8));

  for (const entry of all) {
    it(entry.id, () => {
      const [in1, in2, mask1, mask2, output] = read(entry, 'in1', 'in2', 'mask1', 'mask2', 'output');
      const { mode, overlap_ratio: overlapRatio } = entry.args;
      const found = crossCorrelateMasked(in1, in2, mask1, mask2, { mode, overlapRatio, dtype: 'float64' });
      assert.deepEqual(found.shape, output.shape);
      // scikit-image's own sums of numbers about 100 are less exact
      assertNear(found.data, output.data, entry.id.endsWith('offset') ? 2e-7 : 7e-8, 'scores');
      const single = crossCorrelateMasked(in1, in2, mask1, mask2, { mode, overlapRatio });
      assert.deepEqual(single.data, Float32Array.from(found.data));
    });
  }
});

describe("scikit-image's refusals", () => {
  const zeros = (shape: number[], value = 0): Stored => ({
    data: new Float32Array(shape.reduce((a, b) => a * b)).fill(value),
    shape,
  });
  const eye = () => ({
    shape: [5, 6],
    data: Float32Array.from({ length: 30 }, (_, i) => (i % 7 === 0 ? 1 : 0)),
  });
  const options: Record<string, unknown> = {
    'unknown space': { space: 'frequency' },
    'unknown normalization': { normalization: 'max' },
    'upsample_factor 0': { upsampleFactor: 0 },
    'a fraction for upsample_factor': { upsampleFactor: 2.5 },
    'mask of another shape': { referenceMask: zeros([5, 5], 1) },
    'different shapes, one mask': { referenceMask: zeros([5, 6], 1) },
    'moving mask only': { movingMask: zeros([5, 6], 1) },
    'mask of nothing': { referenceMask: zeros([5, 6]) },
  };
  const registrations = verdicts.filter(({ fn }) => fn.endsWith('phase_cross_correlation'));
  it('are 10 of registrations', () => assert.equal(registrations.length, 10));

  for (const { what, in1, in2, verdict } of registrations) {
    it(what, () => {
      const [a, b] =
        what === 'different shapes' || what.includes('one mask') ? [zeros(in1), zeros(in2)] : [eye(), eye()];
      if (what === 'NaN in an image') b.data.fill(Number.NaN);
      const call = () => phaseCrossCorrelation(a, b, options[what] as PhaseCrossCorrelationOptions);
      if (verdict.stage === 'ok') assert.deepEqual(call().shift, [0, 0]);
      else assert.throws(call, /phaseCrossCorrelation/);
    });
  }

  it('are here as there for masked maps', () => {
    const [a, b] = [zeros([5, 6]), zeros([3, 3])];
    assert.throws(
      () => crossCorrelateMasked(a, b, null, null, { mode: 'valid' as 'full' }),
      /^TypeError: mode must be 'full' or 'same', but got 'valid'/,
    );
    // scikit-image takes its own default axes, -2 and -1, for axes that do not exist
    const { data, shape } = crossCorrelateMasked(a, b, zeros([5, 6], 1), zeros([3, 3], 1));
    assert.deepEqual([shape, new Set(data)], [[7, 8], new Set([0])]);
  });
});
