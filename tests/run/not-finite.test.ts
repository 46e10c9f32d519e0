// NaN and infinities in weights, inputs and biases: the same places as in the definition, whatever row of the table computes. A zero of
// padding is a number like any other; a transposed layer meets no zeros.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { functional as F, type Tensor, tensor } from 'convnd';
import fc from 'fast-check';
import { convolutionOf } from '#src/problem/convolution.js';
import { parseProblem } from '#src/problem/line.js';
import { type Runner, thisThread } from '#src/run/runner.js';
import { problemLayer } from '../helpers/build.js';
import { assertSame, assertTransformed } from '../helpers/compare.js';
import { compute, convolutionFrom, planBy } from '../helpers/convolutions.js';
import { checkRows, forms, layerAxis, noCounts, places, whole } from '../helpers/forms.js';
import { parseLine, problemLine } from '../helpers/lines.js';
import { integers, NOT_FINITE, reals } from '../helpers/numbers.js';
import { drawn, problemOf } from '../helpers/problems.js';
import { rows, unlessUnable } from '../helpers/takes.js';
import { numbersOf, outputsOf } from '../reference/equation.js';
import {
  inputShape,
  outputShape,
  type Problem,
  product,
  reference,
  weightShape,
} from '../reference/reference.js';

/** Computes a problem by every row that can and compares it with the definition; gives how many did. */
function check(p: Problem, x: Float32Array, weight: Float32Array, bias: Float32Array | null): number {
  const wanted = reference(p, x, weight, bias);
  let computed = 0;
  for (const name of rows) {
    const layer = problemLayer(p, bias !== null);
    layer.loadStateDict({
      weight: tensor(weight, weightShape(p)),
      ...(bias && { bias: tensor(bias, [p.filters]) }),
    });
    layer.algorithm = name;
    const given = tensor(x, inputShape(p));
    const y = unlessUnable(() => layer.forward(given));
    if (y !== undefined) {
      const compare = name === 'winograd' || name === undefined ? assertTransformed : same;
      compare(y.data, wanted, `${name}: ${problemLine(p)}`);
      assertSame(layer.forward(given).data, y.data, `${name}, again: ${problemLine(p)}`);
      computed++;
    }
    layer.dispose();
  }
  return computed;
}

const same = (got: Float32Array, { output }: { output: Float64Array }, label: string) =>
  assertSame(got, output, label);

const lines = [
  // every variant of every row, short and long maps
  'n1 g1 c1 f1 i20 k3 p1',
  'n1 g1 c1 f1 i40 k3 p1',
  'n1 g8 c8 f8 i300 k3 p1',
  'n1 g2 c2 f4 i300 k5 p9 d3',
  'n1 g3 c3 f3 i9x20 k3x3 p1x1',
  'n1 g3 c3 f3 i9x20 k3x3 s2x2 p1x1',
  'n1 g2 c2 f2 i9x20 k5x5 p2x2',
  'n1 g2 c2 f2 i9x9 k5x5 p2x2',
  'n2 g1 c3 f4 i13x14 k3x3 p1x1',
  'n1 g1 c3 f4 i13x14 k3x3 p1x1 reflect',
  'n1 g2 c4 f4 i12x11 k3x3 p2x2 d2x2 replicate',
  'n1 g1 c3 f3 i9x20 k2x2 p1x1 circular',
  'n1 g1 c2 f5 i4x5x9 k3x3x3 p1x1x1',
  // planes of padding that a transform leaves out
  'n3 g1 c8 f3 i6x9 k5x5 p4x4',
  'n2 g1 c9 f3 i10x13 k7x7 p3x3',
  'n1 g1 c8 f8 i5x12x12 k3x3x3 p2x1x1',
  'n1 g1 c8 f8 i5x12x12 k3x3x3 p2x1x1 d2x1x1',
  'n1 g1 c8 f8 i4x12x12 k1x3x3 p2x1x1',
  'n1 g1 c8 f8 i9x12x12 k3x3x3 s2x1x1 p2x1x1',
  // taps that only meet padding
  'n1 g1 c3 f4 i40x1 k3x3 p1x1',
  'n1 g3 c3 f3 i1x40 k3x3 p1x1',
  'n1 g1 c2 f2 i1x30x1 k3x3x3 p1x1x1',
  'n1 g1 c2 f3 i5x5 k3x3 p6x6 d6x6',
  'n1 g1 c1 f2 i1 k7 p3 s2',
  // mostly padding: only the other products are computed where weights are finite
  'n1 g2 c6 f10 i4 k5 p80 d20',
  'n2 g1 c3 f5 i3x3 k3x3 s2x2 p30x30 d14x14',
  // transposed
  'T n1 g1 c1 f1 i3 k3',
  'T n1 g2 c4 f6 i30 k4 s2 p1',
  'T n1 g3 c3 f3 i300 k3 p1',
  'T n1 g1 c3 f4 i9x8 k4x4 s2x2 p1x1',
  'T n1 g1 c9 f3 i14x13 k7x7 s2x2 p3x3',
  'T n2 g1 c9 f3 i12x10 k8x8 s2x2 p3x3',
  'T n1 g1 c3 f4 i9x8 k2x2 s2x2',
  // classes of outputs with fewer taps than others, of several images and groups
  'T n2 g2 c4 f6 i9x8 k5x5 s2x2 p2x2 o1x1',
  'T n1 g1 c3 f4 i9x10 k3x3 s2x2 p1x1 o1x1',
  'T n1 g1 c2 f3 i9x12 k4x7 s2x2 p1x3',
  'T n2 g1 c3 f4 i30 k5 s2 p2',
  'T n1 g1 c2 f2 i3x8x9 k3x3x3 s2x2x2 p1x1x1',
  'T n1 g1 c3 f4 i9x10 k3x3 p1x1',
  'T n1 g1 c2 f3 i5x6 k3x3 s2x3 p1x0 d2x1 o1x2',
  'T n1 g1 c2 f2 i3x4x5 k3x3x3 s2x1x2 p1x1x1 o1x0x1',
  'T n1 g2 c2 f2 i2x3 k1x2 s4x3 o3x1',
  'T n1 g1 c2 f2 i20x1 k3x3 s1x2 p1x1',
  'T n1 g1 c2 f3 i2x1 k9x11 d1x2',
];

