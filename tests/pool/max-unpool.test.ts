// Where the maxima of windows lie, and max unpooling: against the naive reference, and PyTorch's results and refusals.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { functional as F, resident, type Tensor, tensor } from 'convnd';
import fc from 'fast-check';
import { assertSame } from '../helpers/compare.js';
import { integers, reals } from '../helpers/numbers.js';
import { fillNames, fills, optionsOf, poolProblems } from '../helpers/pool-problems.js';
import { refused } from '../helpers/refusal.js';
import { poolPlaces, windowCount } from '../reference/pool-reference.js';
import { product } from '../reference/reference.js';

interface Indices {
  data: Int32Array;
  shape: number[];
}
type MaxPool = (x: unknown, kernel: unknown, options: object) => [Tensor, Indices];
type Unpool = (x: unknown, indices: unknown, kernel: unknown, options?: object) => Tensor;
const maxPool = (rank: number) => (F as never as Record<string, MaxPool>)[`maxPool${rank}d`];
const maxUnpool = (rank: number) => (F as never as Record<string, Unpool>)[`maxUnpool${rank}d`];

const { NaN: nan, NEGATIVE_INFINITY: least } = Number;
const windows = poolProblems.filter(({ name }) => name === 'max');
/** Without dilation and windows that overhang, which need a size that torch refuses. */
const restorable = windows
  .map((p) => ({ ...p, ceilMode: false, dilation: p.dilation.map(() => 1) }))
  .filter((p) => p.input.every((_, axis) => windowCount(p, axis) > 0));

describe('the indices of max pooling', () => {
  it('are those of the naive reference, from plain and resident tensors and channels of larger ones', () =>
    fc.assert(
      fc.property(windows, fillNames, fc.nat({ max: 1000 }), ({ outer, ...p }, fill, seed) => {
        const label = JSON.stringify({ ...p, outer, fill, seed });
        const rank = p.input.length;
        const x = tensor(fills[fill](p.maps * product(p.input), seed), [...outer, ...p.input]);
        const [batch, channels] = [outer.length === 2 ? outer[0] : 1, outer[outer.length - 1]];
        const within = resident({ shape: [batch, channels + 2, ...p.input] }).channels(1, channels);
        for (let image = 0; image < batch; image++) {
          const size = x.data.length / batch;
          within.channels(image, 1, { axis: 0 }).data.set(x.data.subarray(image * size, (image + 1) * size));
        }
        const options = optionsOf(p);
        const want = poolPlaces(p, x.data);
        const shape = p.input.map((_, axis) => windowCount(p, axis));
        for (const given of [x, resident(x), within]) {
          const [y, indices] = maxPool(rank)(given, p.kernel, { ...options, returnIndices: true });
          assert.ok(indices.data instanceof Int32Array);
          assert.deepEqual([...indices.data], want, label);
          assert.deepEqual(
            indices.shape,
            given === within ? [batch, channels, ...shape] : [...outer, ...shape],
          );
          const plain = maxPool(rank)(given, p.kernel, options) as unknown as Tensor;
          assertSame(y.data, plain.data, label);
        }
      }),
    ));

  it("are PyTorch's where numbers are equal, NaN or infinite", () => {
    const row = [[1, 2, 2, nan, 3, nan, 0, least, least]];
    for (const [kernel, options, output, indices] of [
      [3, {}, [2, nan, 0], [1, 5, 6]],
      [3, { stride: 1, padding: 1 }, [2, 2, nan, nan, nan, nan, nan, 0, least], [1, 1, 3, 3, 5, 5, 5, 6, 7]],
    ] as const) {
      const [y, { data }] = F.maxPool1d(row, kernel, { ...options, returnIndices: true });
      assertSame(y.data, output, String(kernel));
      assert.deepEqual([...data], indices);
    }
    const cube = (values: number[]) => tensor(Float32Array.from(values), [1, 2, 2, 2]);
    const of = (values: number[]) => F.maxPool3d(cube(values), 2, { returnIndices: true })[1].data[0];
    assert.equal(of([nan, 1, nan, 2, 3, 4, 5, 6]), 2);
    assert.equal(of(new Array(8).fill(least)), 0);
    // a window that reaches no input
    const none = { dilation: 5, padding: 1, stride: 5, ceilMode: true, returnIndices: true } as const;
    const [y, { data }] = F.maxPool1d([[1, 2]], 2, none);
    assert.deepEqual([y.data[0], data[0]], [least, -1]);
  });

  it('come with `out`, of no image, and only for true', () => {
    const out = tensor(new Float32Array(2), [1, 2]);
    const [y, indices] = F.maxPool1d([[1, 3, 9, 7]], 2, { returnIndices: true, out });
    assert.equal(y, out);
    assert.deepEqual(
      [[...out.data], [...indices.data]],
      [
        [3, 9],
        [1, 2],
      ],
    );
    const [none, no] = F.maxPool2d(tensor(new Float32Array(0), [0, 2, 4, 4]), 2, { returnIndices: true });
    assert.deepEqual([none.shape, no.shape, no.data.length], [[0, 2, 2, 2], [0, 2, 2, 2], 0]);
    assert.equal(F.maxPool1d([[1, 3]], 2, { returnIndices: false }).data[0], 3);
    refused(
      () => F.maxPool1d([[1]], 1, { returnIndices: 1 } as never),
      /return_indices must be a boolean/,
      '1',
    );
    refused(() => F.avgPool1d([[1]], 1, { returnIndices: true } as never), /unexpected option/, 'avg');
  });
});

