// Blocks of a plan, carried out in plain JavaScript at the plan's own addresses, against the naive reference: what a wrong
// map, offset, stride or size would do to the kernels shows here without them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { blockCount } from '#src/block.js';
import type { AlgorithmName } from '#src/kernels.js';
import { type Plan, planOf } from '#src/plan.js';
import { parseProblem } from '#src/problem.js';
import { assertSame } from './compare.js';
import { problems } from './draws.js';
import { interpret } from './interpreter.js';
import { parseLine, problemLine } from './lines.js';
import { integers } from './numbers.js';
import { inputShape, type Problem, product, reference, weightShape } from './reference.js';

/** Carries a problem out under an algorithm, and compares; returns the plan. */
function check(p: Problem, algorithm: AlgorithmName): Plan {
  const line = problemLine(p);
  const plan = planOf(parseProblem(line), algorithm);
  const x = integers(product(inputShape(p)), 1);
  const weight = integers(product(weightShape(p)), 2);
  const bias = integers(p.filters, 3);
  const wanted = reference(p, x, weight, bias).output;
  assertSame(interpret(plan, x, weight, bias), wanted, `${algorithm} ${line}`);
  return plan;
}

/** Problems whose output rows fill a tile. */
const wide = problems.map((p) => ({
  ...p,
  input: p.input.map((size, axis) => (axis === p.input.length - 1 ? size + 8 * p.stride[axis] + 8 : size)),
}));

describe('blocks', () => {
  it('compute random problems', () => {
    fc.assert(
      fc.property(problems, (p) => {
        check(p, 'gemm');
      }),
      { numRuns: 600 },
    );
  });

  it('compute random problems of wide rows, row by row', () => {
    fc.assert(
      fc.property(wide, (p) => {
        check(p, 'direct');
      }),
      { numRuns: 200 },
    );
  });

  it('compute random problems of one channel a group, map by map', () => {
    const depthwise = wide.map((p) => ({ ...p, channels: p.groups }));
    fc.assert(
      fc.property(depthwise, (p) => {
        check(p, 'depthwise');
      }),
      { numRuns: 200 },
    );
  });

  // Each is too large for one block, and has few products for its size.
  for (const line of [
    'n1 g1 c1 f1 i2300000 k3 p1 circular',
    'n1 g1 c3 f1 i1794045 k3 p1',
    'n1 g1 c1 f1 i3300000 k2 s2 p1 replicate',
    'n1 g1 c1 f1 i1600x1700 k3x1 p10x1 d10x1 reflect',
    'n1 g1 c1 f1 i2000x1800 k2x2 s2x3 p2x1 d3x1',
    'n1 g1 c2 f1 i110x110x110 k2x2x1 p1x1x0 d3x2x1',
    'n5 g1 c1 f1 i1000x1000 k1x2',
    'T n1 g1 c1 f1 i900x1000 k3x2 s2x2 p1x1 o1x0',
    'T n1 g1 c1 f1 i1300000 k3 s3 p1',
  ]) {
    it(line, () => {
      const plan = check(parseLine(line), 'gemm');
      assert.ok(blockCount(plan) > 1, 'a single block');
    });
  }
});
