// Sums of all windows against sums one by one: shapes of every rank, along any axes, float32 and float64; integers exact, others within
// the bound, and nothing outside of a window has a part in it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resident } from 'convnd';
import fc from 'fast-check';
import { windowSums } from '#src/sums/window-sums.js';
import { assertSame } from '../helpers/compare.js';
import { product } from '../reference/reference.js';

/** Every position of a shape, the last axis fastest. */
function positions(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, size) => all.flatMap((at) => Array.from({ length: size }, (_, i) => [...at, i])),
    [[]],
  );
}

/** The numbers of every window. */
function windows(data: ArrayLike<number>, shape: readonly number[], sizes: readonly number[]): number[][] {
  const inside = positions(sizes);
  const place = (at: readonly number[]) => at.reduce((sum, i, axis) => sum * shape[axis] + i, 0);
  return positions(shape.map((size, axis) => size - sizes[axis] + 1)).map((corner) =>
    inside.map((at) => data[place(at.map((i, axis) => i + corner[axis]))]),
  );
}

const total = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Whole numbers from -8 to 8, of a seed. */
function integers(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return ((state >>> 16) % 17) - 8;
  });
}

const axis = fc
  .integer({ min: 1, max: 40 })
  .chain((size) => fc.tuple(fc.constant(size), fc.oneof(fc.constant(1), fc.integer({ min: 1, max: size }))));

describe('the sums of all windows', () => {
  it('are those of the numbers one by one, along any axes', () => {
    fc.assert(
      fc.property(
        fc
          .array(axis, { minLength: 0, maxLength: 4 })
          .filter((axes) => product(axes.map(([size, length]) => size * Math.min(length, 6))) < 60000),
        fc.nat(),
        (axes, seed) => {
          const [shape, sizes] = [axes.map(([size]) => size), axes.map(([, length]) => length)];
          const data = integers(product(shape), seed);
          const want = windows(data, shape, sizes).map(total);
          for (const numbers of [Float32Array.from(data), Float64Array.from(data)]) {
            const got = windowSums({ data: numbers, shape }, sizes);
            assert.deepEqual(
              got.shape,
              shape.map((size, i) => size - sizes[i] + 1),
            );
            assertSame(got.data, want, `windows of ${sizes} in ${shape}`);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  for (const [shape, sizes] of [
    [[1000], [7]],
    [[1000], [249]],
    [[1003], [250]],
    [
      [3, 500],
      [1, 9],
    ],
    [
      [100, 50],
      [32, 1],
    ],
    [
      [67, 70],
      [33, 32],
    ],
    [
      [6, 40, 50],
      [3, 5, 4],
    ],
    [
      [2, 3, 40, 21],
      [1, 1, 35, 4],
    ],
    [
      [40, 40, 3],
      [9, 8, 1],
    ],
    [
      [5, 6, 7, 8],
      [2, 1, 3, 1],
    ],
  ])
    it(`of ${sizes} in ${shape} are exact for integers, in plain arrays and in residents`, () => {
      const data = integers(product(shape), 7);
      const want = windows(data, shape, sizes).map(total);
      assertSame(windowSums({ data: Float32Array.from(data), shape }, sizes).data, want, 'float32');
      assertSame(windowSums({ data: Float64Array.from(data), shape }, sizes).data, want, 'float64');
      const tensor = resident({ data: Float32Array.from(data), shape });
      assertSame(windowSums(tensor, sizes).data, want, 'resident');
      tensor.dispose();
    });

  it('of small numbers beside large ones have their own error', () => {
    const shape = [40, 60];
    const data = Float64Array.from({ length: 2400 }, (_, i) => (i % 60 < 30 ? 1e12 : 1) * Math.sin(i));
    const sizes = [5, 7];
    const got = windowSums({ data, shape }, sizes);
    for (const [i, numbers] of windows(data, shape, sizes).entries()) {
      const magnitude = total(numbers.map(Math.abs));
      const error = Math.abs(got.data[i] - total(numbers));
      assert.ok(error <= 2 * 35 * 2 ** -53 * magnitude, `${i}: ${error} of ${magnitude}`);
    }
  });

  it('keep NaN and the infinities within their windows', () => {
    const shape = [21, 23];
    const data = Float32Array.from(integers(21 * 23, 3));
    data[5 * 23 + 6] = Number.NaN;
    data[12 * 23 + 15] = Number.POSITIVE_INFINITY;
    data[18 * 23 + 2] = Number.NEGATIVE_INFINITY;
    const sizes = [4, 5];
    assertSame(windowSums({ data, shape }, sizes).data, windows(data, shape, sizes).map(total), 'not finite');
  });

  it('are refused for windows that do not fit', () => {
    for (const sizes of [[3, 5], [0, 1], [2], [1, 1, 1]])
      assert.throws(() => windowSums({ data: new Float32Array(8), shape: [2, 4] }, sizes), RangeError);
  });
});