describe('weights that are not finite', () => {
  for (const line of lines) {
    it(line, () => {
      const p = parseLine(line);
      const clean = integers(product(weightShape(p)), 1);
      const x = integers(product(inputShape(p)), 2);
      let computed = 0;
      // every element of a kernel, in some filter and channel
      const elements = product(p.kernel);
      for (let element = 0; element < elements; element++) {
        const weight = clean.slice();
        weight[element + elements * (element % (weight.length / elements))] = NOT_FINITE[element % 3];
        computed += check(p, x, weight, element % 2 ? integers(p.filters, 3) : null);
      }
      const all = clean.map((_, i) => NOT_FINITE[i % 3]);
      computed += check(p, x, all, null);
      assert.ok(computed >= 2 * (elements + 1), `${computed} computed`);
    });
  }

  it('are noticed when they come and when they go', () => {
    const p = parseLine('n1 g1 c8 f8 i12x1 k3x3 p1x1');
    const layer = problemLayer(p, false);
    const x = tensor(integers(product(inputShape(p)), 1), inputShape(p));
    for (const value of [1, Number.NaN, 2, Number.POSITIVE_INFINITY, 3]) {
      // the first element of a kernel meets padding only
      layer.weight.data[0] = value;
      const wanted = reference(p, x.data, layer.weight.data);
      assertTransformed(layer.forward(x).data, wanted, String(value));
    }
  });

  it('of other convolutions, whether zeros or nothing stands outside', () => {
    const axis = (longest: number) =>
      fc.oneof(
        layerAxis(longest),
        fc.record({
          input: whole(1, longest),
          kernel: whole(1, 5),
          output: whole(1, longest),
          stride: fc.constantFrom(1, 1, 2, -1, 3),
          dilation: fc.constantFrom(1, 1, -1, 2, -2),
          upsample: fc.constantFrom(1, 1, 2, 3),
          padding: whole(-6, 6),
        }),
      );
    const counts = noCounts();
    const outside = fc.constantFrom('zeros' as const, 'nothing' as const);
    fc.assert(
      fc.property(forms(axis, true), outside, fc.nat(1_000_000), (form, outside, seed) => {
        const c = convolutionFrom({ ...form, outside });
        const numbers = numbersOf(c);
        const weight = integers(numbers.weight, seed);
        weight[seed % weight.length] = NOT_FINITE[seed % 3];
        const x = integers(numbers.input, seed + 1);
        if (seed % 2) x[seed % x.length] = NOT_FINITE[seed % 3];
        const wanted = outputsOf(c, x, weight);
        checkRows(c, { x, weight, bias: null }, wanted, counts, [places[seed % 4]]);
      }),
      { numRuns: 1500 },
    );
    for (const [name, count] of Object.entries(counts)) assert.ok(count > 150, `${name}: ${count}`);
  });
});

