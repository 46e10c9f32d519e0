// Sums of a signal that is made on its way into a block, (x − centre) · scale, beside those of the same numbers made before: the same,
// bit for bit.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { centring } from '#src/match/centre.js';
import type { AxisSum, SumRequest } from '#src/sums/request.js';
import { type Dtype, type NumberArray, numbersOf } from '#src/sums/samples.js';
import { sums } from '#src/sums/sums.js';
import { product } from '../reference/reference.js';

function filled(count: number, dtype: Dtype, seed: number): NumberArray {
  let state = seed;
  const numbers = numbersOf(count, dtype);
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    numbers[i] = 300 + state / 2 ** 24;
  }
  return numbers;
}

const axis = fc.record({
  size: fc.integer({ min: 1, max: 40 }),
  taps: fc.integer({ min: 1, max: 9 }),
  first: fc.integer({ min: -9, max: 9 }),
  count: fc.integer({ min: 1, max: 40 }),
});
const types = fc.constantFrom<[Dtype, Dtype]>(
  ['float32', 'float32'],
  ['float32', 'float64'],
  ['float64', 'float64'],
);
/** Centres and scales: float32 and a power of two, and not. */
const shifts = fc.constantFrom([299.5, 0.25], [299.7, 0.25], [299.5, 0.3]);

describe('sums of a signal that is made on its way', () => {
  it('are those of its numbers', () => {
    fc.assert(
      fc.property(
        fc.array(axis, { minLength: 1, maxLength: 3 }),
        types,
        shifts,
        fc.nat(),
        (axes, [from, dtype], [centre, scale], seed) => {
          const shape = axes.map(({ size }) => size);
          const taps = axes.map(({ taps }) => taps);
          const numbers = filled(product(shape), from, seed);
          const kernel = { data: filled(product(taps), dtype, seed + 1), shape: taps };
          const data = numbersOf(numbers.length, dtype);
          numbers.forEach((x, i) => {
            data[i] = (x - centre) * scale;
          });
          const request: SumRequest = {
            axes: axes.map(({ first, count }): AxisSum => ({ first, count, direction: 1 })),
            border: 'nothing',
            method: 'fft',
            dtype,
            where: () => 'the test',
          };
          const want = sums({ signal: { data, shape }, kernel }, request);
          const signal = { data, shape, source: { numbers, make: centring(from, dtype, centre, scale) } };
          const out = { data: numbersOf(want.data.length, dtype), shape: want.shape };
          assert.deepEqual(sums({ signal, kernel, out }, request).data, want.data);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('need no numbers but these where whole rows fit into a block', () => {
    const shape = [50, 61];
    const numbers = filled(3050, 'float32', 3);
    const data = Float64Array.from(numbers, (x) => (x - 300) * 2);
    const kernel = { data: filled(91, 'float64', 4), shape: [7, 13] };
    const request: SumRequest = {
      axes: [44, 49].map((count): AxisSum => ({ first: 0, count, direction: 1 })),
      border: 'nothing',
      method: 'fft',
      dtype: 'float64',
      where: () => 'the test',
    };
    const signal = {
      get data(): NumberArray {
        throw new Error('was read');
      },
      shape,
      source: { numbers, make: centring('float32', 'float64', 300, 2) },
    };
    const want = sums({ signal: { data, shape }, kernel }, request);
    assert.deepEqual(sums({ signal, kernel }, request).data, want.data);
  });

  it('are computed directly where numbers are not finite', () => {
    const shape = [64, 64];
    const numbers = filled(4096, 'float32', 5);
    numbers[100] = Number.POSITIVE_INFINITY;
    const data = numbers.map((x) => x - 300);
    const kernel = { data: filled(81, 'float32', 6), shape: [9, 9] };
    const valid: AxisSum = { first: 0, count: 56, direction: 1 };
    const where = () => 'the test';
    const request: SumRequest = {
      axes: [valid, valid],
      border: 'nothing',
      method: 'fft',
      dtype: 'float32',
      where,
    };
    const signal = { data, shape, source: { numbers, make: centring('float32', 'float32', 300, 1) } };
    const want = sums({ signal: { data, shape }, kernel }, request);
    assert.deepEqual(sums({ signal, kernel }, request).data, want.data);
    assert.ok(want.data.some((sum) => sum === Number.POSITIVE_INFINITY));
  });
});
