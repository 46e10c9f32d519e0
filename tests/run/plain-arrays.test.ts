// Plain arrays pass in blocks of their own, or are staged a few maps at a time: the same bits as with resident tensors, for which
// neither is done.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ForwardOptions, resident, tensor } from 'convnd';
import { planForPlainTensors } from '#src/plan/portions.js';
import { problemLayer } from '../helpers/build.js';
import { assertSame } from '../helpers/compare.js';
import { countsOf } from '../helpers/counts.js';
import { parseLine } from '../helpers/lines.js';
import { reals } from '../helpers/numbers.js';
import { planOfLine } from '../helpers/plans.js';
import { inputShape, product } from '../reference/reference.js';

/** The outputs with plain tensors and with resident ones. */
function outputs(line: string, options: ForwardOptions = {}, spoil: (x: Float32Array) => void = () => {}) {
  const problem = parseLine(line);
  const layer = problemLayer(problem, true);
  const shape = inputShape(problem);
  const numbers = reals(product(shape), 3);
  spoil(numbers);
  const x = tensor(numbers, shape);
  const { calls } = countsOf(() => layer.forward(x, options));
  const plain = layer.forward(x, options).data;
  const inside = resident(x);
  const out = resident({ shape: layer.outputShape(shape) });
  layer.forward(inside, { ...options, out });
  const whole = out.data.slice();
  const explained = layer.explain(shape);
  for (const each of [layer, inside, out]) each.dispose();
  return { plain, whole, explained, blocks: calls('run/block', 'Block') };
}

describe('plain arrays', () => {
  for (const line of [
    'n1 g1 c16 f16 i150x150 k1x1',
    'n1 g1 c1 f16 i200x200 k3x3 p1x1',
    'n2 g1 c16 f16 i12000 k2',
    'n1 g1 c32 f32 i9000 k2',
    'n1 g1 c24 f24 i13000 k3 p1',
  ]) {
    it(`pass in blocks of their own: ${line}`, () => {
      const smaller = planForPlainTensors(planOfLine(line));
      assert.ok(smaller && smaller.blocks > 1);
      const { plain, whole, explained, blocks } = outputs(line);
      assertSame(plain, whole, line);
      assert.equal(blocks, smaller.blocks);
      assert.match(explained, new RegExp(`plain arrays in ${smaller.blocks} blocks`));
      const activated = outputs(line, { activation: 'silu', inputActivation: 'relu' });
      assertSame(activated.plain, activated.whole, `${line}, activated`);
    });

    it(`have the same bits where inputs are not finite: ${line}`, () => {
      const spoil = (x: Float32Array) => {
        x[x.length >> 1] = Number.NaN;
        x[x.length - 5] = Number.POSITIVE_INFINITY;
      };
      const { plain, whole } = outputs(line, {}, spoil);
      assertSame(plain, whole, line);
    });
  }

  // channels of a block lie closer together than those of the tensor, which are pages apart
  for (const line of [
    'n1 g1 c20 f12 i256x256 k1x1',
    'n1 g1 c40 f13 i160x160 k1x1',
    'n1 g2 c72 f24 i64x64x8 k1x1x1',
    'n1 g1 c256 f12 i100x150 k1x1',
  ])
    it(`pass by another row: ${line}`, () => {
      const plan = planOfLine(line);
      const other = planForPlainTensors(plan);
      assert.deepEqual([plan.choice.algorithm.name, other?.choice.algorithm.name], ['gemm', 'direct']);
      const { plain, whole, explained, blocks } = outputs(line);
      assertSame(plain, whole, line);
      assert.equal(blocks, other?.blocks);
      assert.ok(explained.includes(`plain arrays in ${blocks} blocks by direct`), explained);
      const activated = outputs(line, { activation: 'silu', inputActivation: 'relu' });
      assertSame(activated.plain, activated.whole, `${line}, activated`);
      const spoiled = outputs(line, {}, (x) => x.fill(Number.NaN, x.length >> 1, (x.length >> 1) + 9));
      assertSame(spoiled.plain, spoiled.whole, `${line}, not finite`);
      const asked = planForPlainTensors(planOfLine(line, { algorithm: 'gemm' }));
      assert.notEqual(asked?.choice.algorithm.name, 'direct', 'not if the caller named gemm');
    });

  it('pass by the same row where sums are added, or where many filters share what is packed', () => {
    for (const line of ['n1 g1 c1024 f18 i38x63 k1x1', 'n1 g1 c24 f100 i128x128 k1x1'])
      assert.notEqual(planForPlainTensors(planOfLine(line))?.choice.algorithm.name, 'direct', line);
  });

  for (const line of ['n1 g1 c64 f64 i56x56 k3x3 p1x1', 'n1 g1 c256 f8 i14x14 k1x1'])
    it(`pass as a whole where they are small: ${line}`, () => {
      assert.equal(planForPlainTensors(planOfLine(line)), undefined);
    });

  // maps of several groups and images, a map of more than is copied at a time, a turned plan, and blocks
  for (const line of [
    'n1 g1 c64 f4 i80x80 k3x3 p1x1',
    'n3 g2 c32 f4 i62x60 k3x3 s2x2 p1x1',
    'n1 g1 c3 f2 i330x310 k5x5 p2x2 reflect',
    'n1 g1 c64 f8 i3000x2 k5x1 p2x0',
    'n1 g1 c6 f3 i70x90x90 k3x3x3 p1x1x1',
  ])
    it(`are staged a few maps at a time: ${line}`, () => {
      assert.ok(planOfLine(line).bytes.loaded > 1 << 20);
      const { plain, whole } = outputs(line);
      assertSame(plain, whole, line);
      const activated = outputs(line, { inputActivation: 'relu' });
      assertSame(activated.plain, activated.whole, `${line}, activated`);
    });
});
