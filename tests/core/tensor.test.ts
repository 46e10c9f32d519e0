// Tensors from everything they may be made from, and what they refuse.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type NestedArray, type TensorLike, tensor } from 'convnd';
import fc from 'fast-check';
import { product } from '#src/core/lists.js';
import { allocate, asTensor } from '#src/core/tensor.js';

const typed = [
  Float64Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
];

describe('tensor', () => {
  it('wraps a Float32Array without a copy', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    const shape = [2, 3];
    const made = tensor(data, shape);
    assert.equal(made.data, data);
    assert.deepEqual(made.shape, [2, 3]);
    assert.notEqual(made.shape, shape, 'the shape may be changed afterwards');
    assert.deepEqual(tensor(data).shape, [6]);
    assert.equal(tensor({ data, shape: [3, 2] }).data, data);
    assert.equal(tensor({ data, dims: [3, 2] }).data, data);
  });

  it('converts the other typed arrays', () => {
    for (const Kind of typed) {
      const made = tensor(Kind.of(0, 1, 100), [3, 1]);
      assert.ok(made.data instanceof Float32Array);
      assert.deepEqual([...made.data], [0, 1, 100]);
      assert.deepEqual(made.shape, [3, 1]);
    }
    assert.deepEqual([...tensor(BigInt64Array.of(-5n, 2n ** 40n)).data], [-5, 2 ** 40]);
    assert.deepEqual([...tensor(BigUint64Array.of(5n, 2n ** 63n), [2]).data], [5, 2 ** 63]);
    assert.deepEqual([...tensor(Float64Array.of(0.1, 1e300, -0)).data], [Math.fround(0.1), Infinity, -0]);
  });

  it('takes tensors of other libraries', () => {
    for (const other of [
      { data: Float32Array.of(1, 2), dims: [1, 2], type: 'float32' },
      { data: [1, 2], shape: [1, 2] },
      { data: Int32Array.of(1, 2), shape: Int32Array.of(1, 2) as unknown as number[] },
      { data: BigInt64Array.of(1n, 2n), dims: [1, 2] },
    ] as TensorLike[]) {
      const made = tensor(other);
      assert.deepEqual([...made.data], [1, 2]);
      assert.deepEqual(made.shape, [1, 2]);
    }
  });

  it('gives a tensor another shape', () => {
    const square = tensor([
      [1, 2],
      [3, 4],
    ]);
    const row = tensor(square, [1, 4]);
    assert.equal(row.data, square.data);
    assert.deepEqual(row.shape, [1, 4]);
    assert.deepEqual(square.shape, [2, 2]);
  });

  it('infers one size that is -1 from the others', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    for (const [shape, inferred] of [
      [[-1], [6]],
      [
        [2, -1],
        [2, 3],
      ],
      [
        [1, -1, 6],
        [1, 1, 6],
      ],
    ]) {
      assert.deepEqual(tensor(data, shape), { data, shape: inferred });
      assert.deepEqual(tensor({ data, shape: [3, 2] }, shape), { data, shape: inferred });
    }
    for (const [shape, message] of [
      [[4, -1], 'tensor: shape [4, -1] is invalid for data of 6 elements'],
      [[0, -1], 'tensor: shape [0, -1] is invalid for data of 6 elements'],
      [[-1, -1], 'tensor: shape [-1, -1] is invalid for data of 6 elements'],
      [[-2, -1], /size must be/],
      [[6n, -1], /size must be/],
    ] as const)
      assert.throws(() => tensor(data, shape as never), { name: 'RangeError', message });
    assert.throws(() => tensor([], [0, -1]), /shape \[0, -1\] is invalid for data of 0 elements/);
  });

  it('reports a typed array whose buffer is gone instead of inferring a size of 0', () => {
    for (const data of [Float32Array.of(1, 2), BigInt64Array.of(1n, 2n)]) {
      structuredClone(data, { transfer: [data.buffer] });
      assert.throws(() => tensor(data, [1, -1]), {
        name: 'RangeError',
        message:
          /^tensor: shape \[1, -1\] is invalid for data of 0 elements \(perhaps its buffer was transferred/,
      });
    }
    assert.deepEqual(tensor(new Float32Array(new ArrayBuffer(0))).shape, [0]);
    assert.throws(() => tensor(new Float32Array(0), [3, -1]), /shape \[3, -1\] is invalid/);
  });

  it('names what it was given instead of a tensor, even what contains itself', () => {
    const cyclic: Record<string, unknown> = { shape: [1] };
    cyclic.data = cyclic;
    const listed: Record<string, unknown> = {};
    listed.data = [listed];
    for (const [given, message] of [
      [cyclic, 'tensor: expected data in a typed array, got an object of class Object'],
      [listed, 'tensor: expected a tensor with a shape, got an object of class Object'],
      [[{ data: Float32Array.of(1), shape: [1] }], /got a tensor of Float32Array$/],
    ] as const)
      assert.throws(() => tensor(given as never), { name: 'TypeError', message });
  });

  it('reads nested arrays of any depth in C order', () => {
    assert.deepEqual(tensor(7), { data: Float32Array.of(7), shape: [] });
    assert.deepEqual(tensor([]), { data: new Float32Array(0), shape: [0] });
    assert.deepEqual(tensor([[], []]), { data: new Float32Array(0), shape: [2, 0] });
    const shape = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(shape, (shape) => {
        let count = 0;
        const nest = (axis: number): NestedArray =>
          axis === shape.length ? count++ : Array.from({ length: shape[axis] }, () => nest(axis + 1));
        const made = tensor(nest(0));
        assert.deepEqual(made.shape, shape);
        assert.deepEqual([...made.data], [...Array(count).keys()]);
      }),
    );
  });

  it('reads typed arrays where the innermost lists may stand, of any type and beside lists', () => {
    const wanted = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] };
    for (const Kind of [Float32Array, ...typed])
      assert.deepEqual(tensor([Kind.of(1, 2), Kind.of(3, 4)]), wanted);
    assert.deepEqual(tensor([BigInt64Array.of(1n, 2n), [3, 4]]), wanted);
    assert.deepEqual(tensor([[[1, 2], Float64Array.of(3, 4)]]), { ...wanted, shape: [1, 2, 2] });
    assert.deepEqual(tensor([new Float32Array(0)]), { data: new Float32Array(0), shape: [1, 0] });
    for (const [value, message] of [
      [[Float32Array.of(1, 2), Float32Array.of(3)], /expected arrays of 2 at depth 1, got Float32Array\(1\)/],
      [[[[1, 2]], Float32Array.of(3)], /expected arrays of 2 at depth 2, got 3/],
      [[1, Float32Array.of(3)], /expected a number at depth 1, got Float32Array\(1\)/],
      [[new DataView(new ArrayBuffer(4))], /expected a number at depth 1, got an object of class DataView/],
      // [output, indices] of max pooling
      [
        [tensor([1], [1, 1]), { data: Int32Array.of(0), shape: [1, 1] }],
        /^tensor: expected a number at depth 1, got a tensor of Float32Array/,
      ],
    ] as const)
      assert.throws(() => tensor(value as never), { name: 'TypeError', message });
  });

  it('refuses what is no tensor', () => {
    for (const value of [undefined, null, 'text', true, 5n, () => 1, {}, { data: [1] }, { shape: [1] }]) {
      assert.throws(() => tensor(value as never), TypeError, String(value));
    }
    for (const value of [
      { data: 'text', shape: [4] },
      { data: null, shape: [] },
      { data: ['1'], shape: [1] },
      { data: [1n], shape: [1] },
      { data: [undefined], shape: [1] },
      { data: [1], shape: 1 },
      { data: [1], shape: null },
      { data: new DataView(new ArrayBuffer(4)), shape: [1] },
      new DataView(new ArrayBuffer(4)),
      new ArrayBuffer(4),
      new Set([1]),
    ]) {
      assert.throws(
        () => tensor(value as never),
        TypeError,
        JSON.stringify(value, (_, v) => String(v)),
      );
    }
  });

  it('refuses a list that contains itself', () => {
    const endless: NestedArray[] = [];
    endless.push(endless);
    assert.throws(() => tensor(endless), {
      name: 'RangeError',
      message: /nested arrays have more than 64 axes/,
    });
  });

  it('refuses ragged and mixed nested arrays', () => {
    for (const value of [
      [[1, 2], [3]],
      [[1], [2, 3]],
      [1, [2]],
      [[1], 2],
      [[1], [[2]]],
      [[[1]], [[]]],
      ['1'],
      [null],
      [undefined],
      [[1], undefined],
      Array(3),
      [5n],
    ]) {
      assert.throws(() => tensor(value as never), /^TypeError: tensor: /);
    }
  });

  it('refuses sizes that are none', () => {
    const data = new Float32Array(6);
    for (const shape of [
      [-6],
      [-2, -3],
      [1.5, 4],
      [6, Number.NaN],
      [Infinity, 0],
      [2 ** 31, 0],
      ['6'],
      [6n],
    ]) {
      assert.throws(() => tensor(data, shape as never), { name: 'RangeError', message: /size must be/ });
    }
    for (const shape of [6, {}, true]) {
      assert.throws(() => tensor(data, shape as never), TypeError, String(shape));
    }
  });

  it('refuses a shape of another number of elements', () => {
    for (const shape of [[], [5], [7], [2, 4], [0], [6, 0], [65536, 65536]]) {
      assert.throws(() => tensor(new Float32Array(6), shape), {
        name: 'RangeError',
        message: `tensor: shape [${shape.join(', ')}] is invalid for data of 6 elements`,
      });
    }
    assert.throws(
      () => tensor({ data: [1, 2, 3], shape: [2] }),
      /shape \[2\] is invalid for data of 3 elements/,
    );
  });

  it('hints at a detached buffer', () => {
    const data = new Float32Array(6);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    assert.throws(() => tensor({ data, shape: [6] }), {
      name: 'RangeError',
      message: /perhaps its buffer was transferred/,
    });
  });
});

