// Tensors of other libraries and realms: types they name, strides, typed arrays that are not this realm's, halves. What can't be
// computed right is refused in words.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { Conv1d, Conv2d, functional as F, Parameter, resident, type TensorLike, tensor } from 'convnd';
import { matchTemplate, peakLocalMax } from 'convnd/match';
import { gaussianFilter } from 'convnd/ndimage';
import { correlate, upfirdn } from 'convnd/signal';
import { cat, narrow } from 'convnd/train';
import fc from 'fast-check';
import { assertSame } from '../helpers/compare.js';
import { integers } from '../helpers/numbers.js';
import { label } from '../helpers/refusal.js';
import { product } from '../reference/reference.js';

/** Sums of neighbours. */
const sums = (x: unknown) => F.conv1d(x as TensorLike, [[[1, 1]]]).data;

describe('half precision as bits', () => {
  const F16 = Uint16Array.of(0x3c00, 0x4000, 0x4200);
  const BF16 = Uint16Array.of(0x3f80, 0x4000, 0x4040);

  it('is computed where its type is named, by ONNX Runtime, safetensors, numpy, WebNN or torch', () => {
    for (const x of [
      { type: 'float16', data: F16, dims: [1, 1, 3] },
      { dtype: 'F16', data: F16, shape: [1, 3] },
      { dtype: 'f16', data: F16, shape: [1, 3] },
      { dtype: 'float16', data: new Int16Array(F16), shape: [1, 3] },
      { dtype: '<f2', data: F16, shape: [1, 3] },
      { dtype: 'half', data: F16, shape: [1, 3] },
      { dtype: 'torch.float16', data: F16, shape: [1, 3] },
      { dataType: 'float16', data: F16, shape: [1, 3] },
      { type: 'bfloat16', data: BF16, dims: [1, 3] },
      { dtype: 'BF16', data: BF16, shape: [1, 3] },
      { dtype: 'torch.bfloat16', data: BF16, shape: [1, 3] },
      // widened already, as loadSafetensors does
      { dtype: 'F16', data: Float32Array.of(1, 2, 3), shape: [1, 3] },
      { dtype: 'BF16', data: Float64Array.of(1, 2, 3), shape: [1, 3] },
      { dtype: 'float16', data: [1, 2, 3], shape: [1, 3] },
      // integers that say so
      { dtype: 'uint16', data: Uint16Array.of(1, 2, 3), shape: [1, 3] },
      { dtype: 'U16', data: Uint16Array.of(1, 2, 3), shape: [1, 3] },
      { type: 'int64', data: BigInt64Array.of(1n, 2n, 3n), dims: [1, 3] },
      { type: 'bool', data: Uint8Array.of(1, 2, 3), dims: [1, 3] },
      { type: 'Tensor', dtype: undefined, data: Int8Array.of(1, 2, 3), shape: [1, 3] },
    ])
      assertSame(sums(x), [3, 5], label(x));
    const layer = new Conv1d(1, 1, 3, { bias: false });
    layer.loadStateDict({ weight: { dtype: 'F16', data: F16, shape: [1, 1, 3] } as TensorLike });
    assertSame(layer.weight.data, [1, 2, 3], 'a weight');
    assertSame(tensor({ dtype: 'F16', data: F16, shape: [3] } as TensorLike).data, [1, 2, 3], 'tensor()');
    assertSame(resident({ dtype: 'F16', data: F16, shape: [3] } as TensorLike).data, [1, 2, 3], 'resident()');
  });

  it('and other bits are refused where integers hold them', () => {
    for (const [dtype, data] of [
      ['F8_E4M3', new Uint8Array(3)],
      ['float8_e5m2', new Uint8Array(3)],
      ['float32', new Int32Array(3)],
      ['<f4', new Uint32Array(3)],
      ['>f2', new Uint16Array(3)],
      ['float16', new Uint32Array(3)],
      ['float64', new BigInt64Array(3)],
      ['bfloat16', new Uint8Array(3)],
      ['complex64', new BigUint64Array(3)],
      ['int4', new Int8Array(3)],
      ['uint4', new Uint8Array(3)],
    ] as const)
      assert.throws(() => sums({ dtype, data, shape: [1, 3] }), {
        name: 'TypeError',
        message: new RegExp(
          `^input: expected the numbers of type '${dtype}', got ${data.constructor.name}\\(3\\) \\[conv1d`,
        ),
      });
  });
});

