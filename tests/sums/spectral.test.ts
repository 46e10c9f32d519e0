// Sums through spectra against sums in float64, term by term: every border, direction and rank, in blocks and in one, with what is not
// finite, and of integers.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryUsage, resident } from 'convnd';
import { convolve, fftconvolve } from 'convnd/signal';
import fc from 'fast-check';
import { elementAt } from '#src/sums/borders/border.js';
import type { AxisSum, Border, SumRequest } from '#src/sums/request.js';
import { type Dtype, type Samples, zeros } from '#src/sums/samples.js';
import {
  type OutputRange,
  type SpectralPlan,
  spectralPlan,
  spectralSums,
} from '#src/sums/spectral/spectral.js';
import { assertNear } from '../helpers/compare.js';

/** What a range of outputs should be, in float64, by the definition. */
function eachOutput(
  signal: Samples,
  kernel: Samples,
  { axes, border }: Pick<SumRequest, 'axes' | 'border'>,
  range: OutputRange,
  write: (index: number, value: number) => void,
): void {
  const constant = typeof border === 'object' ? border.constant : undefined;
  const all = axes as readonly AxisSum[];
  const value = (place: readonly number[], axis: number, at: number, k: number): number => {
    if (axis === all.length) {
      if (at >= 0) return kernel.data[k] * signal.data[at];
      return constant === undefined ? 0 : kernel.data[k] * constant;
    }
    const { first, direction } = all[axis];
    let total = 0;
    for (let tap = 0; tap < kernel.shape[axis]; tap++) {
      const element = elementAt(first + place[axis] + direction * tap, signal.shape[axis], border);
      if (element < 0 && border === 'nothing') continue;
      const next = at < 0 || element < 0 ? -1 : at * signal.shape[axis] + element;
      total += value(place, axis + 1, next, k * kernel.shape[axis] + tap);
    }
    return total;
  };
  const walk = (place: number[], index: number): void => {
    const axis = place.length;
    if (axis === all.length) write(index, value(place, 0, 0, 0));
    else
      for (let o = range.first[axis]; o < range.first[axis] + range.count[axis]; o++)
        walk([...place, o], index * all[axis].count + o);
  };
  walk([], 0);
}

/** The plan of a request that has one. */
const planFor = (...request: Parameters<typeof spectralPlan>) => spectralPlan(...request) as SpectralPlan;

interface Computed {
  readonly plan: SpectralPlan;
  readonly out: Samples;
  readonly direct: OutputRange[];
}

/** Computes through spectra; what they leave out by the definition. */
function compute(signal: Samples, kernel: Samples, request: SumRequest): Computed {
  const plan = planFor(request, signal.shape, kernel.shape);
  const out = zeros(
    request.axes.map((axis) => (axis as AxisSum).count),
    request.dtype as Dtype,
  );
  out.data.fill(Number.NaN);
  const direct: OutputRange[] = [];
  spectralSums(plan, { signal, kernel, out }, request, (part) => {
    direct.push(part);
    eachOutput(signal, kernel, request, part, (index, value) => {
      out.data[index] = value;
    });
  });
  return { plan, out, direct };
}

const whole = (request: SumRequest): OutputRange => ({
  first: request.axes.map(() => 0),
  count: request.axes.map((axis) => (axis as AxisSum).count),
});

const norm = (numbers: Iterable<number>): number => {
  let sum = 0;
  for (const number of numbers) sum += number * number;
  return Math.sqrt(sum);
};

/** Compares with the definition, within the promised bound for the norm of the numbers that a block may hold. */
function check(signal: Samples, kernel: Samples, request: SumRequest, isExact = false): Computed {
  const computed = compute(signal, kernel, request);
  const { plan, out } = computed;
  const unit = request.dtype === 'float64' ? 2 ** -53 : 2 ** -24;
  const constant = typeof request.border === 'object' ? request.border.constant : 0;
  // a border repeats the signal as often as it fits into a block
  const { length, rows, planes } = plan.sizes;
  const points = length * rows * planes;
  const repeats = ['nothing'].includes(request.border as string)
    ? 1
    : Math.ceil(points / signal.data.length) + 1;
  const block = Math.sqrt(repeats) * norm(signal.data) + Math.sqrt(points) * Math.abs(constant);
  const bound = isExact ? 0 : unit * plan.logSize * block * norm(kernel.data);
  eachOutput(signal, kernel, request, whole(request), (index, want) => {
    const error = Math.abs(out.data[index] - want);
    assert.ok(
      error <= bound + unit * Math.abs(want) * (isExact ? 0 : 1),
      `output ${index}: ${out.data[index]}, not ${want}`,
    );
  });
  return computed;
}

const borders: Border[] = [
  'nothing',
  'nearest',
  'mirror',
  'symmetric',
  'wrap',
  { constant: 0 },
  { constant: -1.5 },
];

/** Numbers of a sequence, from -1 to 1. */
function numbers(shape: readonly number[], dtype: Dtype, seed: number): Samples {
  const samples = zeros(shape, dtype);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < samples.data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    samples.data[i] = state / 2 ** 31 - 1;
  }
  return samples;
}