describe('inside', () => {
  it('a fitting tensor goes through as it is', () => {
    const given = { data: Float32Array.of(1, 2), shape: [2] };
    assert.equal(asTensor(given, 'input'), given);
  });

  it('a typed array is a tensor of one axis, as a list of numbers is', () => {
    const wanted = { data: Float32Array.of(1, 2, 3), shape: [3] };
    for (const given of [[1, 2, 3], ...[Float32Array, ...typed].map((Kind) => Kind.of(1, 2, 3))])
      assert.deepEqual(asTensor(given, 'input'), wanted);
    assert.deepEqual(asTensor(BigInt64Array.of(1n, 2n, 3n), 'input'), wanted);
    const { data } = wanted;
    assert.equal(asTensor(data, 'input').data, data);
  });

  it('errors begin with the name of the argument, and end with whose it is', () => {
    assert.throws(() => asTensor({ data: [1], shape: [2] }, 'input', () => 'Conv1d(1, 1)'), {
      name: 'RangeError',
      message: 'input: shape [2] is invalid for data of 1 elements [Conv1d(1, 1)]',
    });
    assert.throws(() => asTensor([[1], 2] as never, 'input', () => 'Conv1d(1, 1)'), {
      name: 'TypeError',
      message: 'input: expected arrays of 1 at depth 1, got 2 [Conv1d(1, 1)]',
    });
    assert.throws(() => asTensor('text' as never, 'weight'), /^TypeError: weight: expected a tensor/);
    assert.throws(() => asTensor([[1], [2, 3]], 'weight'), /^TypeError: weight: expected arrays of 1/);
    assert.throws(() => asTensor({ data: [1], shape: [2] }, 'weight'), /^RangeError: weight: shape \[2\]/);
  });

  it('elements are as many as the product of the sizes', () => {
    assert.deepEqual([[], [0], [3], [2, 3, 4], [5, 0, 2]].map(product), [1, 0, 3, 24, 0]);
  });

  it('memory that there is not is named, with what it was for', () => {
    const shape = [2 ** 30, 2 ** 30];
    assert.throws(() => allocate(shape, () => 'the output'), {
      name: 'RangeError',
      message: `not enough memory: ${4 * 2 ** 60} bytes for the output`,
    });
  });
});
