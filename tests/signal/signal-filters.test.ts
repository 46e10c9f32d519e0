// lfilter, lfilterZi, upfirdn and sepfir2d: SciPy's results and verdicts, and the definitions beyond what SciPy's results cover.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lfilter, lfilterZi, sepfir2d, type UpfirdnMode, upfirdn } from 'convnd/signal';
import { takesRows } from '#src/signal/upfirdn-rows.js';
import { assertNear, assertSame } from '../helpers/compare.js';
import { readJson, readTensors, type Stored, type Verdict } from '../helpers/fixtures.js';
import { integers, normal } from '../helpers/numbers.js';
import { refused } from '../helpers/refusal.js';

interface FilterCase {
  id: string;
  fn: string;
  args: {
    axis?: number;
    blocks?: number[];
    zi?: boolean;
    up?: number;
    down?: number;
    mode?: UpfirdnMode;
    cval?: number;
  };
  exact: boolean;
  check: { output: { terms: number; abs_sum: number } };
}

interface FilterVerdict {
  fn: string;
  what: string;
  args: Record<string, unknown>;
  in1: number[];
  in2: number[];
  verdict: Verdict;
}

const { cases, verdicts } = readJson<{ cases: FilterCase[]; verdicts: FilterVerdict[] }>('signal/cases.json');
const tensors = readTensors('signal/cases.safetensors');
const unit = { float32: 2 ** -24, float64: 2 ** -53 };

const casesOf = (name: string) => cases.filter(({ fn }) => fn === `scipy.signal.${name}`);

/** A tensor of a case. */
function stored({ id }: FilterCase, name: string): Stored {
  const found = tensors.get(`${id}/${name}`);
  assert.ok(found, `${id}/${name}`);
  return found;
}

/** Fails unless a result is the case's, which was rounded to float32. */
function judge(
  got: { data: Float32Array | Float64Array; shape: number[] },
  want: Stored,
  row: FilterCase,
  dtype: 'float32' | 'float64',
): void {
  const { id, exact, check } = row;
  const { terms, abs_sum } = check.output;
  const label = `${id}, ${dtype}`;
  assert.deepEqual(got.shape, want.shape, label);
  if (exact) assertSame(got.data, want.data, label);
  else assertNear(got.data, want.data, abs_sum * (unit[dtype] * (terms + 2) + unit.float32), label);
}

/** Some elements of a tensor along an axis. */
function part({ data, shape }: Stored, axis: number, from: number, count: number): Stored {
  const at = axis < 0 ? axis + shape.length : axis;
  const inner = shape.slice(at + 1).reduce((a, b) => a * b, 1);
  const sizes = shape.with(at, count);
  const outer = shape.slice(0, at).reduce((a, b) => a * b, 1);
  const out = new Float32Array(outer * count * inner);
  for (let line = 0; line < outer; line++) {
    const begin = (line * shape[at] + from) * inner;
    out.set(data.subarray(begin, begin + count * inner), line * count * inner);
  }
  return { data: out, shape: sizes };
}

