// Taps that only ever meet padding: they are left out, and an axis that has one left joins its neighbours.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { adjoint, unit } from '#src/geometry/axis.js';
import { allTaps, kernelPart, liveTaps } from '#src/geometry/live-taps.js';
import { SINGLE_TAPS, tapsOfKernel } from '#src/plan/transform-kernels.js';
import { checkForms, checkForward, forms, layerAxis, plain, whole } from '../helpers/forms.js';
import { planOfLine } from '../helpers/plans.js';
import { triplesAlong } from '../reference/equation.js';

describe('live taps', () => {
  const anyAxis = fc.record({
    input: whole(1, 6),
    kernel: whole(1, 6),
    output: whole(1, 6),
    stride: fc.constantFrom(1, 1, 2, 3, -1, -2),
    dilation: fc.constantFrom(1, 1, 2, 3, -1, -3),
    upsample: fc.constantFrom(1, 1, 2, 3),
    padding: whole(-8, 8),
  });

  it('are from the first to the last that meets an input, and the others meet none', () => {
    fc.assert(
      fc.property(fc.oneof(anyAxis, layerAxis(4), layerAxis(4).map(adjoint)), (axis) => {
        const met = triplesAlong(axis).filter((_, i) => i % 3 === 1);
        const { first, count } = liveTaps(axis);
        for (const k of met) assert.ok(k >= first && k < first + count, `element ${k}`);
        if (axis.upsample === 1 && met.length > 0)
          assert.deepEqual([first, first + count - 1], [Math.min(...met), Math.max(...met)]);
        if (axis.upsample === 1 && met.length === 0) assert.equal(count, 1);
      }),
      { numRuns: 5000 },
    );
  });

  it('make an axis with the same products', () => {
    fc.assert(
      fc.property(fc.tuple(anyAxis, anyAxis, anyAxis), (axes) => {
        const { axes: parts, first } = kernelPart(axes, liveTaps);
        let start = 0;
        const [, height, width] = axes;
        for (const [i, part] of parts.entries()) {
          assert.equal(part.elements, [height.kernel * width.kernel, width.kernel, 1][i]);
          const { first: tap } = liveTaps(axes[i]);
          start += tap * part.elements;
          const shifted = triplesAlong(part).map((value, j) => (j % 3 === 1 ? value + tap : value));
          assert.equal(`${shifted}`, `${triplesAlong(axes[i])}`);
        }
        assert.equal(first, start);
        assert.deepEqual(
          kernelPart(axes, allTaps).axes.map(({ kernel }) => kernel),
          axes.map(({ kernel }) => kernel),
        );
      }),
      { numRuns: 2000 },
    );
  });

  for (const [line, terms, sizes] of [
    ['n1 g1 c128 f128 i4096x1 k3x3 p1x1', 3 * 128, [1, 1, 4096]],
    ['n1 g1 c128 f128 i1x4096 k3x3 p1x1', 3 * 128, [1, 1, 4096]],
    ['n1 g1 c8 f8 i700x1x1 k3x3x3 p1x1x1', 3 * 8, [1, 1, 700]],
    ['n1 g1 c8 f8 i1x700x1 k3x3x3 p1x1x1', 3 * 8, [1, 1, 700]],
    ['n1 g256 c256 f256 i2048x1 k5x5 p2x2', 5, [1, 1, 2048]],
    ['n1 g1 c64 f64 i2048x1 k3x3 s1x2 p1x1', 3 * 64, [1, 1, 2048]],
    ['n1 g1 c64 f64 i10x10 k3x3 p12x12 d12x12', 64, [1, 1, 100]],
    ['n1 g1 c6 f6 i1x1 k3x3 p1x1', 6, [1, 1, 1]],
    // none meets an input
    ['n1 g1 c6 f6 i3 k2 p500 d1000', 6, [1, 1, 3]],
    ['T n1 g1 c8 f8 i300x1 k3x3 p1x1', 3 * 8, [1, 1, 300]],
    // what is mirrored is not left out; such a map is turned
    ['n1 g1 c8 f8 i300x1 k3x3 p1x1 replicate', 9 * 8, [1, 1, 300]],
  ] as const) {
    it(`are all that ${line} multiplies`, () => {
      const plan = planOfLine(line);
      const ofTransform = tapsOfKernel(plan.tile ?? SINGLE_TAPS);
      assert.deepEqual(
        [...plan.tapSets.values()].map((set) => set.terms * ofTransform),
        [terms],
      );
      assert.deepEqual(
        plan.axes.map(({ output }) => output),
        sizes,
      );
    });
  }

  it('are one for each output where a transposed layer has a single input', () => {
    for (const line of [
      'T n1 g1 c16 f8 i1x1 k4x4',
      'T n2 g1 c16 f8 i1x1 k3x3 s2x2 p1x1 o1x1',
      'T n1 g1 c16 f8 i1 k5 d2',
      'T n1 g1 c16 f2 i300x1 k1x4',
    ]) {
      for (const { terms } of planOfLine(line).tapSets.values()) assert.equal(terms, 16, line);
    }
  });

  it('are all for each output where interleaving would take longer than reading zeros', () => {
    const kernels = {
      'T n1 g32 c32 f32 i1x1 k40x40': 40 * 40,
      'T n1 g1 c4 f64 i1 k5': 4 * 5,
      'T n1 g1 c64 f2 i300x1 k3x2': 64 * 3 * 2,
    };
    for (const [line, terms] of Object.entries(kernels)) {
      const sets = [...planOfLine(line).tapSets.values()];
      assert.deepEqual([sets.length, sets[0].terms], [1, terms], line);
    }
  });

  it('of any convolution give its outputs', () => {
    const thin = (longest: number) =>
      fc.oneof(
        fc.record({ kernel: whole(1, 5), extra: whole(0, 2) }).map(({ kernel, extra }) => {
          const padding = Math.floor(kernel / 2) + extra;
          return plain(1, kernel, padding);
        }),
        layerAxis(longest),
        fc.constant(unit),
      );
    checkForms(forms(thin, true), checkForward, 2500);
  });
});
