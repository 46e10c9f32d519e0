// lfilter, lfilterZi, upfirdn and sepfir2d: SciPy's results and verdicts, and sepfir2d's definition beyond them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lfilter, lfilterZi, sepfir2d, type UpfirdnMode, upfirdn } from 'convnd/signal';
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