for (const dtype of ['float32', 'float64'] as const) {
  describe(`SciPy's filters in ${dtype}`, () => {
    it("lfilter: 26 cases, in SciPy's blocks, with every state between them", () => {
      for (const row of casesOf('lfilter')) {
        const { axis = -1, blocks = [] } = row.args;
        const [b, x, output] = ['b', 'x', 'output'].map((name) => stored(row, name));
        if (!row.args.zi) {
          judge(lfilter(b, x, { axis, dtype }), output, row, dtype);
          judge(lfilter(b, 1, x, { axis, dtype }), output, row, dtype);
          continue;
        }
        let zi: { data: Float32Array | Float64Array; shape: number[] } = stored(row, 'zi');
        let from = 0;
        for (const [i, count] of blocks.entries()) {
          const y = lfilter(b, part(x, axis, from, count), { axis, zi, dtype });
          judge(y, part(output, axis, from, count), row, dtype);
          judge(y.zf, stored(row, `z${i + 1}`), row, dtype);
          zi = y.zf;
          from += count;
        }
        judge(zi as Stored, stored(row, 'zf'), row, dtype);
      }
      assert.equal(casesOf('lfilter').length, 26);
    });

    it('lfilter_zi: 3 cases', () => {
      for (const row of casesOf('lfilter_zi'))
        judge(lfilterZi(stored(row, 'b'), { dtype }), stored(row, 'output'), row, dtype);
      assert.equal(casesOf('lfilter_zi').length, 3);
    });

    it('upfirdn: 57 cases', () => {
      for (const row of casesOf('upfirdn'))
        judge(
          upfirdn(stored(row, 'h'), stored(row, 'x'), { ...row.args, dtype }),
          stored(row, 'output'),
          row,
          dtype,
        );
      assert.equal(casesOf('upfirdn').length, 57);
    });

    it('sepfir2d: 66 cases', () => {
      for (const row of casesOf('sepfir2d')) {
        const [x, hrow, hcol] = ['x', 'hrow', 'hcol'].map((name) => stored(row, name));
        judge(sepfir2d(x, hrow, hcol, { dtype }), stored(row, 'output'), row, dtype);
      }
      assert.equal(casesOf('sepfir2d').length, 66);
    });
  });
}

/** What is refused here, where SciPy computes something else than was asked for, or nothing. */
const stricter: Record<string, RegExp> = {
  'empty input, IIR': /only FIR filters are supported/,
  'empty x': /x cannot be empty/,
  'unknown mode': /mode must be one of constant, .* but got 'mirror'/,
  'a fraction for up is cut': /up must be an integer, but got 1.5/,
};

/** SciPy's sentences that don't say what is wrong, and ours. */
const clearer: Record<string, RegExp> = {
  'zi one too long': /unexpected shape for zi: expected \[3\], found \[4\]/,
  'zi of another rank': /unexpected shape for zi: expected \[2, 3\], found \[3\]/,
  'empty input (an IIR filter accepts it)': /x cannot be empty/,
  'no coefficients': /b must be 1-D with non-zero length, but got shape \[0\]/,
  'coefficients of rank 2': /b must be 1-D with non-zero length, but got shape \[2, 2\]/,
  'up below 1': /both up and down must be >= 1, but got up=0/,
  'down below 1': /both up and down must be >= 1, but got down=0/,
  '1-D input': /x must be 2-D, but got shape \[8\]/,
  '3-D input': /x must be 2-D, but got shape \[8, 8, 8\]/,
};

const ones = (shape: number[]) => ({
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1),
  shape,
});

const calls: Record<string, (row: FilterVerdict) => { shape: number[] }> = {
  lfilter: ({ args, in1, in2 }) => {
    const { a, zi, ...options } = args as { a?: number[]; zi?: number[] };
    const given = { ...options, ...(zi && { zi: ones(zi) }) };
    return a ? lfilter(ones(in2), a, ones(in1), given) : lfilter(ones(in2), ones(in1), given);
  },
  upfirdn: ({ args, in1, in2 }) => upfirdn(ones(in2), ones(in1), args),
  sepfir2d: ({ in1, in2 }) => sepfir2d(ones(in1), ones([in2[0]]), ones([in2[1]])),
};

describe("SciPy's verdicts on filters", () => {
  it('what SciPy refuses is refused, what it takes is taken, or there is a reason', () => {
    let judged = 0;
    for (const row of verdicts) {
      const call = calls[row.fn.replace('scipy.signal.', '')];
      if (!call) continue;
      judged++;
      const { stage, output, message = '' } = row.verdict;
      const sentence = message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      if (stage === 'ok' && !stricter[row.what]) assert.deepEqual(call(row).shape, output, row.what);
      else
        refused(() => call(row), stricter[row.what] ?? clearer[row.what] ?? new RegExp(sentence), row.what);
    }
    assert.equal(judged, 19);
  });
});

