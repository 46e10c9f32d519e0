// Random problems over all options, compared with the naive reference.
// CONVND_RUNS sets how many, CONVND_SEED which, CONVND_PROBLEM="<line>" runs that problem only.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tensor, type Winograd } from 'convnd';
import fc from 'fast-check';
import { problemLayer } from './build.js';
import { assertSame, assertTransformed, assertWithinBound } from './compare.js';
import { parseLine, problemLine } from './lines.js';
import { integers, reals } from './numbers.js';
import {
  inputShape,
  outputShape,
  type PaddingMode,
  type Problem,
  product,
  type Reference,
  reference,
  weightShape,
} from './reference.js';

const seed = Number(process.env.CONVND_SEED ?? 20250101);
const runs = Number(process.env.CONVND_RUNS ?? 4000);

/** Problems that once went wrong. */
const regressions = [
  // A class of outputs that no kernel element reaches.
  'T n1 g1 c10 f6 i4x2x4 k1x3x3 s4x1x1 o3x0x0',
  'T n1 g1 c32 f32 i4x16x16 k1x3x3 s2x1x1 p0x1x1',
  // Slices of which the larger takes a little less memory than the smaller.
  'n1 g1 c25 f3 i40957 k3 p1',
  // Far taps, many classes of outputs.
  'n1 g1 c16 f4 i20000 k3 p4096 d4096',
  'T n1 g1 c1 f1 i2 k1 s200000',
];

/** What is drawn for one axis; the size of the input follows so that torch takes it. */
interface Draw {
  kernel: number;
  stride: number;
  dilation: number;
  padding: number;
  outputPadding: number;
  extra: number;
}

interface Drawn {
  transposed: boolean;
  padding: 'number' | 'same' | 'valid';
  mode: PaddingMode;
  batch: number;
  unbatched: boolean;
  bias: boolean;
  groups: number;
  channels: number;
  filters: number;
  /** Kernels of three and stride 1 in every axis: what Winograd's algorithm is for. */
  threes: boolean;
  axes: Draw[];
  values: number;
}

const sizes = (rank: number): fc.Arbitrary<Draw> =>
  fc.record({
    kernel: fc.integer({ min: 1, max: [9, 5, 3][rank - 1] }),
    stride: fc.constantFrom(1, 1, 1, 2, 2, 3, 4),
    dilation: fc.constantFrom(1, 1, 1, 2, 3),
    padding: fc.integer({ min: -1, max: 4 }),
    outputPadding: fc.nat(3),
    extra: fc.nat([90, 20, 7][rank - 1]),
  });

/** Mostly small, sometimes enough for several tiles and blocks. */
const perGroup = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 1, arbitrary: fc.integer({ min: 10, max: 40 }) },
);

const drawn: fc.Arbitrary<Drawn> = fc.constantFrom(1, 2, 3).chain((rank) =>
  fc.record({
    transposed: fc.boolean(),
    padding: fc.constantFrom<Drawn['padding']>('number', 'number', 'same', 'valid'),
    mode: fc.constantFrom<PaddingMode>('zeros', 'zeros', 'reflect', 'replicate', 'circular'),
    batch: fc.constantFrom(1, 1, 2, 3, 0),
    unbatched: fc.boolean(),
    bias: fc.boolean(),
    groups: fc.constantFrom(1, 1, 2, 3, 5),
    channels: perGroup,
    filters: perGroup,
    threes: fc.constantFrom(false, false, false, true),
    axes: fc.array(sizes(rank), { minLength: rank, maxLength: rank }),
    values: fc.nat(2 ** 31 - 1),
  }),
);

/** The problem that was drawn, with sizes that torch takes and not too much to compute naively. */
function problemOf(d: Drawn): Problem {
  const same = d.padding === 'same' && !d.transposed;
  const mode = d.transposed ? 'zeros' : d.mode;
  const axes = d.axes.map((drawnAxis) => {
    const axis = d.threes ? { ...drawnAxis, kernel: 3, stride: 1 } : drawnAxis;
    const stride = same ? 1 : axis.stride;
    const reach = axis.dilation * (axis.kernel - 1) + 1;
    const number = d.padding === 'valid' ? 0 : mode === 'zeros' ? Math.max(axis.padding, 0) : axis.padding;
    const begin = same ? Math.floor((reach - 1) / 2) : number;
    const end = same ? reach - 1 - begin : number;
    const outputPadding = d.transposed
      ? Math.min(axis.outputPadding, Math.max(stride, axis.dilation) - 1)
      : 0;
    const least = d.transposed
      ? Math.ceil((begin + end - reach - outputPadding) / stride) + 1
      : Math.max(reach - begin - end, mode === 'reflect' ? end + 1 : mode === 'circular' ? end : 1);
    return { ...axis, stride, begin, end, outputPadding, least: Math.max(least, 1) };
  });
  const make = (extra: (axis: Draw) => number): Problem => ({
    transposed: d.transposed,
    batch: d.unbatched ? 1 : d.batch,
    groups: d.groups,
    channels: d.groups * d.channels,
    filters: d.groups * d.filters,
    input: axes.map((axis) => axis.least + extra(axis)),
    kernel: axes.map(({ kernel }) => kernel),
    stride: axes.map(({ stride }) => stride),
    padding: axes.map(({ begin, end }) => [begin, end]),
    dilation: axes.map(({ dilation }) => dilation),
    outputPadding: axes.map(({ outputPadding }) => outputPadding),
    mode,
  });
  const products = (p: Problem): number =>
    (product(weightShape(p)) * product(p.transposed ? inputShape(p) : outputShape(p))) /
    (p.transposed ? p.channels : p.filters);
  for (const share of [1, 1 / 2, 1 / 4]) {
    const p = make(({ extra }) => Math.round(extra * share));
    if (products(p) <= 250_000) return p;
  }
  return make(() => 0);
}

/** Integers with a NaN or an infinity here and there. */
function withNonFinite(length: number, seed: number): Float32Array {
  const values = integers(length, seed);
  for (let at = seed % 7; at < length; at += 11 + (seed % 40)) {
    values[at] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][at % 3];
  }
  return values;
}

const sameAsReference = (got: Float32Array, { output }: Reference, label: string): void =>
  assertSame(got, output, label);

/** Runs the problem as a layer and compares it with the reference. */
function check(
  p: Problem,
  d: Pick<Drawn, 'bias' | 'unbatched' | 'values'>,
  fill: typeof integers,
  { fillInput = fill, winograd = ['never'] as Winograd[] } = {},
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
    for (const setting of winograd) {
      layer.winograd = setting;
      const compare =
        setting === 'auto' ? assertTransformed : fill === integers ? sameAsReference : assertWithinBound;
      out.data.fill(Number.NaN);
      for (const y of [layer.forward(given, { out }), layer.forward(given)]) {
        assert.deepEqual(y.shape, cut(result.shape));
        compare(y.data, result, `${label}, winograd ${setting}`);
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
        check(parseLine(line), d, fill, { winograd: ['never', 'auto'] });
      }
    });
  }
  if (only) return;

  // First, so that what it leaves in memory is in the way of the others.
  it(`${runs / 4} with NaN and infinities in the input have them at the places of the reference (seed ${seed})`, () => {
    fc.assert(
      fc.property(drawn, (d) =>
        check(problemOf(d), d, integers, { fillInput: withNonFinite, winograd: ['never', 'auto'] }),
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
      fc.property(drawn, (d) => check(problemOf({ ...d, threes: true }), d, reals, { winograd: ['auto'] })),
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