describe('a Float16Array', () => {
  const Half = (globalThis as { Float16Array?: typeof Float32Array }).Float16Array;
  it('is taken as any other', { skip: !Half && 'this runtime has none' }, () => {
    assertSame(sums({ data: Half!.of(1, 2, 3), shape: [1, 3] }), [3, 5], 'an input');
    assertSame(tensor(Half!.of(0.5, -1)).data, [0.5, -1], 'tensor()');
  });

  it('is a type of tensors, also where TypeScript does not know it', () => {
    interface Float16Array {
      readonly [Symbol.toStringTag]: 'Float16Array';
      readonly BYTES_PER_ELEMENT: number;
      readonly buffer: ArrayBuffer;
      readonly byteLength: number;
      readonly byteOffset: number;
      readonly length: number;
      fill(value: number): this;
      [index: number]: number;
    }
    const make = (data: Float16Array): TensorLike[] => [
      { data, shape: [1] },
      { data, dims: [1] },
      tensor(data),
    ];
    assert.equal(make.length, 1);
  });
});

describe('strides', () => {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6);
  const columns = [1, 3, 5, 2, 4, 6];

  it('are followed', () => {
    for (const [view, wanted] of [
      [{ data, shape: [2, 3], stride: [1, 2], offset: 0 }, columns],
      [{ data, shape: [2, 3], strides: [1, 2] }, columns],
      [{ data, shape: [2, 3], strides: Int32Array.of(1, 2), offset: 0 }, columns],
      [{ data, shape: [2, 3], fortranOrder: true }, columns],
      [{ data: [...data], shape: [2, 3], stride: [1, 2] }, columns],
      [{ data: BigInt64Array.from([1n, 2n, 3n, 4n, 5n, 6n]), shape: [2, 3], stride: [1, 2] }, columns],
      [{ data, dims: [2, 3], strides: [1, 2] }, columns],
      [{ data, shape: [2, 3], stride: [3, 1], offset: 0 }, [...data]],
      [{ data, shape: [2, 3], strides: null, fortranOrder: false }, [...data]],
      [{ data, shape: [3], stride: [-2], offset: 5 }, [6, 4, 2]],
      [{ data, shape: [2, 2], stride: [3, 1], offset: 1 }, [2, 3, 5, 6]],
      [{ data, shape: [1, 3], stride: [99, 1], offset: 2 }, [3, 4, 5]],
      [{ data, shape: [2], offset: 4 }, [5, 6]],
      [{ data, shape: [], stride: [], offset: 3 }, [4]],
      [{ data, shape: [3, 0], stride: [1, 1], offset: 0 }, []],
      // numpy's broadcast_to and torch's expand
      [{ data: data.slice(0, 2), shape: [2, 2, 2], strides: [0, 1, 0] }, [1, 1, 2, 2, 1, 1, 2, 2]],
      [{ data: Uint16Array.of(0x3c00, 0x4000, 0x4200), dtype: 'float16', shape: [2], stride: [2] }, [1, 3]],
    ] as const) {
      const made = tensor(view as TensorLike);
      assert.deepEqual([...made.data], wanted, label(view));
      assert.equal(
        made.data.length,
        made.shape.reduce((a, b) => a * b, 1),
      );
    }
    const x = { data, shape: [2, 3], stride: [1, 2], offset: 0 };
    assertSame(F.conv1d(x, [[[1, 1]], [[1, 1]]], null, { groups: 2 }).data, [4, 8, 6, 10], 'an input');
  });

  it('of C order copy nothing', () => {
    assert.equal(tensor({ data, shape: [2, 3], stride: [3, 1], offset: 0 } as TensorLike).data, data);
    assert.equal(tensor({ data, shape: [4], stride: [1], offset: 2 } as TensorLike).data.buffer, data.buffer);
  });

  it('of any view are those of the element-wise definition', () => {
    const view = fc.record({
      shape: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
      steps: fc.infiniteStream(fc.integer({ min: -5, max: 5 })),
      offset: fc.integer({ min: -3, max: 40 }),
    });
    const backing = Float32Array.from({ length: 60 }, (_, i) => i + 1);
    fc.assert(
      fc.property(view, ({ shape, steps, offset }) => {
        const stride = shape.map(() => steps.next().value);
        const places = shape.reduce<number[]>(
          (some, size, axis) =>
            some.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * stride[axis])),
          [offset],
        );
        const given = { data: backing, shape, stride, offset } as TensorLike;
        if (places.every((at) => at >= 0 && at < 60))
          assert.deepEqual(
            [...tensor(given).data],
            places.map((at) => at + 1),
          );
        else assert.throws(() => tensor(given), /^RangeError: tensor: strides .* are invalid for shape/);
      }),
      { numRuns: 2000 },
    );
  });

  it('that are none are refused', () => {
    for (const epilogue of [
      { stride: [1] },
      { stride: [1, 2, 3] },
      { stride: 3 },
      { stride: 'C' },
      { stride: [1, Number.NaN] },
      { stride: [1.5, 1] },
      { stride: [1n, 2n] },
      { stride: [Symbol('x'), 1] },
      { offset: 1 },
      { offset: -1 },
      { offset: 0n },
      { offset: 'x', stride: [3, 1] },
      { stride: [2 ** 52, 1] },
    ])
      assert.throws(() => tensor({ data, shape: [2, 3], ...epilogue } as TensorLike), {
        name: 'RangeError',
        message: /^tensor: strides .* and offset .* are invalid for shape \[2, 3\] and data of 6 elements$/,
      });
    assert.throws(
      () => tensor({ data, shape: [2 ** 31 - 1, 2 ** 31 - 1], stride: [0, 0] } as TensorLike),
      /strides/,
    );
    assert.throws(() => tensor({ data, shape: [-2, -3], stride: [1, 2] } as TensorLike), /size must be/);
  });

  it('of `out` are C order, or it is refused and not written', () => {
    const layer = new Conv1d(1, 2, 2, { bias: false });
    layer.weight = [[[1, 1]], [[1, -1]]];
    const target = new Float32Array(4);
    const out = { data: target, shape: [2, 2], stride: [2, 1], offset: 0 };
    assertSame(layer.forward([[1, 2, 4]], { out }).data, [3, 6, -1, -2], 'C order');
    target.fill(7);
    assert.throws(() => layer.forward([[1, 2, 4]], { out: { ...out, stride: [1, 2] } as never }), {
      name: 'RangeError',
      message: /^out: must be contiguous, in C order \[Conv1d/,
    });
    assertSame(target, [7, 7, 7, 7], 'not written');
  });
});