describe('lfilter', () => {
  it('is called with and without the denominator', () => {
    const [b, x] = [
      [1, 2],
      [1, 1, 1],
    ];
    const want = [1, 3, 3];
    for (const y of [lfilter(b, x), lfilter(b, 1, x), lfilter(b, [1], x), lfilter(b, x, {})])
      assertSame(y.data, want, 'y');
    assertSame(lfilter(b, 1, x, { zi: [5] }).zf.data, [2], 'zf');
    for (const y of [lfilter(2, x), lfilter(2, 1, x), lfilter(2, x, { zi: [] })])
      assertSame(y.data, [2, 2, 2], 'one coefficient');
    refused(() => lfilter(b, x, { zo: 1 } as object), /unexpected option 'zo'/, 'option');
    refused(
      () => lfilter(b, x, { dtype: 'complex64' } as object),
      /complex numbers are not supported/,
      'dtype',
    );
  });

  it("divides by a[0], and has SciPy's states for zeros in the denominator", () => {
    // of scipy.signal.lfilter(b, a, [1, 2, 3], zi=…)
    const rows: [b: number[], a: number | number[], zi: number[], y: number[], zf: number[]][] = [
      [
        [1, 2],
        [1, 0, 0],
        [0, 0],
        [1, 4, 7],
        [6, 0],
      ],
      [
        [1, 2, 0],
        [1, 0],
        [0, 0],
        [1, 4, 7],
        [6, 0],
      ],
      [[1, 2], [2], [1], [1.5, 2, 3.5], [3]],
      [[1, 2], 2, [1], [1.5, 2, 3.5], [3]],
      [[1, 2], [4, 0], [1], [1.25, 1, 1.75], [1.5]],
    ];
    for (const dtype of ['float32', 'float64'] as const)
      for (const [b, a, zi, want, zf] of rows) {
        const y = lfilter(b, a, [1, 2, 3], { zi, dtype });
        assert.deepEqual([[...y.data], [...y.zf.data]], [want, zf], `a ${a}`);
      }
    refused(
      () => lfilter([1, 2], [1, 0, 0], [1], { zi: [0] }),
      /unexpected shape for zi: expected \[2\], found \[1\]/,
      'zi',
    );
  });

  it('refuses denominators of IIR filters and those that are none', () => {
    const rows: [a: number | number[] | number[][], message: RegExp][] = [
      [
        [2, 0, 0.5],
        /^only FIR filters are supported: all of a but a\[0\] must be 0, but got a=\[2, 0, 0\.5\]/,
      ],
      [[1, Number.NaN], /^only FIR filters/],
      [0, /^a\[0\] must not be 0, but got a=\[0\]/],
      [[0, 1], /^a\[0\] must not be 0/],
      [[], /^a must be 1-D with non-zero length, but got shape \[0\]/],
      [[[1]], /^a must be 1-D with non-zero length, but got shape \[1, 1\]/],
    ];
    for (const [a, message] of rows) {
      refused(() => lfilter([1, 2], a, [1, 2, 3]), message, String(a));
      refused(() => lfilterZi([1, 2], a), message, String(a));
    }
  });

  it('has a state of a step with and without the denominator too', () => {
    const b = [1, 2, 3];
    for (const state of [lfilterZi(b), lfilterZi(b, 1), lfilterZi(b, [1], { dtype: 'float64' })])
      assert.deepEqual([...state.data], [5, 3]);
    assert.ok(lfilterZi(b, 1, { dtype: 'float64' }).data instanceof Float64Array);
    assert.deepEqual([...lfilterZi(b, [2, 0, 0, 0]).data], [2.5, 1.5, 0]);
    refused(
      () => lfilterZi(b, 1, 'float64' as never),
      /^options must be an object.*got 'float64'/,
      'a type alone',
    );
  });

  it('writes where it is told to, and the state beside it', () => {
    const out = { data: new Float32Array(3), shape: [3] };
    assert.equal(lfilter([1, 2], [1, 1, 1], { out }), out);
    assertSame(out.data, [1, 3, 3], 'out');
    const y = lfilter([1, 2], [1, 1, 1], { out, zi: [1] });
    assert.equal(y.data, out.data);
    assert.deepEqual([[...y.data], [...y.zf.data]], [[2, 3, 3], [2]]);
    refused(() => lfilter([1, 2], [1, 1], { out }), /out: expected shape \[2\], got \[3\]/, 'shape');
    refused(() => lfilter([1, 2], out, { out }), /shares memory with an input/, 'overlap');
  });

  it('spreads a state of size 1 over the other axes', () => {
    const x = { data: integers(24, 1), shape: [2, 4, 3] };
    const y = lfilter([1, 2, 3], x, { axis: 1, zi: { data: new Float32Array([5, 6]), shape: [1, 2, 1] } });
    const plain = lfilter([1, 2, 3], x, { axis: 1 });
    const want = plain.data.map((value, i) => value + ([5, 6][Math.floor(i / 3) % 4] ?? 0));
    assertSame(y.data, want, 'y');
    assert.deepEqual(y.zf.shape, [2, 2, 3]);
  });
});

