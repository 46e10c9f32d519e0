// SciPy's and NumPy's correlations and convolutions: every case by every method, and what they refuse.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  convolve,
  convolve2d,
  correlate,
  correlate2d,
  correlationLags,
  type Method,
  type Mode,
} from 'convnd/signal';
import { readJson, readTensors, type Stored, type Verdict } from '../helpers/fixtures.js';
import { refused } from '../helpers/refusal.js';
import { assertSum, type SignalCase, spectrumBound } from './signals.js';

interface LagCase {
  in1_len: number;
  in2_len: number;
  mode: Mode;
  lags: number[];
}
interface VerdictCase {
  id: string;
  fn: string;
  what: string;
  args: Record<string, unknown>;
  in1: number[];
  in2: number[];
  verdict: Verdict;
}
const index = readJson<{ cases: SignalCase[]; verdicts: VerdictCase[]; correlation_lags: LagCase[] }>(
  'scipy/cases.json',
);
const tensors = readTensors('scipy/cases.safetensors');

type Sum = (
  in1: Stored,
  in2: Stored,
  options: Record<string, unknown>,
) => { data: ArrayLike<number>; shape: number[] };

/** The outputs of NumPy's modes in the words of lags: the longer input comes first in every mode. */
function numpyLags(mode: Mode, n1: number, n2: number, turned: boolean): [number, number] {
  const [longer, shorter] = [Math.max(n1, n2), Math.min(n1, n2)];
  const first = turned ? 0 : 1 - n2;
  if (mode === 'full') return [first, first + n1 + n2 - 2];
  if (mode === 'valid') return [first + shorter - 1, first + longer - 1];
  // where the second is the longer, its correlation is that of both exchanged, the last lag first
  const cut = turned || n1 >= n2 ? Math.floor((shorter - 1) / 2) : Math.floor(shorter / 2);
  return [first + cut, first + cut + longer - 1];
}

const oneAxis = ({ shape }: Stored) => assert.equal(shape.length, 1, 'NumPy takes one axis');
const numpy =
  (sum: Sum, turned: boolean): Sum =>
  (in1, in2, { mode, ...options }) => {
    oneAxis(in1);
    oneAxis(in2);
    if (!['full', 'same', 'valid'].includes(mode as string)) return sum(in1, in2, { ...options, mode });
    return sum(in1, in2, { ...options, lags: numpyLags(mode as Mode, in1.shape[0], in2.shape[0], turned) });
  };

const functions: Record<string, Sum> = {
  'scipy.signal.correlate': correlate,
  'scipy.signal.convolve': convolve,
  'scipy.signal.correlate2d': correlate2d,
  'scipy.signal.convolve2d': convolve2d,
  'numpy.correlate': numpy(correlate, false),
  'numpy.convolve': numpy(convolve, true),
};

describe('SciPy and NumPy', () => {
  it('have 674 cases, 36 lists of lags and 44 verdicts here', () => {
    assert.deepEqual(
      [index.cases.length, index.correlation_lags.length, index.verdicts.length],
      [674, 36, 44],
    );
  });

  for (const method of ['auto', 'direct', 'fft'] as Method[])
    for (const [fn, sum] of Object.entries(functions))
      it(`${fn}, method ${method}`, () => {
        for (const entry of index.cases.filter((each) => each.fn === fn)) {
          const [in1, in2, want] = ['in1', 'in2', 'output'].map(
            (name) => tensors.get(`${entry.id}/${name}`)!,
          );
          const { abs_sum, terms = 1 } = entry.check.output;
          // a border brings in numbers that in1's norm doesn't have; abs_sum has them
          const direct = 2 ** -24 * abs_sum * (terms + 2);
          const bound = method === 'direct' ? direct : Math.max(direct, spectrumBound(in1, in2));
          assertSum(sum(in1, in2, { ...entry.args, method }), want, entry, bound);
          const double = sum(in1, in2, { ...entry.args, method, dtype: 'float64' });
          assert.ok(double.data instanceof Float64Array);
          // what is wanted was rounded to float32
          assertSum(double, want, entry, 2 ** -24 * abs_sum);
        }
      });

  for (const { id, fn, what, args, in1, in2, verdict } of index.verdicts)
    it(`${id}: ${what}`, () => {
      const zeros = (shape: number[]) => ({
        data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
        shape,
      });
      const call = () => functions[fn](zeros(in1), zeros(in2), args);
      const isEmpty = [...in1, ...in2].includes(0);
      // NumPy takes one axis; here there is no such limit
      if (fn.startsWith('numpy') && in1.length > 1) {
        assert.deepEqual(correlate(zeros(in1), zeros(in2)).shape, [4, 4]);
        return;
      }
      // SciPy's two-dimensional functions give numbers for an empty input; nothing here does
      if (verdict.stage === 'ok' && !isEmpty) assert.deepEqual(call().shape, verdict.output);
      else refused(call, isEmpty ? /is empty/ : /axes|mode|boundary/, id);
    });

  it('the lags are those that belong to the outputs of correlate', () => {
    let contradicted = 0;
    for (const { in1_len, in2_len, mode, lags } of index.correlation_lags) {
      const got = correlationLags(in1_len, in2_len, mode);
      // SciPy's are one too large here: at its lags, its own correlate has other sums
      if (mode === 'same' && in1_len % 2 === 1 && in2_len % 2 === 0) {
        assert.deepEqual(
          [...got],
          lags.map((lag) => lag - 1),
        );
        contradicted++;
      } else assert.deepEqual([...got], lags, `${in1_len}, ${in2_len}, ${mode}`);
      const impulse = Float32Array.from({ length: in1_len }, (_, i) => i + 1);
      const by = Float32Array.from({ length: in2_len }, (_, i) => 1 + i * i);
      const want = Array.from(got, (lag) =>
        Array.from(by).reduce((sum, value, k) => sum + value * (impulse[k + lag] ?? 0), 0),
      );
      assert.deepEqual([...correlate(impulse, by, { mode }).data], want);
    }
    assert.equal(contradicted, 3);
  });
});
