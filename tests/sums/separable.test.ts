// Kernels that are a product of a factor for each axis: sums along one axis after another, and how such kernels are recognised.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { directSums } from '#src/sums/direct/direct.js';
import { factorsOf } from '#src/sums/direct/separable.js';
import { type Border, outputShape, type SumRequest } from '#src/sums/request.js';
import { type Dtype, type Samples, zeros } from '#src/sums/samples.js';
import { uniform as generator, NOT_FINITE } from '../helpers/numbers.js';
import { referenceSums } from '../reference/signal-reference.js';
import { filled } from './filled.js';

const where = () => 'test';

/** The product of a factor for each axis. */
function productOf(factors: readonly (readonly number[])[], dtype: Dtype): Samples {
  let products = [1];
  for (const factor of factors)
    products = products.flatMap((product) => factor.map((value) => product * value));
  const kernel = zeros(
    factors.map(({ length }) => length),
    dtype,
  );
  kernel.data.set(products);
  return kernel;
}

const borders: Border[] = ['nothing', 'nearest', 'mirror', 'symmetric', 'wrap', { constant: -2 }];

const factor = (least: number, most: number) =>
  fc.array(fc.integer({ min: -3, max: 3 }), { minLength: least, maxLength: most });

/** Two or three axes, some of one tap, with a kernel that is a product. */
const separable = fc.integer({ min: 2, max: 3 }).chain((rank) =>
  fc.record({
    factors: fc.array(
      fc.oneof({ weight: 4, arbitrary: factor(3, 7) }, { weight: 1, arbitrary: factor(1, 2) }),
      {
        minLength: rank,
        maxLength: rank,
      },
    ),
    sizes: fc.array(fc.integer({ min: 1, max: rank === 2 ? 40 : 14 }), { minLength: rank, maxLength: rank }),
    axes: fc.array(
      fc.record({
        first: fc.integer({ min: -8, max: 4 }),
        count: fc.integer({ min: 1, max: rank === 2 ? 90 : 20 }),
        direction: fc.constantFrom(1 as const, -1 as const),
        stride: fc.constantFrom(1, 1, 1, 2, 3),
        upsample: fc.constantFrom(1, 1, 1, 2),
      }),
      { minLength: rank, maxLength: rank },
    ),
    border: fc.constantFrom(...borders),
    dtype: fc.constantFrom('float32' as const, 'float64' as const),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
  }),
);

/** Sums along one axis after another, whatever the estimate says; undefined for kernels without factors. */
function inPasses(signal: Samples, kernel: Samples, request: SumRequest): Samples | undefined {
  const factors = factorsOf(kernel, request);
  if (!factors) return undefined;
  const out = zeros(outputShape(request, signal.shape, kernel.shape), request.dtype);
  out.data.fill(99);
  directSums({ signal, kernel, out }, request, factors);
  return out;
}

describe('a kernel that is a product of factors', () => {
  it('gives the same whole numbers in passes', () => {
    let taken = 0;
    fc.assert(
      fc.property(separable, ({ factors, sizes, axes, border, dtype, seed }) => {
        const next = generator(seed);
        const signal = filled(sizes, dtype, () => Math.floor(next() * 9) - 4);
        const kernel = productOf(factors, dtype);
        const got = inPasses(signal, kernel, { axes, border, dtype, method: 'direct', where });
        if (!got) return;
        taken++;
        const want = referenceSums(signal, kernel, axes, border);
        assert.deepEqual(
          Array.from(got.data, (value) => value + 0),
          want.sums.map(({ value }) => value + 0),
        );
      }),
      { numRuns: 400 },
    );
    assert.ok(taken > 200, `${taken} kernels had factors`);
  });

  it('keeps the bound of direct sums', () => {
    let taken = 0;
    fc.assert(
      fc.property(separable, ({ factors, sizes, axes, border, dtype, seed }) => {
        const next = generator(seed);
        const signal = filled(sizes, dtype, () => next() - 0.5);
        const kernel = productOf(
          factors.map((list) => list.map(() => next() + 0.05)),
          dtype,
        );
        const got = inPasses(signal, kernel, { axes, border, dtype, method: 'direct', where });
        if (!got) return;
        taken++;
        const unit = dtype === 'float64' ? 2 ** -52 : 2 ** -24;
        referenceSums(signal, kernel, axes, border).sums.forEach(({ value, magnitude, terms }, i) => {
          // where little of the kernel meets anything there are fewer terms than roundings
          const count = Math.max(terms, factors.flat().length + factors.length);
          assert.ok(Math.abs(got.data[i] - value) <= unit * (count + 2) * magnitude);
        });
      }),
      { numRuns: 300 },
    );
    assert.ok(taken > 100, `${taken} kernels had factors`);
  });

  it('has NaN and Infinity of the signal where the definition has them', () => {
    fc.assert(
      fc.property(separable, ({ factors, sizes, axes, border, dtype, seed }) => {
        const next = generator(seed);
        const signal = filled(sizes, dtype, () => Math.floor(next() * 9) - 4);
        for (const value of NOT_FINITE)
          if (next() < 0.6) signal.data[Math.floor(next() * signal.data.length)] = value;
        const kernel = productOf(factors, dtype);
        const got = inPasses(signal, kernel, { axes, border, dtype, method: 'direct', where });
        if (!got) return;
        assert.deepEqual(
          Array.from(got.data, (value) => value + 0),
          referenceSums(signal, kernel, axes, border).sums.map(({ value }) => value + 0),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('is recognised, and others are not', () => {
    const along = { first: 0, count: 9, direction: 1 } as const;
    const request = { axes: [along, along], dtype: 'float32' as const };
    const kernel = (values: number[]) => ({ data: Float32Array.from(values), shape: [3, 3] });
    assert.ok(factorsOf(kernel([1, 2, 1, 2, 4, 2, 1, 2, 1]), request));
    assert.ok(factorsOf(kernel([-1, 0, 1, -2, 0, 2, -1, 0, 1]), request), 'sobel');
    assert.equal(factorsOf(kernel([0, 1, 0, 1, -4, 1, 0, 1, 0]), request), undefined, 'laplace');
    assert.equal(factorsOf(kernel([1, 2, 1, 2, 4, 2, 1, 2, 1.000001]), request), undefined, 'nearly');
    assert.equal(factorsOf(kernel([1, 2, 1, 2, Number.NaN, 2, 1, 2, 1]), request), undefined, 'NaN');
    assert.equal(factorsOf(kernel([0, 0, 0, 0, 0, 0, 0, 0, 0]), request), undefined, 'zeros');
    const far = factorsOf(kernel([1e-30, 1, 1e-30, 1, 1e30, 1, 1e-30, 1, 1e-30]), request);
    assert.equal(far, undefined, 'magnitudes far apart');
  });
});
