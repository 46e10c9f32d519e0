// Few inputs beside the taps and outputs, so that nearly all products meet padding: only the others are computed.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, tensor } from 'convnd';
import fc from 'fast-check';
import type { Axis } from '#src/geometry/axis.js';
import { problemLayer } from '../helpers/build.js';
import { assertSame } from '../helpers/compare.js';
import { checkForms, checkForward, forms, whole } from '../helpers/forms.js';
import { parseLine } from '../helpers/lines.js';
import { integers } from '../helpers/numbers.js';
import { planOfLine } from '../helpers/plans.js';
import { inputShape, product, reference, weightShape } from '../reference/reference.js';

/** Lines of which nearly all products meet padding. */
const few = [
  'T n1 g1 c1 f1 i5 k65536',
  'T n1 g18 c378 f252 i5x2x2 k4x5x13 s2x1x1 p0x2x1 d1x1x3',
  'T n1 g1 c64 f3 i2x2 k16x16',
  'n1 g2 c6 f10 i4 k9 p200 d30',
  'n2 g1 c3 f5 i3x3 k3x3 s2x2 p30x30 d14x14',
];

describe('where nearly all products meet padding', () => {
  for (const line of few) {
    it(`the others are computed, with the same results: ${line}`, () => {
      const { variant, choice } = planOfLine(line);
      assert.equal(choice.algorithm.name, 'inside');
      assert.equal(variant.entry, 'inside');
      const p = parseLine(line);
      const x = tensor(integers(product(inputShape(p)), 1), inputShape(p));
      const weight = tensor(integers(product(weightShape(p)), 2), weightShape(p));
      const bias = tensor(integers(p.filters, 3), [p.filters]);
      const layer = problemLayer(p, true);
      layer.loadStateDict({ weight, bias });
      const { output } = reference(p, x.data, weight.data, bias.data);
      assertSame(layer.forward(x).data, output, line);
      layer.dispose();
    });
  }

  it('`tune` measures this way too, and nowhere else', () => {
    const rows = (layer: Conv1d) => layer.tune([1, 2, 3]).map(({ algorithm }) => algorithm);
    assert.ok(rows(new Conv1d(2, 16, 9, { padding: 200, dilation: 30 })).includes('inside'));
    assert.ok(!rows(new Conv1d(2, 4, 5, { padding: 2 })).includes('inside'));
  });
});

describe('where many products meet inputs', () => {
  for (const line of [
    'n1 g1 c64 f64 i56x56 k3x3 p1x1',
    'n1 g1 c256 f21 i33x33 k3x3 p24x24 d24x24',
    'T n1 g1 c512 f256 i4x4 k4x4 s2x2 p1x1',
    'T n1 g1 c100 f512 i1x1 k4x4',
    'T n1 g1 c1 f1 i5 k3 s200000',
    // rows of zeros are skipped there too
    'T n1 g32 c32 f32 i1x1 k40x40',
  ])
    it(`another row computes all: ${line}`, () => {
      assert.notEqual(planOfLine(line).choice.algorithm.name, 'inside');
    });

  it('`explain` says nothing of this way', () => {
    const { refused } = planOfLine('n1 g1 c64 f64 i56x56 k3x3 p1x1').choice;
    assert.ok(refused.every(({ name }) => name !== 'inside'));
  });
});

describe('sums over existing inputs', () => {
  /** An axis whose kernel is mostly longer than its input. */
  const axis = (longest: number): fc.Arbitrary<Axis> =>
    fc
      .record({
        input: whole(1, 3),
        kernel: whole(1, 4),
        stride: whole(1, 3),
        dilation: whole(1, 4),
        upsample: whole(1, 3),
        padding: whole(-3, longest),
        output: whole(1, longest),
      })
      .map((drawn) => ({ ...drawn, stride: drawn.upsample > 1 ? 1 : drawn.stride }));

  it('are right for random forms, plain and resident, as every other row is', () => {
    checkForms(forms(axis), checkForward, 1200, ['inside', 'gemm']);
  });
});
