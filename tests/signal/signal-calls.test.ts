// Calls of convnd/signal: what is taken, where results go, and what the types say.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resident } from 'convnd';
import {
  type BorderName,
  convolve,
  convolve2d,
  correlate,
  correlate2d,
  correlateTemplate,
  type Dtype,
  FirFilter,
  fftconvolve,
  lfilter,
  type Samples,
  xcorr,
  xcov,
} from 'convnd/signal';
import { refused } from '../helpers/refusal.js';

/** Never called: what the compiler refuses, and of which type results are. */
export function checkedByTheCompiler(x: Float32Array, dtype: Dtype): unknown[] {
  const plain: Float32Array = correlate(x, x, { mode: 'same' }).data;
  const double: Float64Array = correlate(x, x, { mode: 'same', dtype: 'float64' }).data;
  const either: Float32Array | Float64Array = convolve(x, x, { dtype }).data;
  const lagged: Float64Array = xcorr(x, { dtype: 'float64' }).data;
  const lags: Int32Array = xcov(x, x, { maxLag: 3 }).lags;
  const score: Float64Array = correlateTemplate(x, x, { dtype: 'float64' }).data;
  const planar: Float64Array = convolve2d([[1]], [[1]], { dtype: 'float64' }).data;
  const out: Samples<'float64'> = { data: new Float64Array(1), shape: [1] };
  const border: BorderName = 'symm';
  return [
    ...[plain, double, either, lagged, lags, score, planar, border],
    correlate(x, x, { dtype: 'float64', out }),
    // @ts-expect-error a result of float32 goes to no Float64Array
    correlate(x, x, { dtype: 'float32', out }),
    // @ts-expect-error without a dtype the result is of float32
    convolve(x, x, {}).data satisfies Float64Array,
    // @ts-expect-error a name with two meanings
    correlate(x, x, { boundary: 'reflect' }),
    // @ts-expect-error no such mode
    correlate(x, x, { mode: 'half' }),
    // @ts-expect-error fftconvolve has no method
    fftconvolve(x, x, { method: 'direct' }),
    // @ts-expect-error correlate2d has SciPy's name for the constant
    correlate2d([[1]], [[1]], { cval: 1 }),
    // @ts-expect-error no such type
    xcorr(x, { dtype: 'complex64' }),
    // @ts-expect-error no such scale
    xcorr(x, { scale: 'norm' }),
    // @ts-expect-error two numbers make a range
    correlate(x, x, { lags: [1, 2, 3] }),
  ];
}

const ramp = [1, 2, 3, 4];

