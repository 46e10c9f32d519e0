// Maps of one to three columns and batches of tiny maps: right by every row of the table, and computed by full vectors and tiles.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { UnableError } from '#src/plan/choice.js';
import { tableBytes } from '#src/run/table-bytes.js';
import { batchForms, narrowClassForms, narrowForms } from '../helpers/cliffs.js';
import { compute, convolutionFrom, planBy } from '../helpers/convolutions.js';
import { checkForms, checkForward, checkRows, givenFor } from '../helpers/forms.js';
import { firstBlockOf, planOfLine } from '../helpers/plans.js';
import { outputsOf } from '../reference/equation.js';

/** How many items the last call of a plan's first block has. */
function itemsOf(line: string): number {
  return firstBlockOf(planOfLine(line)).calls.at(-1)!.items;
}

const rows = ['gemm', 'winograd', 'direct'] as const;

describe('narrow maps', () => {
  it('are right, plain and resident, by every row', () => {
    checkForms(narrowForms, checkForward, 1200, ['depthwise', 'direct', 'gemm']);
  });

  for (const [line, entry] of [
    ['n1 g8 c8 f8 i683x3 k5x1 p2x0', 'depthwiseLongRows'],
    ['n1 g8 c8 f8 i1024x2 k5x1', 'depthwiseRows'],
    ['n1 g8 c8 f8 i1000 k7 p3', 'depthwiseLongRows'],
    // outputs that meet zeros have too many products to be summed one by one
    ['n1 g8 c8 f8 i1000 k31 p15', 'depthwiseRows'],
    ['n1 g8 c8 f8 i100x3 k3x3 p1x1', 'depthwisePlanes'],
    ['n1 g8 c8 f8 i3x3 k3x3 p1x1', 'depthwisePlanes'],
    ['n1 g8 c8 f8 i9x3 k3x3 s2x2 p1x1', 'depthwisePlanes'],
    ['n1 g8 c8 f8 i9x3 k5x5 p2x2', 'depthwiseLanes'],
    ['n1 g2 c2 f2 i9x3 k5x5 p2x2', 'depthwiseRows'],
    ['n1 g5 c5 f5 i9x12 k5x5 p2x2', 'depthwiseRows'],
    ['n1 g8 c8 f8 i3000x10 k5x5 p2x2', 'depthwiseRows'],
    ['n1 g1 c1 f1 i200x200x8 k3x3x3 p1x1x1', 'depthwiseRows'],
    ['n1 g8 c8 f8 i8x14x14 k3x3x3 p1x1x1', 'depthwiseLanes'],
    ['n1 g8 c8 f8 i32x14x14 k3x3x3 p1x1x1', 'depthwiseRows'],
    ['n1 g8 c8 f8 i40x40 k5x5 s2x2 p2x2', 'depthwiseLanes'],
    ['n1 g8 c8 f8 i56x56 k5x5 s2x2 p2x2', 'depthwiseRows'],
    ['n1 g1 c1 f1 i64x64 k60x60', 'depthwiseRows'],
    ['n1 g8 c8 f8 i600x600 k3x3 s50x50', 'depthwiseRows'],
    ['n1 g8 c8 f16 i9x4x2 k3x3x3 p1x1x1', 'depthwiseLanes'],
    ['n1 g8 c8 f8 i2x2 k2x2 p1x1 reflect', 'depthwiseLanes'],
  ] as const) {
    it(`of one channel a group are computed along rows or by lanes: ${line}`, () => {
      const plan = planOfLine(line);
      assert.equal(plan.choice.algorithm.name, 'depthwise');
      assert.equal(plan.variant.entry, entry);
    });
  }
});

