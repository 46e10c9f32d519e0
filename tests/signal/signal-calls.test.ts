// Calls of convnd/signal: what is taken, what is refused in words, where results go, and what the types say.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resident, tensor } from 'convnd';
import {
  type BorderName,
  convolve,
  convolve2d,
  correlate,
  correlate2d,
  correlateTemplate,
  correlationLags,
  type Dtype,
  FirFilter,
  fftconvolve,
  lfilter,
  oaconvolve,
  type Samples,
  upfirdn,
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
      [{ data: new Float64Array(5), shape: [5] }, /^out: expected \{ data: Float32Array/],
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

describe('what is refused', () => {
  const cases: [string, () => unknown, RegExp][] = [
    [
      'an unknown option',
      () => correlate(ramp, ramp, { bondary: 'wrap' } as never),
      /unexpected option 'bondary', known are mode/,
    ],
    [
      'a result that no memory holds',
      () => correlate(tensor(new Float32Array(2e5), [1, 2e5]), tensor(new Float32Array(2e5), [2e5, 1])),
      /not enough memory: 160000000000 bytes for 40000000000 numbers \[correlate of in1 \[1, 200000\]/,
    ],
    [
      'one of xcorr with a scale',
      () =>
        xcorr(tensor(new Float32Array(2e5), [2e5, 1, 1]), tensor(new Float32Array(2e5), [1, 2e5, 1]), {
          scale: 'biased',
        }),
      /not enough memory: \d+ bytes for \d+ numbers \[xcorr of/,
    ],
    [
      'more outputs along an axis than a tensor has',
      () => upfirdn([1, 1], [1, 2], { up: 2 ** 31 - 1 }),
      /^result: a size must be a whole number from 0 to 2147483647, got shape \[2147483649\] \[upfirdn of/,
    ],
    [
      'more lags than a tensor has numbers',
      () => xcorr([1, 2], [1, 2], { maxLag: 2 ** 31 - 1 }),
      /^result: a size must be .* got shape \[4294967295\] \[xcorr of/,
    ],
    [
      'more lags of correlationLags',
      () => correlationLags(2 ** 31 - 1, 2 ** 31 - 1),
      /^lags: a size must be .* got shape \[4294967293\] \[correlationLags\]/,
    ],
    ['options that are none', () => correlate(ramp, ramp, 'same' as never), /options must be an object/],
    [
      'an unknown mode',
      () => correlate(ramp, ramp, { mode: 'half' as never }),
      /mode must be 'full', 'same' or 'valid'/,
    ],
    ['an unknown method', () => convolve(ramp, ramp, { method: 'fast' as never }), /method must be/],
    [
      'a method of fftconvolve',
      () => fftconvolve(ramp, ramp, { method: 'fft' } as never),
      /unexpected option 'method'/,
    ],
    ['an unknown border', () => correlate(ramp, ramp, { boundary: 'around' as never }), /boundary must be/],
    [
      'reflect',
      () => correlate(ramp, ramp, { boundary: 'reflect' as never }),
      /'mirror' has c b\|a b c d\|c b.*'symmetric' has b a\|a b c d\|d c/,
    ],
    ['reflect in 2-D', () => convolve2d([ramp], [ramp], { boundary: 'reflect' as never }), /is two things/],
    ['a constant without its border', () => correlate(ramp, ramp, { cval: 3 }), /cval has no effect/],
    [
      'a constant beside another border',
      () => convolve2d([ramp], [ramp], { boundary: 'wrap', fillvalue: 3 }),
      /fillvalue has no effect/,
    ],
    [
      'a constant that is none',
      () => correlate(ramp, ramp, { boundary: 'constant', cval: Number.NaN }),
      /cval must be finite/,
    ],
    [
      'another type',
      () => correlate(ramp, ramp, { dtype: 'int32' as never }),
      /dtype must be 'float32' or 'float64'/,
    ],
    [
      'a complex type',
      () => correlate(ramp, ramp, { dtype: 'complex128' as never }),
      /complex numbers are not supported/,
    ],
    [
      'complex parts',
      () => correlate({ re: ramp, im: ramp } as never, ramp),
      /in1: complex numbers are not supported/,
    ],
    [
      'complex numbers',
      () => convolve(ramp, { data: new Float32Array(8), shape: [4], dtype: 'complex64' }),
      /in2: complex numbers/,
    ],
    [
      'complex parts by their long names',
      () => xcorr(ramp, { real: ramp, imag: ramp } as never, {}),
      /y: complex numbers are not supported/,
    ],
    ['no signal', () => correlate(undefined as never, ramp), /in1: expected a tensor/],
    [
      'ranks',
      () => correlate([ramp], ramp),
      /in1 and in2 must have as many axes, but have 2 and 1 \[correlate of in1 \[1, 4\], in2 \[4\]\]/,
    ],
    ['an empty input', () => convolve(ramp, []), /in2 is empty: its shape is \[0\]/],
    [
      'valid with neither larger',
      () => correlate([ramp], [[1], [2]], { mode: 'valid' }),
      /one input must be at least as large/,
    ],
    [
      'sizes of other axes',
      () => convolve([ramp, ramp], [[1], [2], [3]], { axes: 1 }),
      /sizes along axis 0.*are 2 and 3/,
    ],
    ['an axis beyond', () => convolve(ramp, ramp, { axes: 1 }), /there is no axis 1 in 1 dimension/],
    ['an axis twice', () => convolve([ramp], [ramp], { axes: [1, -1] }), /named twice/],
    ['no axes', () => convolve(ramp, ramp, { axes: [] }), /name at least one/],
    ['half an axis', () => convolve(ramp, ramp, { axes: 0.5 }), /axes must be an integer/],
    [
      'axes that are none',
      () => convolve(ramp, ramp, { axes: 'last' as never }),
      /axes must be an axis or a list/,
    ],
    ['lags beside maxLag', () => correlate(ramp, ramp, { lags: [0, 1], maxLag: 3 }), /give one of them/],
    [
      'lags beside a mode',
      () => correlate(ramp, ramp, { lags: [0, 1], mode: 'same' }),
      /mode and lags exclude each other/,
    ],
    [
      'maxLag beside a mode',
      () => correlate(ramp, ramp, { maxLag: 1, mode: 'same' }),
      /mode and maxLag exclude each other/,
    ],
    [
      'a constant in words',
      () => convolve2d([ramp], [ramp], { fillvalue: '3' as never }),
      /must be a number/,
    ],
    ['lags that end early', () => correlate(ramp, ramp, { lags: [1, 0] }), /ends before it begins/],
    ['half a lag', () => correlate(ramp, ramp, { lags: [0.5, 1] }), /lags must be an integer/],
    [
      'lags for more axes',
      () =>
        correlate(ramp, ramp, {
          lags: [
            [0, 1],
            [0, 1],
          ],
        }),
      /or a list of 1/,
    ],
    ['a negative maxLag', () => correlate(ramp, ramp, { maxLag: -1 }), /maxLag must be 0 or more/],
    [
      'a maxLag that is none',
      () => correlate(ramp, ramp, { maxLag: '3' as never }),
      /maxLag must be a number/,
    ],
    ['three axes of a picture', () => correlate2d([[ramp]], [[ramp]]), /in1 must have two axes, but has 3/],
    ['an axis of xcorr', () => xcorr(ramp, ramp, { axis: 1 }), /axis: there is no axis 1/],
    ['a scale', () => xcov(ramp, { scale: 'norm' as never }), /scale must be/],
    ['a scale for two lengths', () => xcorr(ramp, [1, 2], { scale: 'biased' }), /x has 4 elements and y 2/],
    [
      'an option of another function',
      () => xcorr(ramp, { mode: 'same' } as never),
      /unexpected option 'mode'/,
    ],
    [
      'a picture as a template',
      () => correlateTemplate([ramp], [ramp]),
      /data must have one axis, but has 2/,
    ],
    ['a long template', () => correlateTemplate([1], ramp), /data must not be shorter than the template/],
    ['demean', () => correlateTemplate(ramp, ramp, { demean: 1 as never }), /demean must be a boolean/],
    ['lags of nothing', () => correlationLags(0, 3), /n1 must be 1 or more/],
    ['lags of a mode', () => correlationLags(3, 3, 'half' as never), /mode must be/],
  ];
  for (const [what, call, message] of cases) it(what, () => void refused(call, message, what));

  interface Callable {
    (one: unknown, other: unknown, options?: unknown): unknown;
    explain?(one: number[], other: number[], options: unknown): string;
  }
  const functions = { convolve, fftconvolve, oaconvolve, correlate, convolve2d, correlate2d, xcorr, xcov };
  for (const [name, call] of Object.entries({ ...functions, correlateTemplate } as unknown as Record<
    string,
    Callable
  >))
    it(`in the name of ${name}`, () => {
      const end = new RegExp(`\\[${name}\\]$`);
      for (const given of ['x', { re: ramp, im: ramp }]) {
        refused(() => call(given, ramp), end, 'the first');
        refused(() => call([ramp], given, {}), end, 'the second');
      }
      const unknown = { unknown: 1 };
      refused(() => call(ramp, ramp, unknown), end, 'an option');
      const { explain } = call;
      if (explain) refused(() => explain([4], [4], unknown), end, 'an option of explain');
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