describe('inputs', () => {
  it('are tensors of any kind, nested arrays and typed arrays', () => {
    const want = [4, 11, 20, 13, 6];
    for (const x of [
      [1, 2, 3],
      Uint8Array.of(1, 2, 3),
      BigInt64Array.of(1n, 2n, 3n),
      { data: new Float64Array([1, 2, 3]), shape: [3] },
      { data: [1, 2, 3], dims: [3] },
      resident({ data: new Float32Array([1, 2, 3]), shape: [3] }),
      { data: new Float32Array([3, 0, 2, 0, 1]), shape: [3], stride: [-2], offset: 4 },
    ] as const)
      for (const dtype of ['float32', 'float64'] as const)
        assert.deepEqual([...correlate(x as unknown as Float32Array, [2, 3, 4], { dtype }).data], want);
    assert.deepEqual(correlate(3, 5), { data: new Float32Array([15]), shape: [] });
  });

  it('that are none are refused in words, whatever the type of the sums', () => {
    for (const dtype of ['float32', 'float64'] as const)
      for (const none of [undefined, null, 'abc', true, 5n, Symbol('x')])
        assert.throws(
          () => convolve(none as unknown as Float32Array, [1], { dtype }),
          /^TypeError: in1: expected a tensor/,
        );
  });

  it('keep their digits in float64', () => {
    const { data } = convolve(
      [1 + 2 ** -50, 1],
      { data: new Float64Array([1, 2 ** -40]), shape: [2] },
      { dtype: 'float64' },
    );
    assert.deepEqual([...data], [1 + 2 ** -50, 1 + 2 ** -40, 2 ** -40]);
  });

  it('keep their digits in float64 whatever the type they come in, and rows may be typed arrays', () => {
    const wide = 2 ** 24 + 1;
    for (const x of [
      Int32Array.of(wide, 1),
      { data: Uint32Array.of(wide, 1), shape: [2] },
      { data: BigInt64Array.of(BigInt(wide), 1n), dims: [2] },
      { data: Float64Array.of(wide, 1), dims: [2] },
      { data: [wide, 1], shape: [2] },
      { data: Int32Array.of(1, 0, wide), shape: [2], stride: [-2], offset: 2 },
    ])
      assert.deepEqual([...convolve(x as unknown as number[], [1], { dtype: 'float64' }).data], [wide, 1]);
    const rows = [Int32Array.of(wide, 1), [2, 3], BigInt64Array.of(4n, 5n)];
    const { data, shape } = convolve2d(rows, [[1]], { dtype: 'float64' });
    assert.deepEqual(
      [[...data], shape],
      [
        [wide, 1, 2, 3, 4, 5],
        [3, 2],
      ],
    );
    assert.deepEqual([...convolve2d(rows.slice(1), [Float32Array.of(1)]).data], [2, 3, 4, 5]);
    for (const [x, message] of [
      [{ data: Int32Array.of(1, 2), shape: [3] }, /RangeError: in1: shape \[3\] is invalid for data of 2/],
      [{ data: Float64Array.of(1, 2), shape: [3] }, /RangeError: in1: shape \[3\] is invalid for data of 2/],
      [
        { data: Int32Array.of(1, 2), shape: [2], dtype: 'int4' },
        /TypeError: in1: expected the numbers of type/,
      ],
      [{ data: ['1'], shape: [1] }, /TypeError: in1: expected data in a typed array/],
    ] as const)
      assert.throws(() => convolve(x as never, [1], { dtype: 'float64' }), message);
  });

  it('are not written', () => {
    const [x, h] = [new Float32Array(ramp), new Float32Array([1, 2])];
    for (const call of [
      correlate,
      convolve,
      xcorr,
      xcov,
      (a: Float32Array, b: Float32Array) => correlateTemplate(a, b),
    ])
      call(x, h);
    assert.deepEqual([[...x], [...h]], [ramp, [1, 2]]);
  });
});

