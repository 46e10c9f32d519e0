// SciPy's fftconvolve and oaconvolve: every case, and what they refuse.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConvolveOptions, convolve, fftconvolve, oaconvolve } from 'convnd/signal';
import { readJson, readTensors, type Verdict } from '../helpers/fixtures.js';
import { refused } from '../helpers/refusal.js';
import { assertSum, cut, type SignalCase, spectrumBound } from './signals.js';

interface FastCase extends SignalCase {
  in1: number[];
  in2: number[];
  /** where SciPy loses rows */
  quirk?: string;
}
interface VerdictCase {
  id: string;
  fn: string;
  what: string;
  args: object;
  in1: number[];
  in2: number[];
  verdict: Verdict;
}
const index = readJson<{ cases: FastCase[]; verdicts: VerdictCase[] }>('signal/cases.json');
const tensors = readTensors('signal/cases.safetensors');
const functions = { 'scipy.signal.fftconvolve': fftconvolve, 'scipy.signal.oaconvolve': oaconvolve } as const;
type Name = keyof typeof functions;
const mine = <T extends { fn: string }>(rows: T[]) => rows.filter(({ fn }) => fn in functions);

describe('fftconvolve and oaconvolve', () => {
  it('have 205 cases and 26 verdicts here', () => {
    assert.deepEqual([mine(index.cases).length, mine(index.verdicts).length], [205, 26]);
  });

  for (const fn of Object.keys(functions) as Name[])
    it(fn, () => {
      let broadcast = 0;
      for (const entry of index.cases.filter((each) => each.fn === fn)) {
        const [in1, in2, want] = ['in1', 'in2', 'output'].map((name) => tensors.get(`${entry.id}/${name}`)!);
        const options = entry.args as ConvolveOptions;
        const bound = spectrumBound(in1, in2, entry.check.output.norms ?? 0);
        const rounding = 2 ** -24 * entry.check.output.abs_sum;
        const results = [
          [functions[fn](in1, in2, options), bound],
          [convolve(in1, in2, options), Math.max(bound, rounding * ((entry.check.output.terms ?? 1) + 2))],
          [functions[fn](in1, in2, { ...options, dtype: 'float64' }), rounding],
        ] as const;
        for (const [got, most] of results) {
          if (!entry.quirk) {
            assertSum(got, want, entry, most);
            continue;
          }
          // SciPy has one of the broadcast rows only, in the middle
          const rows = entry.in2[0];
          assert.deepEqual(got.shape, [rows, ...want.shape.slice(1)]);
          const middle = { data: cut(got, [Math.floor((rows - 1) / 2), 0], want.shape), shape: want.shape };
          assertSum(middle, want, entry, most);
          broadcast++;
        }
      }
      assert.equal(broadcast, fn.endsWith('fftconvolve') ? 12 : 6);
    });

  for (const { id, fn, what, args, in1, in2, verdict } of mine(index.verdicts))
    it(`${id}: ${what}`, () => {
      const zeros = (shape: number[]) => ({
        data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
        shape,
      });
      const call = () => functions[fn as Name](zeros(in1), zeros(in2), args);
      const isEmpty = [...in1, ...in2].includes(0);
      // an empty input is refused by all functions here
      if (verdict.stage === 'ok' && !isEmpty) assert.deepEqual(call().shape, verdict.output);
      else refused(call, isEmpty ? /is empty/ : /axes|axis|mode/, id);
    });
});