describe('max unpooling', () => {
  it('puts what max pooling took back where it was', () =>
    fc.assert(
      fc.property(restorable, fc.nat({ max: 1000 }), ({ outer, ...p }, seed) => {
        const rank = p.input.length;
        const x = tensor(reals(p.maps * product(p.input), seed), [...outer, ...p.input]);
        const { kernel, stride, padding } = p;
        const [y, indices] = maxPool(rank)(x, kernel, { ...optionsOf(p), returnIndices: true });
        const options = { stride, padding, outputSize: p.input };
        const size = product(p.input);
        const want = new Float32Array(x.data.length);
        indices.data.forEach((place, i) => {
          const at = Math.floor((i * p.maps) / indices.data.length) * size + place;
          want[at] = x.data[at];
        });
        const out = resident({ shape: x.shape });
        out.data.fill(7);
        for (const [values, to] of [
          [y, undefined],
          [resident(y), undefined],
          [y, out],
        ]) {
          const back = maxUnpool(rank)(values, indices, kernel, { ...options, out: to });
          assert.deepEqual(back.shape, x.shape);
          assertSame(back.data, want, JSON.stringify(p));
        }
      }),
    ));

  it("has PyTorch's sizes and results", () => {
    const y = [[5, 6]];
    for (const [indices, kernel, options, want] of [
      [[[1, 2]], 2, {}, [0, 5, 6, 0]],
      [[[1, 1]], 2, {}, [0, 6, 0, 0]],
      [[[1, 2]], 2, { outputSize: [5] }, [0, 5, 6, 0, 0]],
      [[[1, 2]], 2, { outputSize: [3] }, [0, 5, 6]],
      [[[1, 2]], 2, { outputSize: [1, 1, 5] }, [0, 5, 6, 0, 0]],
      [[[1, 2]], 3, { stride: null }, [0, 5, 6, 0, 0, 0]],
      [[[1, 0]], 2, { padding: 1 }, [6, 5]],
      [[[1, 2]], 2, { padding: -1 }, [0, 5, 6, 0, 0, 0]],
    ] as const)
      assertSame(F.maxUnpool1d(y, indices, kernel, options).data, [...want], JSON.stringify(options));
    const square = tensor(new Float32Array(4), [1, 1, 2, 2]);
    assert.deepEqual(F.maxUnpool2d(square, square, [2, 3]).shape, [1, 1, 4, 6]);
    assert.deepEqual(F.maxUnpool2d(square, square, 2, { outputSize: [1, 1, 5, 4] }).shape, [1, 1, 5, 4]);
    const cube = tensor(new Float32Array(8), [1, 2, 2, 2]);
    assert.deepEqual(F.maxUnpool3d(cube, cube, 2).shape, [1, 4, 4, 4]);
    const none = tensor(new Float32Array(0), [0, 1, 2, 2]);
    assert.deepEqual(F.maxUnpool2d(none, none, 2).shape, [0, 1, 4, 4]);
  });

  it('reads an index beyond 2^24 exactly, and indices of other kinds', () => {
    const size = 2 ** 24 + 4;
    const indices = { data: Int32Array.of(2 ** 24 + 1), shape: [1, 1] };
    assert.equal(F.maxUnpool1d([[3]], indices, size).data[2 ** 24 + 1], 3);
    for (const places of [[[0, 3]], { data: BigInt64Array.of(0n, 3n), dims: [1, 2] }])
      assertSame(F.maxUnpool1d([[5, 6]], places, 2).data, [5, 0, 0, 6], 'kinds');
    const strided = { data: Int32Array.of(0, 9, 3), shape: [1, 2], strides: [0, 2] };
    assertSame(F.maxUnpool1d([[5, 6]], strided, 2).data, [5, 0, 0, 6], 'strides');
  });

  it('refuses an output in the memory of the indices', () => {
    const memory = new ArrayBuffer(16);
    const out = tensor(new Float32Array(memory), [1, 4]);
    for (const data of [new Int32Array(memory, 8), new Float32Array(memory, 8)]) {
      data.set([1, 2]);
      const before = [...data];
      assert.throws(
        () => F.maxUnpool1d([[5, 6]], { data, shape: [1, 2] }, 2, { out }),
        /^RangeError: out: shares memory with the indices; allocate it separately \[max_unpool1d of input \[1, 2\]\]/,
      );
      assert.deepEqual([...data], before);
    }
  });

  it('refuses what PyTorch refuses, in its words, and writes nothing', () => {
    const values = tensor(integers(2, 1), [1, 1, 2]);
    const good = { data: Int32Array.of(1, 2), shape: [1, 1, 2] };
    const zeros = (...shape: number[]) => tensor(new Float32Array(product(shape)), shape);
    const square = zeros(1, 1, 2, 2);
    const invalid = (index: number) =>
      RegExp(`^Found an invalid max index: ${index} \\(output volumes are of size 4\\)`);
    for (const [call, message] of [
      [() => F.maxUnpool1d(values, [[[1, 9]]], 2), invalid(9)],
      [() => F.maxUnpool1d(values, [[[1, -1]]], 2), invalid(-1)],
      [() => F.maxUnpool1d(values, [[[1, 4]]], 2), invalid(4)],
      [
        () => F.maxUnpool1d(values, [[[1, 0.5]]], 2),
        /^elements in indices should be type int64 but got: Float/,
      ],
      [
        () => F.maxUnpool1d(values, [[[1]]], 2),
        /^Expected shape of indices to be same as that of the input tensor \(\[1, 1, 2\]\) but got indices tensor with shape: \[1, 1, 1\]/,
      ],
      [
        () => F.maxUnpool1d(values, good, 2, { outputSize: [6] }),
        /^invalid output_size "\[6\]" \(dim 0 must be between 2 and 6\)/,
      ],
      [() => F.maxUnpool1d(values, good, 2, { outputSize: [2] }), /^invalid output_size "\[2\]"/],
      [
        () => F.maxUnpool1d(values, good, 2, { outputSize: [1, 5] }),
        /^output_size should be a sequence containing 1 or 3 elements, but it has a length of '2'/,
      ],
      [
        () => F.maxUnpool1d(values, good, 2, { outputSize: 5 as never }),
        /^output_size must be a list, but got 5/,
      ],
      [() => F.maxUnpool1d(values, good, [2, 2] as never), /^expected kernel_size to be/],
      [() => F.maxUnpool1d(values, good, 0), /^kernel_size should be greater than zero, but got \[0\]/],
      [() => F.maxUnpool1d(values, good, 2, { stride: 0 }), /^stride should be greater than zero/],
      [() => F.maxUnpool1d(values, good, 2, { padding: 2 }), /^output_size should be greater than zero/],
      [
        // 0 is between −1 and 3
        () => F.maxUnpool1d([[5]], [[0]], 1, { stride: 2, outputSize: [0] }),
        /^output_size should be greater than zero, but got \[0\]/,
      ],
      [() => F.maxUnpool1d(values, good, 2, { dilation: 2 } as never), /^unexpected option 'dilation'/],
      [() => F.maxUnpool1d(values, null as never, 2), /^indices: expected a tensor/],
      [
        () => F.maxUnpool2d(zeros(2, 2), zeros(2, 2), 2),
        /^Input to max_unpooling2d should be a 3d or 4d Tensor, but got a tensor with 2 dimensions\./,
      ],
      [
        () => F.maxUnpool2d(zeros(1, 0, 2, 2), zeros(1, 0, 2, 2), 2),
        /^Expected input to have non-zero size for non-batch dimensions, but got \[1, 0, 2, 2\] with dimension 1 being empty\./,
      ],
      [() => F.maxUnpool2d(square, zeros(1, 2, 2), 2), /^Expected shape of indices/],
      [() => F.maxUnpool2d(square, square, 2, { outputSize: [5] }), /containing 2 or 4 elements/],
      [
        () => F.maxUnpool3d(zeros(1, 2, 2, 2), zeros(1, 2, 2, 2), 2, { outputSize: [5, 4, 9] }),
        /\(dim 2 must be/,
      ],
    ] as [() => unknown, RegExp][])
      refused(call, message, String(message));
    const out = tensor(Float32Array.of(7, 7, 7, 7), [1, 1, 4]);
    refused(() => F.maxUnpool1d(values, [[[1, 9]]], 2, { out }), /invalid max index/, 'out');
    assertSame(out.data, [7, 7, 7, 7], 'out');
  });
});