describe('out', () => {
  const x = new Float32Array(ramp);
  const of = (length: number) => ({ data: new Float32Array(length), shape: [length] });

  it('is written and returned', () => {
    const out = of(5);
    assert.equal(correlate(x, [1, 1], { out }), out);
    assert.deepEqual([...out.data], [1, 3, 5, 7, 4]);
    const double = { data: new Float64Array(5), shape: [5] };
    assert.equal(convolve(x, [1, 1], { out: double, dtype: 'float64' }), double);
    assert.deepEqual([...double.data], [1, 3, 5, 7, 4]);
    const kept = resident({ data: new Float32Array(5), shape: [5] });
    assert.equal(convolve(resident({ data: x, shape: [4] }), [1, 1], { out: kept }), kept);
    assert.deepEqual([...kept.data], [1, 3, 5, 7, 4]);
    const scores = of(3);
    assert.equal(correlateTemplate(x, [1, 2], { out: scores }), scores);
    assert.deepEqual([...scores.data], [1, 1, 1]);
  });

  it('of xcorr is written too, beside the lags', () => {
    for (const scale of ['none', 'biased'] as const) {
      const out = of(3);
      const result = xcorr(x, [4, 4, 4, 4], { maxLag: 1, scale, out });
      assert.equal(result.data, out.data);
      assert.deepEqual([...out.data], scale === 'none' ? [24, 40, 36] : [6, 10, 9]);
    }
  });

  it('has the shape and the type of the result and memory of its own', () => {
    for (const [out, message] of [
      [of(4), /^out: expected shape \[5\], got \[4\]/],
      [
        { data: new Float64Array(5), shape: [5] },
        /^out: expected \{ data: Float32Array, shape \}, got Float64Array\(5\)/,
      ],
      [new Float32Array(5), /^out: expected \{ data: Float32Array/],
      [{ data: new Float32Array(4), shape: [5] }, /^out: shape \[5\] is invalid/],
      [null, /^out: expected/],
      [3, /^out: expected/],
    ] as const)
      refused(() => correlate(x, [1, 1], { out: out as never }), message, message.source);
    const shared = { data: new Float32Array(x.buffer), shape: [4] };
    refused(() => correlate(x, [1, 1], { mode: 'same', out: shared }), /^out: shares memory/, 'shared');
    const columns = { data: new Float32Array(4), shape: [2, 2], strides: [1, 2] };
    refused(() => correlate([[1], [2]], [[1, 2]], { out: columns }), /^out: .* in C order/, 'columns');
    assert.deepEqual([...x], ramp);
  });
});

describe('a picture with fillvalue alone', () => {
  it('has that around it', () => {
    assert.deepEqual([...convolve2d([[1, 2]], [[1, 1, 1]], { fillvalue: 5 }).data], [11, 8, 8, 12]);
  });
});

describe('correlateTemplate', () => {
  it('gives NaN where no number is finite', () => {
    const none = [Number.NaN, Number.POSITIVE_INFINITY, Number.NaN];
    for (const [data, template] of [
      [none, [1, 2]],
      [ramp, none],
    ])
      assert.ok(correlateTemplate(data, template).data.every(Number.isNaN));
  });
});

describe('names of borders', () => {
  it('have their synonyms, which are the same', () => {
    const groups: BorderName[][] = [
      ['constant', 'fill', 'grid-constant'],
      ['nearest', 'edge', 'replicate'],
      ['mirror', 'reflect101'],
      ['symmetric', 'symm', 'grid-mirror'],
      ['wrap', 'circular', 'grid-wrap'],
    ];
    const seen = new Set(
      groups.map((names) => {
        const results = names.map((boundary) => {
          const options = names[0] === 'constant' ? { boundary, cval: 7 } : { boundary };
          return correlate(ramp, [1, 10, 100, 1000, 1e4], options).data.join();
        });
        assert.equal(new Set(results).size, 1, names.join());
        return results[0];
      }),
    );
    assert.equal(seen.size, groups.length);
  });
});

describe('signals of a subclass whose constructor takes a width and a height', () => {
  class Single extends Float32Array {
    constructor(width: number, height: number) {
      super(width * height);
    }
  }
  class Double extends Float64Array {
    constructor(width: number, height: number) {
      super(width * height);
    }
  }

  it('are read like those of the class itself', () => {
    for (const data of [new Single(60, 70), new Double(60, 70)]) {
      const dtype = data instanceof Double ? 'float64' : 'float32';
      data.forEach((_, i) => {
        data[i] = (i * i) % 7;
      });
      const plain = dtype === 'float64' ? Float64Array.from(data) : Float32Array.from(data);
      const kernel = { data: plain.subarray(0, 900), shape: [30, 30] };
      const results = [data, plain].map((numbers) => {
        const image = { data: numbers, shape: [60, 70] };
        return [
          lfilter([1, 2], numbers, { dtype }).data,
          fftconvolve(image, kernel, { dtype }).data,
          fftconvolve(kernel, image, { dtype }).data,
          xcorr(numbers, { dtype, scale: 'biased' }).data,
          new FirFilter(numbers, { dtype }).process(plain),
        ];
      });
      assert.deepEqual(...(results as [unknown, unknown]));
    }
  });
});
