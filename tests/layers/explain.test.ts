// What `explain` prints: every line against what it stands for.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv2d, Conv3d, ConvTranspose1d, LazyConv1d, memoryUsage } from 'convnd';
import { explain } from '#src/layers/explain.js';
import { algorithms } from '#src/plan/choice.js';
import type { AlgorithmName } from '#src/plan/preference.js';
import { parseProblem } from '#src/problem/line.js';
import { flops } from '#src/problem/problem.js';
import { planOfLine } from '../helpers/plans.js';

/** A number printed with a unit of thousands. */
function numberOf(printed: string): number {
  const [, number, unit] = /^([\d.e+]+) ([kMGT]?)/.exec(printed) ?? assert.fail(`no number: '${printed}'`);
  return Number(number) * 1000 ** ' kMGT'.indexOf(unit || ' ');
}

function assertPrinted(printed: string, value: number): void {
  const error = Math.abs(numberOf(printed) - value);
  assert.ok(error <= value * 5e-4, `${printed} for ${value}`);
}

/** The lines by their first word; the refusals stand under `not`. */
function parts(text: string): Map<string, string> {
  const [line, ...rest] = text.split('\n');
  const map = new Map([['line', line]]);
  for (const row of rest) {
    const [, name, value] = /^(\w*) +(.*)$/.exec(row) ?? assert.fail(`what is '${row}'?`);
    if (name) map.set(name, value);
    else map.set('not', `${map.get('not') ?? ''}${value}\n`);
  }
  return map;
}

/** Elements of the padded copies, each with 16 behind it, over outputs; 0 where inputs are read as they are. */
const COPIED: Record<string, string> = {
  'n1 g1 c64 f64 i56x56 k3x3 p1x1': ((58 * 58 + 16) / (56 * 56)).toPrecision(3),
  // a step of two and a distance of two meet every other row and column
  'n2 g8 c32 f32 i30x40 k3x3 s2x2 d2x2 reflect': ((15 * 20 + 16) / (13 * 18)).toPrecision(3),
  // a block: 8 of 256 planes, every other row
  'n8 g1 c5 f5 i256x256x256 k3x3x3 p2x2x2 d2x2x2': ((12 * 130 * 260 + 16) / (8 * 128 * 256)).toPrecision(3),
  'T n1 g1 c512 f256 i8x8 k4x4 s2x2 p1x1': ((512 * (10 * 10 + 16)) / (256 * 16 * 16)).toPrecision(3),
};

/** The rows that are looked at for any workload. */
const ordinary = algorithms.filter(({ mostMeeting }) => mostMeeting === undefined);

describe('explain', () => {
  for (const [line, hint] of [
    ['n1 g1 c64 f64 i56x56 k3x3 p1x1'],
    ['n1 g1 c64 f64 i56x56 k3x3 p1x1', 'direct'],
    ['n2 g8 c32 f32 i30x40 k3x3 s2x2 d2x2 reflect'],
    ['n1 g32 c32 f32 i112x112 k3x3 p1x1'],
    ['n1 g1 c3 f4 i5 k2'],
    ['n8 g1 c5 f5 i256x256x256 k3x3x3 p2x2x2 d2x2x2'],
    ['T n1 g1 c512 f256 i8x8 k4x4 s2x2 p1x1'],
    ['n0 g1 c3 f4 i5 k2'],
  ] as [string, AlgorithmName?][]) {
    it(`${line}${hint ? `, ${hint}` : ''}`, () => {
      const problem = parseProblem(line);
      const plan = planOfLine(line, { algorithm: hint });
      const { algorithm, refused } = plan.choice;
      const text = parts(explain(problem, plan, [1, 2, 3]));
      assert.equal(text.get('line'), line);
      assert.deepEqual(parseProblem(text.get('line') as string), problem);
      assert.equal(text.get('output'), '[1, 2, 3]');
      assert.equal(
        text.get('algorithm'),
        `${algorithm.name}${plan.tile ? ` ${plan.tile.transform.name}` : ''}: ${algorithm.reason}`,
      );
      assert.equal(
        text.get('not') ?? '',
        refused.map(({ name, reason }) => `not ${name}: ${reason}\n`).join(''),
      );
      assert.ok(
        hint
          ? algorithm.name === hint
          : refused.length === ordinary.findIndex(({ name }) => name === algorithm.name),
      );
      const [, work, blocks, copied] =
        /^(.*)FLOP in (\d+) blocks?, (.*) inputs copied an output$/.exec(text.get('work') as string) ?? [];
      assert.equal(copied, COPIED[line] ?? '0');
      assertPrinted(work, flops(problem));
      assert.equal(Number(blocks), plan.blocks);
      const [, scratch, weights] = /^(.*)B scratch, (.*)B packed weights$/.exec(
        text.get('memory') as string,
      ) as string[];
      assertPrinted(scratch, plan.bytes.scratch);
      assertPrinted(weights, plan.bytes.weights);
      assert.match(text.get('tiles') as string, new RegExp(`^${plan.variant.entry}: [\\d x+]+ filters, `));
      assert.match(
        text.get('tiles') as string,
        new RegExp(`, ${problem.groups} group${problem.groups > 1 ? 's' : ''}\\b`),
      );
      const reach = problem.kernel.map((size, axis) => (size - 1) * problem.dilation[axis] + 1).join(' x ');
      if (problem.kind.transposed) assert.equal(text.get('reach'), `${reach} outputs an input`);
      else assert.equal(text.get('field'), `${reach} inputs an output`);
    });
  }

  it('is what a layer says, for its shape and its hint, without taking memory', () => {
    const before = memoryUsage();
    const layer = new Conv2d(8, 6, 3, { padding: 'same' });
    const text = parts(layer.explain([2, 8, 20, 30]));
    assert.equal(text.get('line'), 'n2 g1 c8 f6 i20x30 k3x3 p1x1');
    assert.equal(text.get('output'), '[2, 6, 20, 30]');
    assert.equal(parts(layer.explain([8, 20, 30])).get('output'), '[6, 20, 30]');
    for (const { name } of algorithms.filter(({ name }) => name === 'direct' || name === 'gemm')) {
      layer.algorithm = name;
      assert.match(parts(layer.explain([2, 8, 20, 30])).get('algorithm') as string, new RegExp(`^${name}: `));
    }
    assert.deepEqual(memoryUsage(), before);
  });

  it('names the classes of outputs of a transposed convolution', () => {
    const text = parts(new ConvTranspose1d(4, 3, 4, { stride: 3 }).explain([1, 4, 9]));
    assert.match(text.get('tiles') as string, /, 3 classes of outputs$/);
  });

  it('speaks of a lazy layer before its first input', () => {
    const layer = new LazyConv1d(4, 3);
    assert.equal(parts(layer.explain([1, 6, 10])).get('line'), 'n1 g1 c6 f4 i10 k3');
    assert.equal(layer.inChannels, 0);
  });

  it('refuses what forward would refuse', () => {
    const layer = new Conv3d(2, 2, 3);
    assert.throws(() => layer.explain([1, 3, 5, 5, 5]), /expected input\[1, 3, 5, 5, 5\] to have 2 channels/);
    assert.throws(() => layer.explain([1, 2, 5, 5, 2]), /Kernel size can't be greater/);
    layer.algorithm = 'direct';
    assert.throws(() => layer.explain([1, 2, 5, 5, 5]), RangeError);
  });
});
