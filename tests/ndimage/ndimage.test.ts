// scipy.ndimage's own results and verdicts: what convnd/ndimage computes is what SciPy computes, and refuses what SciPy refuses.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as ndimage from 'convnd/ndimage';
import { assertSame } from '../helpers/compare.js';
import { readJson, readTensors, type Stored, type Verdict } from '../helpers/fixtures.js';
import { refused } from '../helpers/refusal.js';
import { product } from '../reference/reference.js';

interface Case {
  id: string;
  fn: string;
  args: Record<string, unknown>;
  output: number[];
  exact: boolean;
  check: { output: { terms: number; abs_sum: number } };
}

interface VerdictCase {
  id: string;
  fn: string;
  what: string;
  args: Record<string, unknown>;
  in1: number[];
  in2: number[] | null;
  verdict: Verdict;
}

const { cases, verdicts } = readJson<{ cases: Case[]; verdicts: VerdictCase[] }>('ndimage/cases.json');
const tensors = readTensors('ndimage/cases.safetensors');

type Filter = (...args: unknown[]) => { data: ArrayLike<number>; shape: number[] };
type Options = Record<string, unknown>;

/** Calls a function of SciPy's name. */
function call(fn: string, args: Options, input: Stored, weights: Stored | undefined, more: Options = {}) {
  const name = fn.replace('scipy.ndimage.', '').replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const { sigma, ...options } = args;
  const second = [weights, sigma].filter((value) => value !== undefined);
  return (ndimage as unknown as Record<string, Filter>)[name](input, ...second, { ...options, ...more });
}

/**
 * Fails unless the numbers are SciPy's. These are float64 sums that were rounded to float32: float32 sums are within the bound of any
 * order of summation, and float64 sums differ by what was rounded.
 */
function assertScipys(got: ArrayLike<number>, { id, exact, check }: Case): void {
  const want = tensors.get(`${id}/output`)!.data;
  if (exact) {
    assertSame(got, want, id);
    return;
  }
  const { terms, abs_sum } = check.output;
  const double = got instanceof Float64Array;
  assert.equal(got.length, want.length);
  for (let i = 0; i < got.length; i++) {
    const error = Math.abs(got[i] - want[i]);
    const bound = double
      ? 2 ** -24 * Math.abs(want[i]) + 2 ** -44 * terms * Math.max(abs_sum, 1)
      : 2 ** -24 * (terms + 2) * abs_sum;
    assert.ok(error <= bound, `${id}: element ${i} is ${got[i]}, expected ${want[i]} within ${bound}`);
  }
}

describe("scipy.ndimage's results", () => {
  it('are 781, of which 702 are exact', () => {
    assert.equal(cases.length, 781);
    assert.equal(cases.filter(({ exact }) => exact).length, 702);
  });

  for (const fn of [...new Set(cases.map((entry) => entry.fn))])
    it(`${fn} in float32, in float64, and into a tensor`, () => {
      for (const entry of cases.filter((some) => some.fn === fn)) {
        const [input, weights] = ['input', 'weights'].map((name) => tensors.get(`${entry.id}/${name}`));
        const y = call(fn, entry.args, input!, weights);
        assert.ok(y.data instanceof Float32Array);
        assert.deepEqual(y.shape, entry.output);
        assertScipys(y.data, entry);

        const double = call(fn, entry.args, input!, weights, { dtype: 'float64' });
        assert.ok(double.data instanceof Float64Array);
        assertScipys(double.data, entry);

        const out = { data: new Float32Array(product(entry.output)).fill(7), shape: entry.output };
        assert.equal(call(fn, entry.args, input!, weights, { out }), out);
        assertSame(out.data, y.data, `${entry.id}, out`);
      }
    });
});

/** What SciPy takes and convnd refuses. */
const stricter = new Set(['empty input']);

/** The sentence that a refusal has, by what is wrong. */
const sentences: Record<string, RegExp> = {
  'different ranks': /^filter weights array has incorrect shape/,
  'empty weights': /^filter weights array has incorrect shape: weights are empty|^no filter weights given/,
  'empty input': /^input is empty \[/,
  'weights of rank 2': /^no filter weights given/,
  'unknown mode': /^boundary mode not supported: mode must be one of reflect, .* but got 'symmetric'/,
  'a mode for each axis': /^A sequence of modes is not supported/,
  'origin of wrong length': /^sequence argument must have length equal to input rank: origin/,
  'sigmas of wrong length': /^sequence argument must have length equal to input rank: sigma/,
  'axis out of range': /^axis 1 is out of bounds for array of dimension 1/,
  'negative order': /^order must be non-negative/,
};

describe("scipy.ndimage's verdicts", () => {
  it('are 41', () => assert.equal(verdicts.length, 41));

  for (const { id, fn, what, args, in1, in2, verdict } of verdicts) {
    const zeros = (shape: number[]) => ({ data: new Float32Array(product(shape)), shape });
    const attempt = () => call(fn, args, zeros(in1), in2 ? zeros(in2) : undefined);
    if (verdict.stage === 'ok' && !stricter.has(what))
      it(`${id}: ${what} is taken`, () => assert.deepEqual(attempt().shape, verdict.output));
    else
      it(`${id}: ${what} is refused`, () => {
        const text = refused(attempt, sentences[what] ?? /^Invalid origin; origin must satisfy/, what);
        assert.match(text, /\[(\w+) of input \[/, 'says whose argument it was');
      });
  }
});
