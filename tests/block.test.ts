// Blocks of a plan, carried out in plain JavaScript at the plan's own addresses, against the naive reference: what a wrong
// map, offset, stride or size would do to the kernels shows here without them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { blockCount } from '#src/block.js';
import type { AlgorithmName } from '#src/kernels.js';
import { parseProblem } from '#src/line.js';
import { type Plan, planOf } from '#src/plan.js';
import { assertSame } from './compare.js';
import { problems } from './draws.js';
import { interpret } from './interpreter.js';
import { parseLine, problemLine } from './lines.js';
import { integers } from './numbers.js';
import { inputShape, outputSizes, type Problem, product, reference, weightShape } from './reference.js';

/** Carries a problem out under an algorithm, and compares; returns the plan. */
function check(p: Problem, algorithm: AlgorithmName, resident: boolean): Plan {
  const line = problemLine(p);
  const plan = planOf(parseProblem(line), { algorithm });
  const x = integers(product(inputShape(p)), 1);
  const weight = integers(product(weightShape(p)), 2);
  const bias = integers(p.filters, 3);
  const wanted = reference(p, x, weight, bias).output.map((value) => value + 1);
  assertSame(interpret(plan, x, weight, bias, resident), wanted, `${algorithm} ${line}`);
  return plan;
}

/** Problems whose output rows fill a tile. */
const wide = problems.map((p) => ({
  ...p,
  input: p.input.map((size, axis) => (axis === p.input.length - 1 ? size + 8 * p.stride[axis] + 8 : size)),
}));

/** Problems of one channel a group. */
const depthwise = wide.map((p) => ({ ...p, channels: p.groups }));

/** Problems with a kernel of 3x3 and step one in their last two axes. */
const threeByThree = problems
  .filter(({ input }) => input.length > 1)
  .map((p): Problem => {
    const last = <T>(values: T[], value: T) =>
      values.map((old, axis) => (axis < values.length - 2 ? old : value));
    return {
      ...p,
      input: p.input.map((size, axis) => (axis < p.input.length - 2 ? size : Math.max(size, 5) + 4)),
      kernel: last(p.kernel, 3),
      stride: last(p.stride, 1),
      dilation: last(p.dilation, 1),
      outputPadding: last(p.outputPadding, 0),
    };
  })
  .filter((p) =>
    outputSizes(p)
      .slice(-2)
      .every((size) => size >= 4),
  );

describe('blocks', () => {
  for (const [algorithm, drawn, numRuns] of [
    ['gemm', problems, 500],
    ['direct', wide, 150],
    ['depthwise', depthwise, 150],
    ['winograd', threeByThree, 150],
  ] as const) {
    it(`compute random problems for ${algorithm}`, () => {
      fc.assert(
        fc.property(drawn, fc.boolean(), (p, resident) => {
          check(p, algorithm, resident);
        }),
        { numRuns },
      );
    });
  }

  // Each is too large for one block, and has few products for its size.
  for (const [line, resident] of [
    ['n1 g1 c1 f1 i2300000 k3 p1 circular', false],
    ['n1 g1 c3 f1 i1794045 k3 p1', false],
    ['n1 g1 c1 f1 i3300000 k2 s2 p1 replicate', true],
    ['n1 g1 c1 f1 i1600x1700 k3x1 p10x1 d10x1 reflect', false],
    ['n1 g1 c1 f1 i2000x1800 k2x2 s2x3 p2x1 d3x1', true],
    ['n1 g1 c1 f1 i10x500000 k3x1 p2x0 d2x1', true],
    ['n1 g1 c2 f1 i110x110x110 k2x2x1 p1x1x0 d3x2x1', true],
    ['n5 g1 c1 f1 i1000x1000 k1x2', true],
    ['T n1 g1 c1 f1 i900x1000 k3x2 s2x2 p1x1 o1x0', false],
    ['T n1 g1 c1 f1 i1300000 k3 s3 p1', true],
  ] as const) {
    it(`${line}${resident ? ', in place' : ''}`, () => {
      const plan = check(parseLine(line), 'gemm', resident);
      assert.ok(blockCount(plan) > 1, 'a single block');
    });
  }
});
