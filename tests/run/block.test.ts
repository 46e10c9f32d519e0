// Blocks of a plan, carried out in plain JavaScript at the plan's own addresses, against the naive reference: what a wrong
// map, offset, stride or size would do to the kernels shows here without them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { UnableError } from '#src/plan/choice.js';
import type { Plan } from '#src/plan/plan.js';
import type { AlgorithmName } from '#src/plan/preference.js';
import { Block } from '#src/run/block.js';
import { wordOf } from '#src/run/task-writer.js';
import { DirectTask } from '#src/shared/task.js';
import { assertSame } from '../helpers/compare.js';
import { depthwise, longRows, problems, wide } from '../helpers/draws.js';
import { parseLine, problemLine } from '../helpers/lines.js';
import { integers } from '../helpers/numbers.js';
import { planOfLine } from '../helpers/plans.js';
import {
  inputShape,
  outputSizes,
  type Problem,
  product,
  reference,
  weightShape,
} from '../reference/reference.js';
import { interpret } from './interpreter.js';

/** Carries a problem out under an algorithm, and compares; returns the plan. */
function check(p: Problem, algorithm: AlgorithmName, resident: boolean): Plan {
  const line = problemLine(p);
  const plan = planOfLine(line, { algorithm });
  const x = integers(product(inputShape(p)), 1);
  const weight = integers(product(weightShape(p)), 2);
  const bias = integers(p.filters, 3);
  const wanted = reference(p, x, weight, bias).output;
  assertSame(interpret(plan, x, weight, bias, resident), wanted, `${algorithm} ${line}`);
  return plan;
}

/** Problems whose last axes have some kernel, step one (a transposed convolution: `upsample`) and room for a few tiles. */
function shaped(kernel: number[], upsample: number): fc.Arbitrary<Problem> {
  const last = (values: number[], set: number[]) => [...values.slice(0, values.length - set.length), ...set];
  return problems
    .filter((p) => p.input.length >= kernel.length)
    .map((p) => {
      const stride = kernel.map(() => (p.transposed ? upsample : 1));
      return {
        ...p,
        input: p.input.map((size, axis) => (axis < p.input.length - kernel.length ? size : size + 12)),
        kernel: last(p.kernel, kernel),
        stride: last(p.stride, stride),
        // threes of taps may lie apart, twos may not
        dilation: kernel.includes(2) || upsample > 1 ? last(p.dilation, [1, 1]) : p.dilation,
        outputPadding: last(
          p.outputPadding,
          kernel.map(() => 0),
        ),
      };
    })
    .filter((p) => outputSizes(p).every((size) => size >= 1));
}

/** Maps of a few columns and many rows. */
const tall = problems
  .filter(({ transposed, input }) => !transposed && input.length > 1)
  .map((p): Problem => {
    const last = p.input.length - 1;
    const at = (axis: number, list: number[], value: number) =>
      list.map((old, i) => (i === axis ? value : old));
    const padding = p.padding.map((sides, i): [number, number] => (i === last ? [1, 1] : sides));
    const columns = {
      kernel: at(last, p.kernel, 3),
      stride: at(last, p.stride, 1),
      dilation: at(last, p.dilation, 1),
    };
    const input = at(
      last - 1,
      at(last, p.input, 2 + (p.filters % 2)),
      p.input[last - 1] + 20 * p.stride[last - 1],
    );
    return { ...p, ...columns, padding, input };
  });

/** Transposed convolutions whose classes of outputs have 2x2 taps. */
const upsampled = shaped([4, 4], 2).filter(({ transposed }) => transposed);

/** Problems of one 3x3 plane a group that can be read as it is: one row and column of zeros around it at most. */
const planes = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 3 }),
    input: fc.tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 9, max: 20 })),
    stride: fc.integer({ min: 1, max: 2 }),
    padding: fc.array(fc.tuple(fc.nat(1), fc.nat(1)), { minLength: 2, maxLength: 2 }),
  })
  .map(
    ({ batch, groups, filters, input, stride, padding }): Problem => ({
      transposed: false,
      batch,
      groups,
      channels: groups,
      filters: groups * filters,
      input,
      kernel: [3, 3],
      stride: [stride, stride],
      padding,
      dilation: [1, 1],
      outputPadding: [0, 0],
      mode: 'zeros',
    }),
  )
  .filter((p) => outputSizes(p).every((size) => size >= 1));

