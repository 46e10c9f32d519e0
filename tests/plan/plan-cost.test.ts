// What plans cost: as much as differs, however many taps, channels and classes of outputs there are. Steps are counted by V8.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, tensor } from 'convnd';
import { algorithms } from '#src/plan/choice.js';
import { tableBytes } from '#src/run/table-bytes.js';
import { problemLayer } from '../helpers/build.js';
import { assertSame, assertTransformed } from '../helpers/compare.js';
import { countsOf } from '../helpers/counts.js';
import { parseLine } from '../helpers/lines.js';
import { integers } from '../helpers/numbers.js';
import { firstBlockOf, planOfLine } from '../helpers/plans.js';
import { takes } from '../helpers/takes.js';
import { inputShape, product, reference, weightShape } from '../reference/reference.js';

/** Steps of planning a line, which was planned before. */
function stepsOf(line: string): number {
  planOfLine(line);
  return countsOf(() => planOfLine(line)).steps;
}

describe('a plan takes no more steps', () => {
  for (const [what, few, many] of [
    ['for a thousand times the taps', 'n1 g1 c1 f1 i400000 k19', 'n1 g1 c1 f1 i400000 k19000'],
    [
      'for taps of three axes instead of one',
      'T n1 g1 c2 f5 i9x1x20 k1x65536x1 d2x2x2',
      'T n1 g1 c2 f5 i9x1x20 k4x65536x5 d2x2x2',
    ],
    ['for many channels', 'n1 g1 c40 f3 i9x12 k3x3', 'n1 g1 c65536 f3 i9x12 k3x3'],
    ['for many channels, transposed', 'T n1 g1 c40 f3 i9x1x12 k3x1x3', 'T n1 g1 c65536 f3 i9x1x12 k3x1x3'],
    ['for a thousand times the padding', 'n1 g1 c2 f1 i8 k3 s3 p200', 'n1 g1 c2 f1 i8 k3 s3 p200000'],
    [
      'for a thousand times the padding of one channel',
      'n1 g1 c1 f1 i8 k3 s3 p200',
      'n1 g1 c1 f1 i8 k3 s3 p200000',
    ],
    [
      'for a thousand times the padding that repeats an input',
      'n1 g1 c2 f1 i8 k3 p200 replicate',
      'n1 g1 c2 f1 i8 k3 p200000 replicate',
    ],
    ['for outputs without taps', 'T n1 g1 c1 f1 i5 k3 s4', 'T n1 g1 c1 f1 i5 k3 s200000'],
    ['for those of a map', 'T n1 g1 c1 f1 i5x5 k3x3 s4x4', 'T n1 g1 c1 f1 i5x5 k3x3 s1000x1000'],
  ]) {
    it(what, () => {
      const [least, most] = [stepsOf(few), stepsOf(many)];
      // another row of the table may take it, or a row that is looked at earlier
      assert.ok(most < 1.5 * least + 200, `${most} steps for ${many}, ${least} for ${few}`);
    });
  }
});

describe('a plan of sizes that no memory holds', () => {
  it('takes few steps for each of its blocks', () => {
    const line = 'n1 g1 c1 f1 i8 k3 s3 p2147483647';
    const { steps } = countsOf(() => {
      const { blocks, convolution } = planOfLine(line);
      assert.equal(convolution.axes[2].output, 1_431_655_767);
      assert.ok(blocks > 100 && blocks < 1000, `${blocks} blocks`);
    });
    assert.ok(steps < 1_000_000, `${steps} steps`);
  });
});

describe('the memory of a plan', () => {
  it('has one part for all outputs without taps, and a word for where each class lies', () => {
    const plan = planOfLine('T n1 g1 c2 f3 i5 k3 s200000');
    assert.equal(plan.tapSets.length, 4);
    assert.equal(plan.bytes.parts, 4 * 64); // five outputs of three filters, in a cache line
    assert.ok(tableBytes(plan) < 4 * (200_000 + 500), `${tableBytes(plan)} bytes of tables`);
    const map = planOfLine('T n1 g1 c2 f3 i2x2 k3x3 s700x800');
    assert.equal(map.tapSets.length, 10);
    assert.ok(tableBytes(map) < 4 * (560_000 + 1000), `${tableBytes(map)} bytes of tables`);
  });

  it('has a word for each product of an output, once, however the taps are divided among classes', () => {
    // phases of three taps and of two
    const plan = planOfLine('T n1 g1 c7 f2 i90 k250 s100');
    const taps = plan.tapSets.reduce((sum, set) => sum + set.taps, 0);
    assert.equal(taps, 250);
    assert.ok(tableBytes(plan) < 4 * (7 * 250 + 100 * 40 + 500), `${tableBytes(plan)} bytes of tables`);
  });
});

describe('a block of long rows', () => {
  it('takes few steps for each of their outputs', () => {
    const plan = planOfLine('n1 g1 c1 f1 i9x20000 k5x5 p2x2');
    const { steps } = countsOf(() => firstBlockOf(plan));
    assert.ok(steps < 4 * 20_000, `${steps} steps`);
  });
});

describe('packing again', () => {
  it('plans nothing, builds no block, and takes some steps a tap', () => {
    const layer = new Conv1d(1, 1, 16_383);
    const x = tensor(new Float32Array(20_000), [1, 1, 20_000]);
    layer.forward(x);
    layer.weight.data[5000] = 7;
    const { calls, steps } = countsOf(() => layer.forward(x));
    assert.equal(calls('plan/plan', 'planOf') + calls('run/block', 'Block'), 0);
    assert.equal(calls('plan/tap-sets', 'elementsOf'), 1);
    assert.ok(steps < 12 * 16_383, `${steps} steps`);
    layer.dispose();
  });
});

describe('extreme shapes are right by every algorithm that takes them', () => {
  for (const line of [
    'n1 g1 c1 f1 i4096 k1023',
    'n1 g1 c1 f3 i3000 k700 s3 p5',
    'n1 g1 c2 f1 i1500 k400 s400 d3',
    'n1 g1 c3000 f2 i5x20 k3x3',
    'T n1 g1 c1 f1 i5 k3 s20000',
    'T n1 g1 c2 f2 i3x2 k3x3 s100x150 p1x1',
    'T n2 g2 c4 f6 i3x2x3 k2x5x2 s3x7x2 p1x2x0 d2x3x1',
    'T n1 g1 c2 f3 i40 k700 s300 p100',
    'T n1 g1 c2 f2 i4 k5 s2 p1 d2',
    'T n1 g1 c2 f3 i9x1x11 k4x600x5 d2x2x2 p0x300x0',
    'T n1 g1 c1 f2 i30x2 k2x3 s2x90',
  ]) {
    it(line, () => {
      const p = parseLine(line);
      const x = tensor(integers(product(inputShape(p)), 1), inputShape(p));
      const weight = tensor(integers(product(weightShape(p)), 2), weightShape(p));
      const bias = tensor(integers(p.filters, 3), [p.filters]);
      const layer = problemLayer(p, true);
      layer.loadStateDict({ weight, bias });
      const wanted = reference(p, x.data, weight.data, bias.data);
      let computed = 0;
      for (const { name } of algorithms) {
        layer.algorithm = name;
        if (!takes(layer, inputShape(p))) continue;
        const { data } = layer.forward(x);
        if (name === 'winograd') assertTransformed(data, wanted, `${line} by ${name}`);
        else assertSame(data, wanted.output, `${line} by ${name}`);
        computed++;
      }
      assert.ok(computed > 0);
      layer.dispose();
    });
  }
});