describe('upfirdn', () => {
  /** What SciPy 1.17.1 puts around 1 2 4 8 5, seven elements on both sides; its line needs two elements. */
  const around: Partial<Record<UpfirdnMode, number[]>> = {
    smooth: [-6, -5, -4, -3, -2, -1, 0, 1, 2, 4, 8, 5, 2, -1, -4, -7, -10, -13, -16],
    line: [-6, -5, -4, -3, -2, -1, 0, 1, 2, 4, 8, 5, 6, 7, 8, 9, 10, 11, 12],
    antireflect: [-6, -4, 0, -3, -6, -2, 0, 1, 2, 4, 8, 5, 2, 6, 8, 9, 10, 12, 16],
    antisymmetric: [8, 5, -5, -8, -4, -2, -1, 1, 2, 4, 8, 5, -5, -8, -4, -2, -1, 1, 2],
    reflect: [2, 4, 8, 5, 8, 4, 2, 1, 2, 4, 8, 5, 8, 4, 2, 1, 2, 4, 8],
    symmetric: [8, 5, 5, 8, 4, 2, 1, 1, 2, 4, 8, 5, 5, 8, 4, 2, 1, 1, 2],
    edge: [1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 5, 5, 5, 5, 5, 5, 5, 5],
    wrap: [8, 5, 1, 2, 4, 8, 5, 1, 2, 4, 8, 5, 1, 2, 4, 8, 5, 1, 2],
  };

  it('extends a signal as SciPy does, further than it is long', () => {
    const impulse = new Float32Array(15);
    impulse[7] = 1;
    for (const [mode, want] of Object.entries(around))
      assertSame(upfirdn(impulse, [1, 2, 4, 8, 5], { mode: mode as UpfirdnMode }).data, want, mode);
  });

  it('reads only one end of the signal beyond that end, whatever stands at the other', () => {
    for (const far of [1e17, Number.NaN, Number.POSITIVE_INFINITY]) {
      const options = { mode: 'antireflect', dtype: 'float64' } as const;
      // what stands one and two places before a signal, and behind it
      const before = upfirdn([0, 0, 1], [3, 4, 6, far], options).data.subarray(0, 2);
      const behind = upfirdn([1], [far, 6, 4, 3], options).data;
      assert.deepEqual([...before], [0, 2], `${far} at the end`);
      assert.deepEqual(
        [...upfirdn([1, 0, 0], [far, 6, 4, 3], options).data.subarray(4)],
        [2, 0],
        `${far} first`,
      );
      assert.equal(behind[3], 3);
    }
  });

  it('extends a single element by itself', () => {
    for (const mode of ['edge', 'reflect', 'symmetric', 'wrap', 'smooth', 'line', 'antireflect'] as const)
      assertSame(upfirdn([1, 0, 1], [3], { mode }).data, [6, 6, 6], mode);
    assertSame(upfirdn([1, 0, 0], [3], { mode: 'antisymmetric' }).data, [3, -3, 3], 'antisymmetric');
  });

  it('refuses a constant beside another mode', () => {
    refused(
      () => upfirdn([1], [1], { mode: 'edge', cval: 2 }),
      /cval has no effect with mode 'edge'/,
      'cval',
    );
    refused(() => upfirdn([1], [1], { cval: Number.NaN }), /cval must be finite, but got NaN/, 'NaN');
  });

  it('writes into out, of the right shape and elsewhere', () => {
    const x = { data: integers(12, 1), shape: [4, 3] };
    const options = { up: 2, down: 3, axis: 0 } as const;
    const want = upfirdn([1, 2, 3], x, options);
    assert.deepEqual(want.shape, [3, 3]);
    for (const mode of [undefined, 'smooth'] as const) {
      const out = { data: new Float32Array(9), shape: [3, 3] };
      assert.equal(upfirdn([1, 2, 3], x, { ...options, mode, out }), out);
      assertSame(out.data, upfirdn([1, 2, 3], x, { ...options, mode }).data, `mode ${mode}`);
      refused(
        () => upfirdn([1, 2, 3], x, { up: 2, down: 3, mode, out }),
        /^out: expected shape \[4, 3\], got \[3, 3\]/,
        'shape',
      );
      const shared = { data: x.data.subarray(3), shape: [3, 3] };
      refused(
        () => upfirdn([1, 2, 3], x, { ...options, mode, out: shared }),
        /^out: shares memory with an input/,
        'shared',
      );
    }
  });

  it('refuses what is no signal, and a constant that is no number', () => {
    refused(() => upfirdn([1], { data: new Float32Array(1), shape: [] }), /x must be at least 1-D/, 'x');
    refused(() => upfirdn([1], [1], { cval: '2' as never }), /cval must be a number, but got '2'/, 'cval');
  });

  it('takes a constant of 0 as nothing', () => {
    const taps = [1, Number.POSITIVE_INFINITY];
    assertSame(upfirdn(taps, [1], { cval: 0 }).data, upfirdn(taps, [1]).data, 'no product with it');
    assertSame(upfirdn([1, 2], [4], { cval: 1 }).data, [4 + 2, 8 + 1], 'cval 1');
  });

  it('is every down-th output of a signal with zeros between', () => {
    for (const [n, taps, up, down] of [
      [9, 4, 3, 2],
      [5, 11, 2, 5],
      [8, 3, 7, 3],
      [6, 6, 1, 9],
    ]) {
      const [x, h] = [integers(n, n), integers(taps, taps)];
      const wide = new Float32Array((n - 1) * up + 1);
      x.forEach((value, i) => {
        wide[i * up] = value;
      });
      const full: number[] = new Array(wide.length + taps - 1).fill(0);
      wide.forEach((value, i) => {
        h.forEach((tap, k) => {
          full[i + k] += value * tap;
        });
      });
      const want = full.filter((_, i) => i % down === 0);
      assertSame(upfirdn(h, x, { up, down }).data, want, `${[n, taps, up, down]}`);
    }
  });

  it('is the same in blocks and one output after another, in every mode', () => {
    const exact = Object.keys(around).filter((mode) => mode !== 'line');
    const modes = ['constant', ...exact] as UpfirdnMode[];
    // [up, down, taps, elements, whether the outputs are computed one after another]
    for (const [up, down, taps, n, alone] of [
      [147, 160, 2000, 1500, true],
      [2, 3, 5, 40, true],
      [1, 7, 3, 60, true],
      [3, 2, 31, 4000, false],
      [1, 2, 40, 9000, false],
    ] as const) {
      const [x, h] = [integers(2 * n, n), integers(taps, taps)];
      const count = Math.ceil(((n - 1) * up + taps) / down);
      const sum = { first: 0, count, direction: -1, stride: down, upsample: up } as const;
      assert.equal(takesRows(n, taps, sum), alone, `${[up, down, taps, n]}`);
      for (const mode of modes) {
        // an axis behind makes blocks of it
        const blocks = upfirdn(h, { data: x, shape: [n, 2] }, { up, down, mode, axis: 0 });
        const rows = [0, 1].map((column) => x.filter((_, i) => i % 2 === column));
        const together = { data: Float32Array.from(rows.flatMap((row) => [...row])), shape: [2, n] };
        const y = upfirdn(h, together, { up, down, mode });
        assert.deepEqual(y.shape, [2, count]);
        const want = [0, 1].flatMap((column) => [...blocks.data.filter((_, i) => i % 2 === column)]);
        assertSame(y.data, want, `${[up, down, taps, n, mode]}`);
      }
    }
  });

  it('of one output after another meets NaN and a constant where the definition does', () => {
    const x = new Float32Array(50).fill(1);
    x[20] = Number.NaN;
    const { data } = upfirdn(new Float32Array(40).fill(1), x, { up: 9, down: 10, cval: 2 });
    // output o meets the elements from ⌈(10 · o - 39) / 9⌉ to ⌊10 · o / 9⌋
    data.forEach((value, o) => {
      const [from, to] = [Math.ceil((10 * o - 39) / 9), Math.floor((10 * o) / 9)];
      const beside = Math.max(0, -from) + Math.max(0, to - 49);
      assert.equal(value, from <= 20 && to >= 20 ? Number.NaN : to - from + 1 + beside, `output ${o}`);
    });
  });
});