describe('inputs that are not finite', () => {
  for (const line of lines) {
    it(line, () => {
      const p = parseLine(line);
      const weight = integers(product(weightShape(p)), 1);
      const clean = integers(product(inputShape(p)), 2);
      // the ends of the first and last rows, and places between
      for (let at = 0; at < clean.length; at += Math.max(1, Math.floor(clean.length / 12))) {
        for (const place of [at, clean.length - 1 - at]) {
          const x = clean.slice();
          x[place] = NOT_FINITE[place % 3];
          check(p, x, weight, null);
        }
      }
    });
  }
});

describe('where Winograd meets a number that is not finite', () => {
  for (const [line, rows] of [
    // three rows of outputs meet an input, in two rows of tiles at most; a pixel tile more where rows are no multiple of one
    ['n2 g1 c8 f8 i56x56 k3x3 p1x1', 8],
    ['n1 g2 c8 f8 i57x59 k3x3 p1x1', 8],
    ['n1 g1 c4 f6 i60x60 k3x3 p2x2 d2x2', 16],
    ['T n1 g1 c8 f4 i40x40 k4x4 s2x2 p1x1', 6],
    // four classes, each by itself
    ['T n1 g1 c8 f4 i40x40 k5x5 s2x2 p2x2', 32],
  ] as const) {
    it(`only the rows of tiles around it are computed again: ${line}`, () => {
      const p = parseLine(line);
      const plan = planBy(convolutionOf(parseProblem(line)), 'winograd');
      let items = 0;
      const counting: Runner = {
        run(engine, entry, task, workspace, begin, end) {
          if (entry === 'gemm') items += end - begin;
          thisThread.run(engine, entry, task, workspace, begin, end);
        },
      };
      const weight = reals(product(weightShape(p)), 1);
      const x = reals(product(inputShape(p)), 2);
      const clean = compute(plan, { x, weight, bias: null }, places[0], counting);
      assert.equal(items, 0);
      x[Math.floor(x.length / 2) + 200] = Number.NaN;
      for (const place of places) {
        items = 0;
        const got = compute(plan, { x, weight, bias: null }, place, counting);
        const wanted = reference(p, x, weight);
        assertTransformed(got, wanted, line);
        const [, , width] = plan.slices.map(([slice]) => slice.count);
        const most = rows * (Math.ceil(width / 8) + 1);
        assert.ok(items > 0 && items <= most, `${items} items of gemm, not at most ${most}`);
        const others = got.filter((value, i) => value !== clean[i] && Number.isFinite(value)).length;
        assert.ok(others < got.length / 4, `${others} of ${got.length} other bits`);
      }
    });
  }
});

describe('numbers that are not finite, anywhere', () => {
  it('come out of random problems where the definition has them', () => {
    let computed = 0;
    fc.assert(
      fc.property(drawn, fc.nat(1_000_000), (d, seed) => {
        const p = problemOf(d);
        if (product(outputShape(p)) === 0) return;
        const arrays = [inputShape(p), weightShape(p), [p.filters]].map((shape, i) => {
          const values = integers(product(shape), seed + i);
          // some of input, weight and bias
          if ((seed >> i) & 1) values[seed % values.length] = NOT_FINITE[(seed + i) % 3];
          return values;
        });
        computed += check(p, arrays[0], arrays[1], arrays[2]);
      }),
      { numRuns: 800 },
    );
    assert.ok(computed > 1600, `${computed} computed`);
  });
});

describe("torch's results", () => {
  const ones = (size: number) => tensor(new Float32Array(size).fill(1), [1, 1, size]);
  const last = (y: Tensor) => y.data[y.data.length - 1];

  it('NaN where padding meets a NaN, for rows of any length', () => {
    for (const size of [3, 8, 20, 40, 300, 3000]) {
      const y = F.conv1d(ones(size), [[[1, 1, Number.NaN]]], null, { padding: 1 });
      assert.ok(Number.isNaN(last(y)), `${size}`);
    }
  });

  it('no NaN of a transposed layer whose weight is infinite', () => {
    const y = F.convTranspose1d([[1, 1, 1]], [[[Number.POSITIVE_INFINITY, 1, 1]]]).data;
    assertSame(y, [Infinity, Infinity, Infinity, 2, 1], 'convTranspose1d');
    const p = parseLine('T n1 g1 c4 f6 i7x8 k4x4 s2x2 p1x1');
    const weight = tensor(new Float32Array(product(weightShape(p))).fill(1), weightShape(p));
    weight.data[0] = Number.POSITIVE_INFINITY;
    const x = tensor(new Float32Array(product(inputShape(p))).fill(1), inputShape(p));
    const plane = F.convTranspose2d(x, weight, null, { stride: 2, padding: 1 }).data;
    assert.ok(!plane.some(Number.isNaN) && plane.includes(Number.POSITIVE_INFINITY));
  });
});