function integers(shape: readonly number[], dtype: Dtype, seed: number): Samples {
  const samples = numbers(shape, dtype, seed);
  for (let i = 0; i < samples.data.length; i++) samples.data[i] = Math.round(samples.data[i] * 4) + 0;
  return samples;
}

const axisArbitrary = (most: number) =>
  fc.record({
    size: fc.integer({ min: 1, max: most }),
    taps: fc.integer({ min: 1, max: most }),
    first: fc.integer({ min: -most, max: most }),
    count: fc.integer({ min: 1, max: most }),
    direction: fc.constantFrom(1 as const, -1 as const),
  });

const problem = fc
  .oneof(
    fc.array(axisArbitrary(90), { minLength: 1, maxLength: 1 }),
    fc.array(axisArbitrary(14), { minLength: 2, maxLength: 2 }),
    fc.array(axisArbitrary(6), { minLength: 3, maxLength: 3 }),
  )
  .chain((axes) =>
    fc.record({
      axes: fc.constant(axes),
      border: fc.constantFrom(...borders),
      dtype: fc.constantFrom<Dtype>('float32', 'float64'),
      seed: fc.integer({ min: 1, max: 1e9 }),
    }),
  );

const requestOf = (axes: readonly AxisSum[], border: Border, dtype: Dtype): SumRequest => ({
  axes,
  border,
  method: 'fft',
  dtype,
  where: () => 'a test',
});

