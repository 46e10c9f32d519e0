// Sums of signals: every request that can be drawn, against the definition.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { directSums } from '#src/sums/direct/direct.js';
import { outputShape, type SumRequest } from '#src/sums/request.js';
import { type Dtype, type NumberArray, type Samples, zeros } from '#src/sums/samples.js';
import { sums } from '#src/sums/sums.js';
import { NOT_FINITE } from '../helpers/numbers.js';
import {
  type AxisOfReference,
  type BorderOfReference,
  referenceSums,
} from '../reference/signal-reference.js';

const borders: BorderOfReference[] = [
  'nothing',
  'nearest',
  'mirror',
  'symmetric',
  'wrap',
  { constant: 0 },
  { constant: -3 },
];

interface Drawn {
  signal: number[];
  kernel: number[];
  axes: (AxisOfReference | 'each')[];
  border: BorderOfReference;
  dtype: Dtype;
  seed: number;
}

/** An axis with its sizes: [signal, kernel, axis]. */
const axis = (largest: number) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(
        fc.integer({ min: 1, max: largest }),
        fc.integer({ min: 1, max: Math.min(largest, 9) }),
        fc.record({
          first: fc.integer({ min: -12, max: 12 }),
          count: fc.integer({ min: 1, max: largest }),
          direction: fc.constantFrom(1 as const, -1 as const),
          stride: fc.constantFrom(1, 1, 1, 2, 3, 5),
          upsample: fc.constantFrom(1, 1, 1, 2, 3, 4),
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.integer({ min: 1, max: largest }),
        fc.integer({ min: 1, max: 4 }),
        fc.record({
          first: fc.constantFrom(0, -1),
          count: fc.constant(largest),
          direction: fc.constantFrom(1 as const, -1 as const),
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom('both', 'signal', 'kernel'))
        .map(
          ([size, has]) =>
            [has === 'kernel' ? 1 : size, has === 'signal' ? 1 : size, 'each'] as [number, number, 'each'],
        ),
    },
  );

const drawn: fc.Arbitrary<Drawn> = fc
  .integer({ min: 1, max: 4 })
  .chain((rank) =>
    fc.record({
      axes: fc.array(axis([0, 150, 20, 8, 5][rank]), { minLength: rank, maxLength: rank }),
      border: fc.constantFrom(...borders),
      dtype: fc.constantFrom('float32' as const, 'float64' as const),
      seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
    }),
  )
  .map(({ axes, ...rest }) => ({
    ...rest,
    signal: axes.map(([size]) => size),
    kernel: axes.map(([, taps]) => taps),
    axes: axes.map(([, , along]) => along),
  }));

function numbers(shape: number[], dtype: Dtype, next: () => number): Samples {
  const samples = zeros(shape, dtype);
  for (let i = 0; i < samples.data.length; i++) samples.data[i] = next();
  return samples;
}

/** Numbers from 0 to 1 that depend on the seed alone. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const requestOf = ({ axes, border, dtype }: Drawn): SumRequest => ({
  axes,
  border,
  dtype,
  method: 'direct',
  where: () => 'test',
});

/** The same by what prepares something, however few the products are. */
function direct(signal: Samples, kernel: Samples, request: SumRequest): Samples {
  const out = zeros(outputShape(request, signal.shape, kernel.shape), request.dtype);
  out.data.fill(99);
  directSums({ signal, kernel, out }, request);
  return out;
}

const both = [
  ['sums', (signal: Samples, kernel: Samples, request: SumRequest) => sums({ signal, kernel }, request)],
  ['directSums', direct],
] as const;

for (const [name, compute] of both)
  describe(name, () => {
    it('of whole numbers are exact', () => {
      fc.assert(
        fc.property(drawn, (problem) => {
          const next = generator(problem.seed);
          const whole = () => Math.floor(next() * 9) - 4;
          const signal = numbers(problem.signal, problem.dtype, whole);
          const kernel = numbers(problem.kernel, problem.dtype, whole);
          const want = referenceSums(signal, kernel, problem.axes, problem.border);
          const got = compute(signal, kernel, requestOf(problem));
          assert.deepEqual(got.shape, want.shape);
          assert.deepEqual(
            Array.from(got.data, (value) => value + 0),
            want.sums.map(({ value }) => value + 0),
          );
        }),
        { numRuns: 600 },
      );
    });

    it('of any numbers keep the bound', () => {
      fc.assert(
        fc.property(drawn, (problem) => {
          const next = generator(problem.seed);
          const signal = numbers(problem.signal, problem.dtype, () => next() - 0.5);
          const kernel = numbers(problem.kernel, problem.dtype, () => next() - 0.5);
          const want = referenceSums(signal, kernel, problem.axes, problem.border);
          const got = compute(signal, kernel, requestOf(problem));
          // the reference itself rounds in float64
          const unit = problem.dtype === 'float64' ? 2 ** -52 : 2 ** -24;
          want.sums.forEach(({ value, magnitude, terms }, i) => {
            const error = Math.abs(got.data[i] - value);
            assert.ok(error <= unit * (terms + 2) * magnitude, `output ${i}: ${got.data[i]}, want ${value}`);
          });
        }),
        { numRuns: 300 },
      );
    });

    it('have NaN and Infinity where the definition has them', () => {
      fc.assert(
        fc.property(drawn, fc.boolean(), fc.boolean(), (problem, inSignal, inKernel) => {
          const next = generator(problem.seed);
          const whole = () => Math.floor(next() * 9) - 4;
          const signal = numbers(problem.signal, problem.dtype, whole);
          const kernel = numbers(problem.kernel, problem.dtype, whole);
          const spoil = (data: NumberArray) => {
            for (const value of NOT_FINITE) if (next() < 0.6) data[Math.floor(next() * data.length)] = value;
          };
          if (inSignal) spoil(signal.data);
          if (inKernel) spoil(kernel.data);
          const want = referenceSums(signal, kernel, problem.axes, problem.border);
          const got = compute(signal, kernel, requestOf(problem));
          assert.deepEqual(
            Array.from(got.data, (value) => value + 0),
            want.sums.map(({ value }) => value + 0),
          );
        }),
        { numRuns: 600 },
      );
    });
  });
