// Random problems over all options, compared with the naive reference.
// CONVND_RUNS sets how many, CONVND_SEED which, CONVND_PROBLEM="<line>" runs that problem only.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tensor } from 'convnd';
import fc from 'fast-check';
import { problemLayer } from '../helpers/build.js';
import { assertSame, assertTransformed, assertWithinBound } from '../helpers/compare.js';
import { parseLine, problemLine } from '../helpers/lines.js';
import { integers, NOT_FINITE, reals } from '../helpers/numbers.js';
import { type Drawn, drawn, problemOf } from '../helpers/problems.js';
import { unlessUnable } from '../helpers/takes.js';
import {
  inputShape,
  type Problem,
  product,
  type Reference,
  reference,
  weightShape,
} from '../reference/reference.js';

const { seed = Math.trunc(2 ** 31 * Math.random()) } = fc.readConfigureGlobal();
const runs = Number(process.env.CONVND_RUNS ?? 3000);

/** Problems that once went wrong. */
const regressions = [
  // A class of outputs that no kernel element reaches.
  'T n1 g1 c10 f6 i4x2x4 k1x3x3 s4x1x1 o3x0x0',
  'T n1 g1 c32 f32 i4x16x16 k1x3x3 s2x1x1 p0x1x1',
  // Slices of which the larger takes a little less memory than the smaller.
  'n1 g1 c25 f3 i40957 k3 p1',
  // Far taps, many classes of outputs.
  'n1 g1 c16 f4 i20000 k3 p4096 d4096',
  'T n1 g1 c1 f1 i2 k1 s20000',
  // Narrow and long maps, whose height and width are exchanged.
  'n2 g1 c3 f2 i20x3 k3x3 p1x1 reflect',
  'n2 g4 c4 f4 i33x2 k5x3 p2x1 d1x1 circular',
  'n2 g2 c4 f6 i5x37x3 k2x3x3 p1x1x2 replicate',
  'n3 g1 c4 f2 i41x3 k2x4 s2x1 p1x2',
];

/** Integers with a NaN or an infinity here and there. */
function withNonFinite(length: number, seed: number): Float32Array {
  const values = integers(length, seed);
  for (let at = seed % 7; at < length; at += 11 + (seed % 40)) {
    values[at] = NOT_FINITE[at % 3];
  }
  return values;
}

const sameAsReference = (got: Float32Array, { output }: Reference, label: string): void =>
  assertSame(got, output, label);

/** By direct sums, by the algorithm that the layer chooses, or by Winograd's wherever it can. */
type Way = 'never' | 'auto' | 'winograd';

/** Runs the problem as a layer and compares it with the reference. */
function check(
  p: Problem,
  d: Pick<Drawn, 'bias' | 'unbatched' | 'values'>,
  fill: typeof integers,
  { fillInput = fill, ways = ['never'] as Way[] } = {},
): void {
  const line = problemLine(p);
  const label = `"${line}"${d.unbatched ? ' unbatched' : ''}${d.bias ? '' : ' bias: false'} values ${d.values}`;
  const x = fillInput(product(inputShape(p)), d.values);
  const weight = fill(product(weightShape(p)), d.values + 1);
  const bias = d.bias ? fill(p.filters, d.values + 2) : null;
  const result = reference(p, x, weight, bias);
  const cut = (shape: number[]): number[] => (d.unbatched ? shape.slice(1) : shape);
  try {
    const layer = problemLayer(p, d.bias);
    layer.loadStateDict({
      weight: tensor(weight, weightShape(p)),
      ...(bias && { bias: tensor(bias, [p.filters]) }),
    });
    const given = tensor(x, cut(inputShape(p)));
    const out = tensor(new Float32Array(result.output.length), cut(result.shape));
    for (const way of ways) {
      layer.winograd = way === 'never' ? 'never' : 'auto';
      layer.algorithm = way === 'winograd' ? way : undefined;
      const compare =
        way !== 'never' ? assertTransformed : fill === integers ? sameAsReference : assertWithinBound;
      out.data.fill(Number.NaN);
      const first = unlessUnable(() => layer.forward(given, { out }));
      if (!first && way === 'winograd') continue;
      for (const y of [first!, layer.forward(given)]) {
        assert.deepEqual(y.shape, cut(result.shape));
        compare(y.data, result, `${label}, winograd: ${way}`);
      }
    }
    layer.dispose();
  } catch (error) {
    throw new Error(`${label}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

describe('random problems', () => {
  const only = process.env.CONVND_PROBLEM;
  for (const line of only ? [only] : regressions) {
    it(line, () => {
      for (const fill of [integers, reals]) {
        const d = { bias: true, unbatched: false, values: seed };
        check(parseLine(line), d, fill, { ways: ['never', 'auto', 'winograd'] });
      }
    });
  }
  if (only) return;

  // First, so that what it leaves in memory is in the way of the others.
  it(`${runs / 4} with NaN and infinities in the input have them at the places of the reference (seed ${seed})`, () => {
    fc.assert(
      fc.property(drawn, (d) =>
        check(problemOf(d), d, integers, { fillInput: withNonFinite, ways: ['never', 'auto', 'winograd'] }),
      ),
      { seed, numRuns: Math.ceil(runs / 4) },
    );
  });

  it(`${runs} with integers are equal to the reference (seed ${seed})`, () => {
    fc.assert(
      fc.property(drawn, (d) => check(problemOf(d), d, integers)),
      { seed, numRuns: runs },
    );
  });

  it(`${runs / 4} with real numbers are within the bound of their sums (seed ${seed})`, () => {
    fc.assert(
      fc.property(drawn, (d) => check(problemOf(d), d, reals)),
      { seed, numRuns: Math.ceil(runs / 4) },
    );
  });

  it(`${runs / 4} with real numbers are right with Winograd's algorithm (seed ${seed})`, () => {
    fc.assert(
      fc.property(drawn, (d) =>
        check(problemOf({ ...d, threes: true }), d, reals, { ways: ['auto', 'winograd'] }),
      ),
      { seed, numRuns: Math.ceil(runs / 4) },
    );
  });

  it('print as lines that parse back', () => {
    fc.assert(
      fc.property(drawn, (d) => {
        const p = problemOf(d);
        assert.deepEqual(parseLine(problemLine(p)), p);
      }),
      { seed, numRuns: 500 },
    );
  });

  it('are explained by the same line', () => {
    fc.assert(
      fc.property(drawn, (d) => {
        const p = problemOf(d);
        assert.equal(problemLayer(p, false).explain(inputShape(p)).split('\n')[0], problemLine(p));
      }),
      { seed, numRuns: 500 },
    );
  });
});