describe('sums through spectra', () => {
  it('are those of the definition, within the promised bound', () => {
    fc.assert(
      fc.property(problem, ({ axes, border, dtype, seed }) => {
        const signal = numbers(
          axes.map(({ size }) => size),
          dtype,
          seed,
        );
        const kernel = numbers(
          axes.map(({ taps }) => taps),
          dtype,
          seed + 1,
        );
        check(signal, kernel, requestOf(axes, border, dtype));
      }),
      { numRuns: 400 },
    );
  });

  it('of integers are exact', () => {
    fc.assert(
      fc.property(problem, ({ axes, border, dtype, seed }) => {
        const signal = integers(
          axes.map(({ size }) => size),
          dtype,
          seed,
        );
        const kernel = integers(
          axes.map(({ taps }) => taps),
          dtype,
          seed + 1,
        );
        const even = typeof border === 'object' ? { constant: 2 * border.constant } : border;
        check(signal, kernel, requestOf(axes, even, dtype), true);
      }),
      { numRuns: 300 },
    );
  });

  const large: { name: string; size: number[]; taps: number[]; blocks: boolean }[] = [
    { name: 'many blocks of a row', size: [40000], taps: [70], blocks: true },
    { name: 'many blocks of many rows', size: [700, 5], taps: [7, 5], blocks: true },
    { name: 'blocks of planes', size: [90, 9, 20], taps: [4, 4, 4], blocks: true },
    { name: 'a row of blocks for each row', size: [6, 9000], taps: [1, 50], blocks: true },
    { name: 'one block', size: [5000], taps: [3000], blocks: false },
    { name: 'a block of a multiple of three', size: [1000], taps: [500], blocks: false },
  ];
  for (const { name, size, taps, blocks } of large)
    for (const dtype of ['float32', 'float64'] as const)
      it(`in ${name}, ${dtype}`, () => {
        const axes = size.map((n, i) => ({
          first: -3,
          count: n + 5,
          direction: i % 2 ? (1 as const) : (-1 as const),
          taps: taps[i],
        }));
        for (const border of ['mirror', 'nothing'] as const) {
          const { plan, direct } = check(
            numbers(size, dtype, 7),
            numbers(taps, dtype, 8),
            requestOf(axes, border, dtype),
          );
          assert.equal(
            plan.good.some((good, i) => good < plan.axes[i].count),
            blocks,
          );
          assert.deepEqual(direct, []);
        }
      });

  it('leave zeros around the signal out of a block of everything, wherever its outputs begin', () => {
    for (const [size, taps] of [
      [44, 21],
      [21, 44],
      [34, 31],
      [33, 33],
    ])
      for (let first = -taps; first <= size; first += 3)
        for (const count of [1, 30, size, size + taps - 1])
          for (const direction of [-1, 1] as const)
            check(
              numbers([size], 'float32', 7),
              numbers([taps], 'float32', 8),
              requestOf([{ first, count, direction }], 'nothing', 'float32'),
            );
    const lengthOf = (count: number, first: number, border: Border) =>
      planFor(requestOf([{ first, count, direction: -1 }], border, 'float32'), [44], [21]).sizes.length;
    assert.equal(lengthOf(64, 0, 'nothing'), 64);
    assert.equal(lengthOf(65, 0, 'nothing'), 96);
    assert.equal(lengthOf(44, 10, 'nothing'), 64);
    assert.equal(lengthOf(54, 10, { constant: 0 }), 64);
    assert.equal(lengthOf(64, 0, 'nearest'), 96);
  });

  it('leave outputs to the definition where a block holds what is not finite, and no others', () => {
    const signal = numbers([20000], 'float32', 3);
    const kernel = numbers([64], 'float32', 4);
    const clean = compute(
      signal,
      kernel,
      requestOf([{ first: 0, count: 19937, direction: 1 }], 'nothing', 'float32'),
    );
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 3e38]) {
      const data = signal.data.slice();
      data.fill(value, 9000, 9002);
      const broken = { data, shape: signal.shape };
      const request = requestOf([{ first: 0, count: 19937, direction: 1 }], 'nothing', 'float32');
      const { out, direct, plan } = compute(broken, kernel, request);
      const left = direct.reduce((sum, { count }) => sum + count[0], 0);
      assert.ok(left >= 65 && left <= 3 * plan.good[2], `${left} outputs left`);
      eachOutput(broken, kernel, request, whole(request), (index, want) => {
        const met = index > 9000 - 64 && index <= 9001;
        if (met) assert.equal(out.data[index], Math.fround(want), `output ${index}`);
        else assert.ok(Math.abs(out.data[index] - clean.out.data[index]) < 1e-5, `output ${index}`);
      });
    }
  });

  it('of a kernel that is not finite are all left to the definition', () => {
    const kernel = numbers([9, 9], 'float64', 4);
    kernel.data[40] = Number.NEGATIVE_INFINITY;
    const axis = { first: 0, count: 32, direction: 1 as const };
    const { direct } = compute(
      numbers([40, 40], 'float64', 3),
      kernel,
      requestOf([axis, axis], 'wrap', 'float64'),
    );
    assert.deepEqual(direct, [{ first: [0, 0], count: [32, 32] }]);
  });

  it('notice numbers of a kernel that change', () => {
    const signal = numbers([500], 'float32', 3);
    const kernel = numbers([40], 'float32', 4);
    const request = requestOf([{ first: 0, count: 461, direction: -1 }], 'nothing', 'float32');
    for (let turn = 0; turn < 4; turn++) {
      check(signal, kernel, request);
      kernel.data[turn] += 1;
    }
  });

  it('of independent volumes keep the spectrum of a kernel that they share', () => {
    const volumes = numbers([3, 12, 12, 12], 'float32', 3);
    const kernel = numbers([1, 7, 7, 7], 'float32', 4);
    const before = memoryUsage().live;
    const y = fftconvolve(volumes, kernel, { axes: [1, 2, 3], mode: 'same' });
    assert.ok(memoryUsage().live - before >= 4 * 1.5 * 12 ** 3);
    const size = 12 ** 3;
    for (let at = 0; at < 3; at++) {
      const data = volumes.data.slice(at * size, (at + 1) * size);
      const one = convolve(
        { data, shape: [12, 12, 12] },
        { data: kernel.data, shape: [7, 7, 7] },
        {
          mode: 'same',
          method: 'direct',
        },
      );
      assertNear(y.data.subarray(at * size, (at + 1) * size), one.data, 1e-4, `volume ${at}`);
    }
  });

  it('take resident signals and write resident results', () => {
    const signal = resident(numbers([3000], 'float32', 3));
    const kernel = resident(numbers([90], 'float32', 4));
    const out = resident(numbers([2911], 'float32', 5));
    const request = requestOf([{ first: 0, count: 2911, direction: -1 }], 'nothing', 'float32');
    const plan = planFor(request, signal.shape, kernel.shape);
    spectralSums(plan, { signal, kernel, out }, request, () => assert.fail('nothing is left'));
    const plain = check(numbers([3000], 'float32', 3), numbers([90], 'float32', 4), request);
    assert.deepEqual(out.data.slice(), plain.out.data);
  });

  /** A kernel of zeros, but for a few taps: what it makes of a signal is soon known. */
  const sparse: { size: number[]; taps: number[] }[] = [
    { size: [1700000], taps: [1600000] },
    { size: [1950, 2000], taps: [1700, 1800] },
  ];
  for (const { size, taps } of sparse)
    it(`take a kernel of ${taps.join(' × ')} in parts`, () => {
      const signal = numbers(size, 'float32', 5);
      const kernel = zeros(taps, 'float32');
      const met = Array.from({ length: 9 }, (_, i) => Math.floor(((kernel.data.length - 1) * i) / 8));
      for (const tap of met) kernel.data[tap] = 1 + tap / kernel.data.length;
      const axes = size.map((n, i) => ({ first: 0, count: n - taps[i] + 1, direction: 1 as const }));
      const { plan, out } = compute(signal, kernel, requestOf(axes, 'nothing', 'float32'));
      assert.ok(plan.taps.some((own, i) => own < plan.axes[i].taps));
      const width = taps[taps.length - 1];
      const all = size[size.length - 1];
      const bound = 2 ** -24 * plan.logSize * norm(signal.data) * norm(kernel.data);
      for (let o = 0; o < out.data.length; o += 997) {
        const columns = axes[axes.length - 1].count;
        const at = Math.floor(o / columns) * all + (o % columns);
        let want = 0;
        for (const tap of met)
          want += kernel.data[tap] * signal.data[at + Math.floor(tap / width) * all + (tap % width)];
        assert.ok(Math.abs(out.data[o] - want) <= bound, `output ${o}: ${out.data[o]}, not ${want}`);
      }
    });
});