describe('sepfir2d', () => {
  it('takes filters longer than the picture, with which SciPy reads outside', () => {
    const [x, hrow, hcol] = [integers(6, 1), integers(9, 2), integers(11, 3)];
    const reflected = (i: number, n: number) => {
      const within = ((i % (2 * n)) + 2 * n) % (2 * n);
      return within < n ? within : 2 * n - 1 - within;
    };
    const want = Array.from({ length: 6 }, (_, o) => {
      let sum = 0;
      for (let i = 0; i < 11; i++)
        for (let j = 0; j < 9; j++)
          sum +=
            hcol[i] *
            hrow[j] *
            x[reflected(Math.floor(o / 3) - i + 5, 2) * 3 + reflected((o % 3) - j + 4, 3)];
      return sum;
    });
    assertSame(sepfir2d({ data: x, shape: [2, 3] }, hrow, hcol).data, want, 'y');
  });

  it('writes into out, of the right shape and elsewhere', () => {
    const x = { data: integers(12, 1), shape: [3, 4] };
    const out = { data: new Float32Array(12), shape: [3, 4] };
    assert.equal(sepfir2d(x, [1, 2, 3], [3, 4, 5], { out }), out);
    assertSame(out.data, sepfir2d(x, [1, 2, 3], [3, 4, 5]).data, 'out');
    refused(
      () => sepfir2d(x, [1], [1], { out: { ...out, shape: [4, 3] } }),
      /^out: expected shape \[3, 4\], got \[4, 3\]/,
      'shape',
    );
    refused(() => sepfir2d(x, [1], [1], { out: x }), /^out: shares memory with an input/, 'shared');
    for (const taps of [[[1]], []] as never[]) {
      refused(() => sepfir2d(x, taps, [1]), /^hrow .*\[sepfir2d of/, 'hrow');
      refused(() => sepfir2d(x, [1], taps), /^hcol .*\[sepfir2d of/, 'hcol');
    }
    refused(
      () => sepfir2d({ data: new Float32Array(0), shape: [0, 4] }, [1], [1]),
      /x cannot be empty/,
      'empty',
    );
  });

  it('leaves a picture as it is with an impulse', () => {
    const x = { data: normal(48, 4), shape: [6, 8] };
    assertSame(sepfir2d(x, [0, 1, 0], [1]).data, x.data, 'the picture itself');
  });
});