describe('typed arrays of a subclass', () => {
  // `subarray` would call this constructor with a buffer, an offset and a length
  class Picture extends Float32Array {
    constructor(height: number, width: number) {
      super(height * width);
    }
  }
  const pictureOf = (data: Float32Array) => {
    const picture = new Picture(1, data.length);
    picture.set(data);
    return picture;
  };

  it('are inputs, addends and outputs, in every way to copy them', () => {
    const cases: [Conv1d | Conv2d, number[]][] = [
      [new Conv2d(4, 8, 3, { padding: 1 }), [1, 4, 400, 400]],
      [new Conv2d(64, 64, 3, { padding: 1, groups: 64 }), [1, 64, 64, 64]],
      [new Conv2d(64, 64, 1), [1, 64, 128, 128]],
      [new Conv1d(1, 1, 3, { stride: 2 }), [1, 1, 2000]],
    ];
    for (const [layer, shape] of cases) {
      const data = integers(product(shape), 1);
      const add = layer.forward({ data, shape });
      const wanted = layer.forward({ data, shape }, { add });
      const out = { data: pictureOf(add.data), shape: add.shape };
      layer.forward({ data: pictureOf(data), shape }, { add: out, out });
      assertSame(out.data, wanted.data, String(layer));
    }
  });

  it('are weights, pictures and windows', () => {
    const x = tensor(integers(6000, 1), [1, 1, 6000]);
    const weight = tensor(integers(2000, 2), [1, 1, 2000]);
    const copied = { data: pictureOf(weight.data), shape: weight.shape };
    assertSame(F.conv1d(x, copied).data, F.conv1d(x, weight).data, 'weight');
    const image = tensor(integers(4 * 90 * 90, 3), [1, 4, 90, 90]);
    const picture = { data: pictureOf(image.data), shape: image.shape };
    assertSame(F.maxPool2d(picture, 3).data, F.maxPool2d(image, 3).data, 'maxPool2d');
    assertSame(F.unfold(picture, 3).data, F.unfold(image, 3).data, 'unfold');
    const turned = { shape: [90, 360], strides: [1, 90] };
    assertSame(resident({ ...picture, ...turned }).data, resident({ ...image, ...turned }).data, 'strides');
  });

  it('are tensors of one axis', () => {
    const picture = pictureOf(integers(8, 4));
    assert.deepEqual(narrow(picture, 0, 2, 3).data, Float32Array.from([...picture].slice(2, 5)));
    assert.deepEqual(cat([picture, picture]).data, Float32Array.of(...picture, ...picture));
  });
});

