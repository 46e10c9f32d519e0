// What one plan needs is computed once: V8 counts the calls of the functions that planning is made of.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, Conv2d, ConvTranspose2d, functional, resident, tensor } from 'convnd';
import { assertSame } from '../helpers/compare.js';
import { countsOf } from '../helpers/counts.js';
import { planOfLine } from '../helpers/plans.js';
import { product } from '../reference/reference.js';

describe('planning', () => {
  for (const [line, axes] of [
    // one call for each axis
    ['n1 g1 c64 f64 i56x56 k3x3 p1x1', 3],
    ['T n1 g1 c512 f256 i8x8 k4x4 s2x2 p1x1', 3],
    // the brain's: the depth is split by its dilation when it is cut
    ['n1 g1 c5 f5 i256x256x256 k3x3x3 p4x4x4 d4x4x4', 4],
  ] as const) {
    it(`finds phases and tiles once for ${line}`, () => {
      planOfLine(line);
      const { calls } = countsOf(() => planOfLine(line));
      assert.equal(calls('geometry/phases', 'phases'), axes);
      assert.equal(calls('plan/algorithms/winograd-tile', 'cheapestTile'), 1);
      assert.equal(calls('plan/cuts', 'cutsOf'), 1);
      assert.equal(calls('plan/tap-sets', 'tapSetsOf'), 1);
    });
  }

  it('leaves out the outlines that only help a transform, for depthwise kernels of five rows', () => {
    const line = 'n1 g48 c48 f48 i14x14 k5x5 p2x2';
    planOfLine(line);
    const { calls } = countsOf(() => planOfLine(line));
    assert.equal(calls('plan/plan', 'planWith'), 1);
  });

  it('names a problem once and builds its only block once, the first call with packing included', () => {
    const layer = new Conv2d(16, 16, 3, { padding: 1 });
    const x = tensor(new Float32Array(16 * 20 * 20), [1, 16, 20, 20]);
    const { calls: first } = countsOf(() => layer.forward(x));
    assert.equal(first('run/block', 'Block'), 1);
    assert.equal(first('problem/line', 'formatProblem'), 1);
    assert.equal(first('plan/plan', 'planOf'), 1);
    const { calls: again } = countsOf(() => layer.forward(x));
    assert.equal(again('run/block', 'Block'), 0);
    assert.equal(again('problem/line', 'formatProblem'), 0);
  });

  it('builds blocks once for two tensors in turn, and for a plain one between resident ones', () => {
    for (const [layer, ...shape] of [
      [new Conv2d(16, 16, 3, { padding: 1 }), 1, 16, 20, 20],
      [new Conv2d(32, 32, 3, { padding: 1, groups: 32 }), 1, 32, 14, 14],
      [new ConvTranspose2d(8, 8, 3, { padding: 1 }), 1, 8, 9, 9],
    ] as const) {
      const plain = tensor(
        Float32Array.from({ length: product(shape) }, (_, i) => Math.sin(i)),
        shape,
      );
      const [one, other] = [resident(plain), resident({ shape })];
      // the layer of its own result, there and back, with an epilogue in one direction
      const thereAndBack = () => {
        layer.forward(one, { out: other, activation: 'relu' });
        layer.forward(other, { out: one });
      };
      thereAndBack();
      assert.equal(countsOf(thereAndBack).calls('run/block', 'Block'), 0);
      let wanted = plain;
      for (const activation of ['relu', undefined, 'relu', undefined] as const)
        wanted = layer.forward(wanted, { activation });
      assertSame(one.data, wanted.data, 'after four calls');
      const mixed = () => [layer.forward(one, { out: other }), layer.forward(wanted)];
      mixed();
      const { calls } = countsOf(() => {
        const [held, free] = mixed();
        assertSame(held.data, free.data, 'of plain numbers');
      });
      assert.equal(calls('run/block', 'Block'), 0);
    }
  });

  it('is done once for each of many sizes in turn, and for weights of one shape', () => {
    const layer = new Conv1d(20, 20, 3);
    const inputs = Array.from({ length: 100 }, (_, i) =>
      tensor(new Float32Array(20 * (10 + i)), [1, 20, 10 + i]),
    );
    const round = () => {
      for (const x of inputs) layer.forward(x);
    };
    assert.equal(countsOf(round).calls('plan/plan', 'planOf'), 100);
    const { calls: again } = countsOf(round);
    for (const [file, name] of [
      ['plan/plan', 'planOf'],
      ['run/block', 'Block'],
      ['problem/problem', 'problemOf'],
      ['run/packing', 'packWeights'],
    ])
      assert.equal(again(file, name), 0, name);
    const weights = Array.from({ length: 50 }, (_, i) =>
      tensor(new Float32Array(780).fill(i + 1), [13, 20, 3]),
    );
    const all = () => {
      for (const weight of weights) functional.conv1d(inputs[7], weight);
    };
    const { calls: fresh } = countsOf(all);
    assert.equal(fresh('plan/plan', 'planOf'), 1);
    assert.equal(fresh('run/packing', 'packWeights'), 50);
    // weights that are called with once share a plan's memory, and have their own from the second call on
    assert.equal(fresh('run/block', 'Block'), 1);
    assert.equal(countsOf(all).calls('run/block', 'Block'), 49);
    const { calls: third } = countsOf(all);
    assert.equal(third('run/block', 'Block'), 0);
    assert.equal(third('run/packing', 'packWeights'), 0);
  });
});