describe('blocks', () => {
  for (const [algorithm, what, drawn, numRuns] of [
    ['gemm', 'of any form', problems, 400],
    ['direct', 'of wide rows', wide, 120],
    ['depthwise', 'of one channel a group', depthwise, 120],
    ['depthwise', 'of planes', planes, 200],
    ['depthwise', 'of narrow maps', tall.map((p) => ({ ...p, channels: p.groups })), 120],
    ['gemm', 'of narrow and long maps', tall, 120],
    ['depthwise', 'of one long row', longRows, 200],
    ['winograd', 'with kernels of 3x3', shaped([3, 3], 1), 100],
    ['winograd', 'with kernels of 2x2 or 4x4', fc.oneof(shaped([2, 2], 1), upsampled), 100],
    ['winograd', 'with rows of three taps', shaped([3], 1), 100],
    [
      'winograd',
      'with larger kernels',
      fc.oneof(...[[4, 5], [5, 7], [6, 4], [8]].map((size) => shaped(size, 1))),
      200,
    ],
  ] as const) {
    it(`compute random problems ${what} for ${algorithm}`, () => {
      let computed = 0;
      fc.assert(
        fc.property(drawn, fc.boolean(), (p, resident) => {
          try {
            check(p, algorithm, resident);
            computed++;
          } catch (error) {
            if (!(error instanceof UnableError)) throw error;
          }
        }),
        { numRuns },
      );
      assert.ok(computed >= numRuns / 3, `only ${computed} computed`);
    });
  }

  // Each is too large for one block, and has few products for its size.
  for (const [line, algorithm, resident] of [
    ['n1 g1 c1 f1 i2300000 k3 p1 circular', 'gemm', false],
    ['n1 g1 c3 f1 i1794045 k3 p1', 'direct', false],
    ['n1 g1 c1 f1 i3300000 k2 s2 p1 replicate', 'gemm', true],
    ['n1 g1 c1 f1 i1600x1700 k3x1 p10x1 d10x1 reflect', 'depthwise', false],
    ['n1 g1 c1 f1 i2300000 k2 p3 replicate', 'depthwise', false],
    ['n1 g1 c1 f1 i2300000 k3 p2', 'depthwise', true],
    ['n1 g1 c1 f1 i1800x1810 k3x3 s2x2 p1x1', 'depthwise', false],
    ['n1 g1 c1 f1 i1810x1800 k3x3 s2x2 p1x1', 'depthwise', true],
    ['n1 g1 c1 f1 i2000x1800 k2x2 s2x3 p2x1 d3x1', 'gemm', true],
    ['n1 g1 c1 f1 i10x500000 k3x1 p2x0 d2x1', 'gemm', true],
    ['n1 g1 c2 f1 i110x110x110 k2x2x1 p1x1x0 d3x2x1', 'gemm', true],
    ['n5 g1 c1 f1 i1000x1000 k1x2', 'direct', true],
    ['n1 g1 c2 f1 i600000x3 k2x3 p1x1', 'gemm', false],
    ['n1 g1 c2 f1 i600000x3 k2x3 p1x1', 'gemm', true],
    ['T n1 g1 c1 f1 i900x1000 k3x2 s2x2 p1x1 o1x0', 'gemm', false],
    ['T n1 g1 c1 f1 i1300000 k3 s3 p1', 'gemm', true],
  ] as const) {
    it(`${line} for ${algorithm}${resident ? ', in place' : ''}`, () => {
      const plan = check(parseLine(line), algorithm, resident);
      assert.ok(plan.blocks > 1, 'a single block');
    });
  }
});

describe('the inputs of direct', () => {
  const ahead = (line: string, input: number) => {
    const at = { scratch: 0, weights: 0, bias: 0, output: -1, inputStep: -1, outputStep: -1 };
    const { calls, words } = new Block(planOfLine(line, { algorithm: 'direct' }), 0, {
      ...at,
      tables: 0,
      input,
    });
    return words[calls.at(-1)!.task / 4 + wordOf(new DirectTask(), 'ahead')];
  };

  it('are brought before the sums where they come from memory', () => {
    assert.equal(ahead('n1 g1 c16 f2 i532x532 k1x1', 64), 4096);
    assert.equal(ahead('n1 g1 c64 f32 i268x268 k1x1', 64), 1024);
  });

  for (const [why, line, input] of [
    ['copied just before', 'n1 g1 c16 f2 i532x532 k1x1', -1],
    ['few', 'n1 g1 c16 f2 i256x256 k1x1', 64],
    ['staged', 'n1 g1 c16 f2 i532x532 k1x1 p1x1', 64],
    ['read by several taps', 'n1 g1 c16 f2 i532x532 k3x3', 64],
  ] as const) {
    it(`are not where they are ${why}`, () => {
      assert.equal(ahead(line, input), 0);
    });
  }
});