describe('typed arrays of another realm', () => {
  const made = (code: string) => runInNewContext(code);

  it('are inputs, weights and outputs', () => {
    for (const kind of [
      'Float32',
      'Float64',
      'Int8',
      'Uint8',
      'Uint8Clamped',
      'Int16',
      'Uint16',
      'Int32',
      'Uint32',
    ])
      assertSame(sums({ data: made(`${kind}Array.of(1, 2, 3)`), shape: [1, 3] }), [3, 5], kind);
    for (const kind of ['BigInt64', 'BigUint64'])
      assertSame(sums({ data: made(`${kind}Array.of(1n, 2n, 3n)`), shape: made('[1, 3]') }), [3, 5], kind);
    assertSame(sums(made('[[1, 2, 3]]')), [3, 5], 'nested arrays');
    assertSame(
      sums({ data: made('Uint16Array.of(0x3c00, 0x4000, 0x4200)'), dtype: 'F16', shape: [1, 3] }),
      [3, 5],
      'bits',
    );
    const layer = new Conv1d(1, 1, 2, { bias: false });
    layer.weight = { data: made('Float32Array.of(1, 1)'), shape: [1, 1, 2] };
    const out = { data: made('new Float32Array(2)'), shape: [1, 2] };
    assert.equal(layer.forward([[1, 2, 3]], { out }), out);
    assertSame(out.data, [3, 5], 'out');
    const data = made('Float32Array.of(5, 6)');
    assert.equal(tensor(data).data, data, 'wrapped, not copied');
    assert.equal(new Parameter(data, [2]).data, data);
  });

  it('are pictures, maps, signals and outputs', () => {
    const pixels = Array.from({ length: 400 }, (_, i) => (i * i) % 53);
    const template = [6, 7, 8].map((row) => pixels.slice(20 * row + 4, 20 * row + 7));
    for (const dtype of ['float32', 'float64'] as const) {
      const kind = dtype === 'float64' ? 'Float64Array' : 'Float32Array';
      const all = (length: number) => ({ data: made(`new ${kind}(${length})`), shape: [length] });
      const image = { data: made(`${kind}.of(${pixels})`), shape: [20, 20] };
      for (const method of ['ccoeffNormed', 'ccorrNormed', 'sqdiffNormed', 'sqdiff'] as const)
        for (const mask of [undefined, template.map((row, at) => row.map((_, i) => at + i > 0))]) {
          const out = { data: made(`new ${kind}(324)`), shape: [18, 18] };
          matchTemplate(image, template, { method, mask, dtype, out });
          const want = matchTemplate({ data: pixels, shape: [20, 20] }, template, { method, mask, dtype });
          assertSame(out.data, want.data, `${method} of ${kind}`);
        }
      const x = { ...all(5), data: made(`${kind}.of(1, 2.5, 1, 7, 1.1)`) };
      const plain = [1, 2.5, 1, 7, dtype === 'float64' ? 1.1 : Math.fround(1.1)];
      const out = all(5);
      gaussianFilter(x, 1, { dtype, out });
      assertSame(out.data, gaussianFilter(plain, 1, { dtype }).data, 'gaussianFilter');
      correlate(x, [1, 2], { dtype, mode: 'same', out });
      assertSame(out.data, correlate(plain, [1, 2], { dtype, mode: 'same' }).data, 'correlate');
      const edges = { up: 2, mode: 'symmetric', dtype } as const;
      assertSame(upfirdn([1, 2], x, edges).data, upfirdn([1, 2], plain, edges).data, 'upfirdn');
    }
    const map = made('Float64Array.of(1, 1 + 2 ** -40, 1)');
    assert.deepEqual(peakLocalMax(map), [{ position: [1], score: 1 + 2 ** -40 }]);
    assert.deepEqual(peakLocalMax({ data: map, shape: [3] }), [{ position: [1], score: 1 + 2 ** -40 }]);
  });

  it('are named in errors, and a DataView is none', () => {
    const layer = new Conv1d(1, 1, 2);
    assert.throws(
      () => layer.forward([[1, 2, 3]], { out: { data: made('new Float64Array(2)'), shape: [1, 2] } }),
      /^TypeError: out: expected \{ data: Float32Array, shape \}/,
    );
    assert.throws(
      () => tensor({ data: made('new DataView(new ArrayBuffer(4))'), shape: [1] }),
      /^TypeError: tensor: expected data in a typed array, got an object of class DataView/,
    );
    assert.throws(() => new Parameter(made('new Float64Array(2)'), [2]), /got Float64Array\(2\)/);
  });
});