describe('narrow and long maps', () => {
  for (const [line, entry] of [
    ['n1 g8 c8 f8 i683x3 k5x5 p2x2', 'depthwiseRows'],
    ['n1 g8 c8 f8 i16x2 k3x3 p1x1 reflect', 'depthwiseRows'],
    ['n1 g1 c3 f1 i8192x2 k3x3 p1x1', 'directRows'],
    ['n1 g1 c6 f6 i999x2 k3x3 p1x1', 'direct'],
    ['n1 g1 c64 f64 i2048x3 k3x3 p1x1', 'winograd'],
    ['n1 g1 c8 f8 i2x999x3 k3x3x3 p1x1x1', 'winograd'],
  ] as const) {
    it(`are computed along their columns: ${line}`, () => {
      const { variant, turned } = planOfLine(line);
      assert.equal(variant.entry, entry);
      assert.ok(turned);
      // the same map the other way round has nothing to turn
      const other = line.replace(/(\d+)x([23]) k/, '$2x$1 k');
      assert.ok(!planOfLine(other).turned, other);
    });
  }

  for (const [line, entry] of [
    ['T n1 g8 c8 f8 i999x1 k3x3 s2x2 p1x1', 'depthwiseRows'],
    ['T n1 g16 c16 f16 i2000x2 k4x1 s2x1 p1x0', 'depthwiseRows'],
    ['T n1 g1 c16 f16 i4000x1 k4x4 s2x2 p1x1', 'winograd'],
    ['T n1 g1 c48 f96 i512x3 k8x1 s4x1 p2x0', 'winograd'],
    ['T n1 g1 c2 f5 i3x99x1 k3x3x3 s2x2x2 p1x1x1', 'direct'],
  ] as const) {
    it(`are computed along their columns where outputs fall into classes: ${line}`, () => {
      const { variant, turned, interleaved } = planOfLine(line);
      assert.deepEqual(
        { entry: variant.entry, turned, interleaved },
        { entry, turned: true, interleaved: true },
      );
    });
  }

  it('are right where outputs fall into classes, plain and resident, by every row', () => {
    let turned = 0;
    checkForms(
      narrowClassForms,
      (c, seed, counts, where) => {
        const given = givenFor(c, seed);
        const plans = checkRows(c, given, outputsOf(c, given.x, given.weight, given.bias), counts, where);
        turned += plans.filter((plan) => plan.turned && plan.interleaved).length;
      },
      1200,
      ['direct', 'gemm'],
    );
    assert.ok(turned > 150, `${turned} turned`);
  });

  it('are cut into blocks of whole rows of the maps', () => {
    for (const line of [
      'n1 g1 c2 f1 i600000x3 k2x3 p1x1',
      'n1 g1 c16 f1 i100000x2 k5x1 s2x1',
      'T n1 g1 c2 f1 i600000x3 k4x3 s2x1 p1x1',
    ]) {
      const { turned, slices } = planOfLine(line);
      assert.ok(turned, line);
      assert.deepEqual([slices[0].length, slices[1].length], [1, 1], line);
      assert.ok(slices[2].length > 1, line);
    }
  });

  it('stay as they are where turning costs more than it saves', () => {
    for (const line of ['n1 g1 c3 f64 i2048x3 k3x3 p1x1', 'n1 g8 c8 f8 i99x3 k3x3 p1x1'])
      assert.ok(!planOfLine(line).turned, line);
  });
});

describe('maps of very many rows', () => {
  it('list no terms of rows, as blocks with longer tables would be built anew in every call', () => {
    const bytesOf = (line: string) => tableBytes(planOfLine(line));
    assert.ok(bytesOf('n1 g1 c1 f1 i30000x20 k5x5 p2x2') > 12 * 30000);
    assert.ok(bytesOf('n1 g1 c1 f1 i100000x20 k5x5 p2x2') < 5 * 100000);
    // short rows are computed together, with all terms
    assert.ok(bytesOf('n1 g1 c1 f1 i30000x10 k5x5 p2x2') < 5 * 30000);
  });
});

describe('batches of tiny maps', () => {
  it('are right, plain and resident, by every row', () => {
    checkForms(batchForms, checkForward, 1200, ['gemm', 'winograd']);
  });

  it('fill tiles of eight pixels with those of several images', () => {
    assert.equal(itemsOf('n64 g1 c16 f16 i1x1 k1x1'), 8);
    assert.equal(itemsOf('n16 g2 c16 f16 i6x6 k6x6'), 2 * 2);
    assert.equal(itemsOf('n5 g1 c16 f16 i3x3 k3x3 p1x1'), 6);
    assert.equal(itemsOf('n5 g3 c48 f48 i7x1 k1x1'), 3 * 5);
  });

  it('fill panels of Winograd with tiles of several images', () => {
    assert.equal(planOfLine('n1 g1 c64 f20 i4x4 k3x3 p1x1').variant.entry, 'gemm');
    const { variant, choice } = planOfLine('n8 g1 c64 f20 i4x4 k3x3 p1x1');
    assert.equal(variant.entry, 'winograd');
    assert.equal(choice.proposal.tile!.transform.name, 'F(4x4, 3x3)');
  });

  it('keep what is not finite in its own image', () => {
    fc.assert(
      fc.property(batchForms, fc.nat(1000), fc.constantFrom(...rows), (form, seed, name) => {
        const c = convolutionFrom(form);
        const given = givenFor(c, seed);
        const size = given.x.length / c.batch;
        const image = seed % c.batch;
        const spoiled = given.x.slice();
        spoiled.fill(Number.NaN, image * size, (image + 1) * size);
        let plan = planBy(c, 'gemm');
        try {
          plan = planBy(c, name);
        } catch (error) {
          if (!(error instanceof UnableError)) throw error;
        }
        const where = { input: 'plain', output: 'resident' } as const;
        const wanted = compute(planBy(c, 'gemm'), given, where);
        const got = compute(plan, { ...given, x: spoiled }, where);
        const own = got.length / c.batch;
        got.forEach((value, i) => {
          // a transform rounds, and what is computed again beside it does not
          if (Math.floor(i / own) !== image && !(Math.abs(value - wanted[i]) < 0.01))
            assert.fail(`${value} at ${i}: ${c.line}`);
        });
      }),
      { numRuns: 300 },
    );
  });
});
