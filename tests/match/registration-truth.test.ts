// Registration against what is known by construction or by the definition: shifts, masks, flat areas, periods, scales.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crossCorrelateMasked, phaseCrossCorrelation } from 'convnd/match';
import { assertNear } from '../helpers/compare.js';
import { readJson, readTensors } from '../helpers/fixtures.js';
import { normal, uniform } from '../helpers/numbers.js';
import { sampled } from './sampled.js';

/** A smooth field of waves, known at every real position; periodic along sizes. */
function waves(sizes: readonly number[], seed: number): (position: readonly number[]) => number {
  const next = uniform(seed);
  const parts = Array.from({ length: 40 }, () => ({
    amplitude: next(),
    phase: next() * 2 * Math.PI,
    frequency: sizes.map((n) => Math.round((next() - 0.5) * Math.min(n - 1, 16))),
  }));
  return (position) =>
    parts.reduce(
      (sum, { amplitude, phase, frequency }) =>
        sum +
        amplitude *
          Math.cos(phase + 2 * Math.PI * frequency.reduce((a, f, i) => a + (f * position[i]) / sizes[i], 0)),
      0,
    );
}

describe('phaseCrossCorrelation', () => {
  it('finds the shift of a bright picture of low contrast without normalization', () => {
    const next = uniform(5);
    const numbers = Array.from({ length: 16 * 16 }, () => 1e6 + next());
    const reference = { data: Float64Array.from(numbers), shape: [16, 16] };
    // moved by 3 rows and 2 columns
    const data = Float64Array.from(numbers, (_, i) => {
      const [y, x] = [Math.floor(i / 16), i % 16];
      return numbers[((y + 13) % 16) * 16 + ((x + 14) % 16)];
    });
    for (const upsampleFactor of [1, 20]) {
      const options = { normalization: null, upsampleFactor };
      const { shift } = phaseCrossCorrelation(reference, { data, shape: [16, 16] }, options);
      assert.deepEqual(shift, [-3, -2]);
    }
  });

  it('finds no shift along an axis without differences', () => {
    const profile = (trench: number) =>
      Array.from({ length: 100 }, (_, y) =>
        new Array(10).fill(y < 40 + trench || y >= 60 + trench ? 0.5 : 1),
      );
    for (const normalization of ['phase', null] as const) {
      const options = { normalization, upsampleFactor: 10 };
      const { shift } = phaseCrossCorrelation(profile(0), profile(20), options);
      assert.equal(shift[1], 0, String(normalization));
    }
    const referenceMask = profile(0).map((row) => row.map(() => 1));
    const { shift } = phaseCrossCorrelation(profile(0), profile(20), { referenceMask });
    assert.deepEqual(shift, [-20, 0]);
  });

  it('finds a shift of hundredths in 1-D to 3-D, of any size', () => {
    for (const [shape, moved] of [
      [[101], [-13.37]],
      [[64], [20.01]],
      [
        [60, 77],
        [3.21, -17.68],
      ],
      [
        [12, 13, 17],
        [2.5, -3.25, 0.01],
      ],
      // the longest axis in the middle, or after axes without a shift
      [
        [12, 25, 17],
        [2.5, -3.25, 0.01],
      ],
      [
        [1, 1, 60],
        [0, 0, 20.01],
      ],
    ]) {
      const field = waves(shape, shape.length);
      const reference = sampled(shape, field);
      const moving = sampled(shape, (at) => field(at.map((v, axis) => v - moved[axis])));
      const found = phaseCrossCorrelation(reference, moving, { upsampleFactor: 100, normalization: null });
      assertNear(
        found.shift,
        moved.map((v) => -v),
        1e-9,
        `${shape}`,
      );
      assert.ok(found.error < 1e-12 && found.score > 1 - 1e-12, `${found.error} ${found.score}`);
    }
  });

  it('finds a shift of millionths, and one of thousandths in 3-D, where all parts of an element would fill no memory', () => {
    for (const [shape, moved, upsampleFactor] of [
      [[101], [-13.370001], 1e6],
      [[60, 77], [3.2101, -17.6802], 1e4],
      [[60, 77], [3.210001, -17.680002], 1e6],
      [[12, 13, 17], [2.001, -3.257, 0.5], 1000],
      [[20, 31], [2.3, -1.7], 1001 / 3],
    ] as const) {
      const field = waves(shape, shape.length);
      const reference = sampled([...shape], field);
      const moving = sampled([...shape], (at) => field(at.map((v, axis) => v - moved[axis])));
      const { shift } = phaseCrossCorrelation(reference, moving, { upsampleFactor, normalization: null });
      const nearest = moved.map((v) => -Math.round(v * upsampleFactor) / upsampleFactor);
      // heights of a peak differ by the square of a distance, so those of neighbouring millionths are the same in float64
      assertNear(
        shift,
        nearest,
        upsampleFactor === 1e6 ? 1e-5 : 1e-9,
        `${shape} in parts of ${upsampleFactor}`,
      );
    }
  });

  it('is exact for one picture moved round and round: error 0, score 1', () => {
    const data = normal(31 * 44, 5);
    const reference = { data, shape: [31, 44] };
    const moving = sampled([31, 44], ([y, x]) => data[((y + 3) % 31) * 44 + ((x + 40) % 44)]);
    const found = phaseCrossCorrelation(reference, moving);
    assert.deepEqual(found.shift, [3, -4]);
    assertNear([found.error, found.phaseDiff, found.score], [0, 0, 1], 1e-14, 'error, phase, score');
    const negative = { ...moving, data: moving.data.map((v) => -v) };
    const opposite = phaseCrossCorrelation(reference, negative);
    assert.deepEqual(opposite.shift, [3, -4]);
    assertNear([Math.abs(opposite.phaseDiff), opposite.error], [Math.PI, 0], 1e-14, 'of the negative');
  });

  it('does not depend on the brightness or the contrast of either picture', () => {
    const field = waves([40, 50], 9);
    const noise = normal(2000, 2);
    const other = normal(2000, 3);
    const reference = sampled([40, 50], ([y, x]) => field([y, x]) + 0.2 * other[y * 50 + x]);
    const moving = sampled([40, 50], ([y, x]) => field([y - 2.3, x + 4.6]) + 0.2 * noise[y * 50 + x]);
    const found = phaseCrossCorrelation(reference, moving, { upsampleFactor: 10 });
    const scaled = (scale: number, more: number) => ({
      ...moving,
      data: moving.data.map((v) => scale * v + more),
    });
    for (const [scale, more] of [
      [1e-9, 0],
      [1e9, 0],
      [1, 1e4],
      [1e-4, 7],
    ]) {
      const again = phaseCrossCorrelation(reference, scaled(scale, more), { upsampleFactor: 10 });
      assert.deepEqual(again.shift, found.shift, `${scale} ${more}`);
      assertNear([again.score], [found.score], 2e-3, `${scale} ${more}`);
    }
  });

  it('says which period it was with disambiguate', () => {
    const noise = normal(140 * 140, 4);
    const picture = (y: number, x: number): number => {
      if (!Number.isInteger(y)) return (picture(Math.floor(y), x) + picture(Math.ceil(y), x)) / 2;
      if (!Number.isInteger(x)) return (picture(y, Math.floor(x)) + picture(y, Math.ceil(x))) / 2;
      return noise[140 * y + x];
    };
    for (const [dy, dx] of [
      [7, -30],
      [-25, 26],
      [0, 33],
      [-31, 0],
      [4.5, 29.5],
    ]) {
      const reference = sampled([48, 50], ([y, x]) => picture(y + 45, x + 45));
      const moving = sampled([48, 50], ([y, x]) => picture(y + 45 - dy, x + 45 - dx));
      const { shift } = phaseCrossCorrelation(reference, moving, { disambiguate: true, upsampleFactor: 2 });
      assert.deepEqual(shift, [0 - dy, 0 - dx]);
      const periodic = phaseCrossCorrelation(reference, moving, { upsampleFactor: 2 }).shift;
      const halves = periodic.map((part, axis) => Math.abs(part) <= [24, 25][axis]);
      assert.deepEqual(halves, [true, true]);
    }
  });

  it('tells where a smaller picture lies, with masks', () => {
    const field = normal(40 * 50, 8);
    const large = { data: field, shape: [40, 50] };
    for (const [y0, x0] of [
      [5, 9],
      [0, 0],
      [22, 33],
      [-4, 6],
      [30, -3],
    ]) {
      const inside = ([y, x]: number[]) => y + y0 >= 0 && y + y0 < 40 && x + x0 >= 0 && x + x0 < 50;
      const small = sampled([17, 14], (at) =>
        inside(at) ? field[(at[0] + y0) * 50 + at[1] + x0] : Number.NaN,
      );
      const found = phaseCrossCorrelation(large, small, {
        referenceMask: { data: new Uint8Array(2000).fill(1), shape: [40, 50] },
        movingMask: sampled([17, 14], (at) => Number(inside(at))),
      });
      assert.deepEqual(found.shift, [y0, x0]);
      assertNear([found.score, found.error], [1, 0], 1e-7, 'score, error');
    }
  });

  it('gives 0 for flat pictures, and never NaN', () => {
    const flat = (value: number) => ({ data: new Float64Array(30).fill(value), shape: [5, 6] });
    const other = { data: normal(30, 1), shape: [5, 6] };
    for (const [a, b] of [
      [flat(0), flat(0)],
      [flat(3), flat(3)],
      [flat(0.1), other],
      [other, flat(0)],
    ]) {
      for (const upsampleFactor of [1, 10]) {
        for (const normalization of ['phase', null] as const) {
          const found = phaseCrossCorrelation(a, b, { upsampleFactor, normalization, disambiguate: true });
          const numbers = [...found.shift, found.error, found.phaseDiff, found.score];
          assert.ok(numbers.every(Number.isFinite), JSON.stringify(found));
        }
      }
    }
    assert.deepEqual(phaseCrossCorrelation(flat(0), flat(0)), {
      shift: [0, 0],
      error: 1,
      phaseDiff: 0,
      score: 0,
    });
  });

  it('gives shift 0 for a flat picture beside another, whose spectrum is only rounding errors', () => {
    for (const count of [37, 77, 200]) {
      const flat = new Float64Array(count).fill(3);
      for (const [a, b] of [
        [flat, normal(count, 5)],
        [normal(count, 6), flat],
      ]) {
        const { shift, score } = phaseCrossCorrelation(a, b);
        assert.deepEqual(shift, [0]);
        assertNear([score], [1 / count], 1e-12, 'only the mean correlates');
        assert.deepEqual(phaseCrossCorrelation(a, b, { upsampleFactor: 10 }).shift, [0]);
      }
    }
  });

  it('finds shifts of numbers whose squares overflow or underflow', () => {
    const numbers = Float64Array.from({ length: 40 }, uniform(8)).map((x) => 2 * x - 1);
    for (const scale of [Number.MAX_VALUE, 1e300, 1e-300, 1e-310]) {
      const reference = numbers.map((x) => x * scale);
      const moving = reference.map((_, i) => reference[(i + 35) % 40]);
      for (const upsampleFactor of [1, 4])
        for (const normalization of ['phase', null] as const) {
          const found = phaseCrossCorrelation(reference, moving, { upsampleFactor, normalization });
          assert.deepEqual(found.shift, [-5], `${scale}`);
          assertNear([found.score, found.error, found.phaseDiff], [1, 0, 0], 1e-14, `${scale}`);
        }
    }
  });

  it('refuses in words', () => {
    const x = [1, 2, 3];
    const ones = [true, true, true];
    const wrong: [() => unknown, new (message: string) => Error, RegExp][] = [
      [() => phaseCrossCorrelation(x, [1, 2]), RangeError, /same shape .*reference \[3\], moving \[2\]/],
      [() => phaseCrossCorrelation([], []), RangeError, /must not be empty/],
      [() => phaseCrossCorrelation(3, 4), RangeError, /axes, at least one/],
      [() => phaseCrossCorrelation(x, [1, Infinity, 3]), RangeError, /moving has Infinity at element 1/],
      [
        () => phaseCrossCorrelation(x, x, { upsampleFactor: '2' as never }),
        TypeError,
        /upsampleFactor must be a number/,
      ],
      [
        () => phaseCrossCorrelation(x, x, { upsampleFactor: 0.5 }),
        RangeError,
        /from 1 to 1000000, but got 0.5/,
      ],
      [
        () => phaseCrossCorrelation(x, x, { disambiguate: 1 as never }),
        TypeError,
        /disambiguate must be a boolean/,
      ],
      [() => phaseCrossCorrelation(x, x, { overlapRatio: 0.5 }), RangeError, /requires masks/],
      [
        () => phaseCrossCorrelation(x, x, { referenceMask: ones, upsampleFactor: 10 }),
        RangeError,
        /not supported with masks/,
      ],
      [
        () => phaseCrossCorrelation(x, x, { referenceMask: ones, overlapRatio: 2 }),
        RangeError,
        /from 0 to 1, but got 2/,
      ],
      [
        () => phaseCrossCorrelation(x, x, { upsample_factor: 10 } as never),
        TypeError,
        /unexpected option 'upsample_factor'/,
      ],
      [() => crossCorrelateMasked(x, [[1]], null, null), RangeError, /same number of axes/],
      [() => crossCorrelateMasked(x, x, [1, 1], null), RangeError, /mask1 must have the shape of in1, \[3\]/],
      [
        () => crossCorrelateMasked(x, x, null, null, { dtype: 'int8' as never }),
        TypeError,
        /'float32' or 'float64'/,
      ],
    ];
    for (const [call, kind, words] of wrong) {
      assert.throws(call, (error: Error) => error instanceof kind && words.test(error.message));
    }
  });
});

describe('two recordings of one reading', () => {
  const { cases } = readJson<{ cases: { id: string; expected: { lag: number } }[] }>('recordings/cases.json');
  const tensors = readTensors('recordings/cases.safetensors');

  it('are aligned by the sum over what both have', () => {
    const [first, second] = ['first', 'second'].map((name) => tensors.get(`recorders/${name}`)!);
    const ones = (n: number) => ({ data: new Uint8Array(n).fill(1), shape: [n] });
    const found = phaseCrossCorrelation(first, second, {
      referenceMask: ones(first.data.length),
      movingMask: ones(second.data.length),
    });
    // the second one's first sample is the first one's sample 5200
    assert.deepEqual(found.shift, [cases.find(({ id }) => id === 'recorders')!.expected.lag]);
    assert.ok(found.score > 0.6);
  });
});
