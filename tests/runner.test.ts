// The same bits whatever a runner does: calls cut into ranges anywhere, given out in any order over any number of desks.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { entries, type TaskEntry } from '#src/engine/entries.js';
import { engine } from '#src/engine/start.js';
import { algorithms, UnableError } from '#src/plan/choice.js';
import { exactPlanOf, mendingPlanOf } from '#src/plan/exact.js';
import { microsecondsOfPlan } from '#src/plan/microseconds.js';
import type { Plan } from '#src/plan/plan.js';
import type { AlgorithmName } from '#src/plan/wish.js';
import { type Convolution, convolutionOf } from '#src/problem/convolution.js';
import { parseProblem } from '#src/problem/line.js';
import type { Beside } from '#src/run/activation.js';
import { blockOf } from '#src/run/block.js';
import type { Call } from '#src/run/runner.js';
import type { GemmTask, PlaneTask } from '#src/shared/task.js';
import { selectProblems } from '../bench/problems.js';
import { batchForms, narrowForms } from './cliffs.js';
import { compute, convolutionFrom, type Given, type Places, planBy } from './convolutions.js';
import { ManyDesks } from './desks.js';
import { problems } from './draws.js';
import { numbersOf } from './equation.js';
import { forms, layerAxis, places } from './forms.js';
import { problemLine } from './lines.js';
import { reals, uniform } from './numbers.js';
import { planOfLine } from './plans.js';
import { outputSizes, type Problem, product } from './reference.js';

const DESKS = [1, 2, 3, 4, 7, 8];
const besides: readonly (Beside | undefined)[] = [
  undefined,
  { scale: 1, activation: { entry: 'clamp', operand: Number.POSITIVE_INFINITY } },
  { scale: 1, activation: { entry: 'clamp', operand: 6 } },
  { scale: 0.75, input: { entry: 'silu', operand: 0 }, activation: { entry: 'leakyRelu', operand: 0.01 } },
];

/** How often each entry was called for a part of a call, over all tests. */
const parts = new Map<TaskEntry, number>();
/** Comparisons of plans by the entry that computes, where filters or maps are divided into parts. */
const divided: Partial<Record<TaskEntry, number>> = {};
/** Comparisons by row. */
const compared: Record<AlgorithmName, number> = { depthwise: 0, winograd: 0, direct: 0, gemm: 0 };
let fallbacks = 0;

/** Numbers with all bits, for some seeds NaN and infinities among them. */
function givenFor(c: Convolution, seed: number): Given {
  const { input, weight } = numbersOf(c);
  const x = reals(input, seed);
  const kinds = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  if (seed % 4 === 0) x[seed % input] = kinds[seed % 3];
  const weights = reals(weight, seed + 1);
  if (seed % 5 === 0) weights[seed % weight] = kinds[seed % 3];
  return { x, weight: weights, bias: reals(c.groups * c.filters, seed + 2) };
}

/** The places where two results differ in a bit. wasm doesn't say which bits a NaN has: these are alike. */
function firstDifference(got: Float32Array, wanted: Float32Array): number {
  const [a, b] = [got, wanted].map((list) => new Uint32Array(list.buffer, list.byteOffset, list.length));
  return a.findIndex((bits, i) => bits !== b[i] && !(Number.isNaN(got[i]) && Number.isNaN(wanted[i])));
}

/** Carries out a plan in one call each on this thread, and by a runner of many desks. */
function check(plan: Plan, seed: number, where: Places): void {
  const given = givenFor(plan.convolution, seed);
  const random = uniform(seed);
  const beside = besides[Math.floor(random() * besides.length)];
  const wanted = compute(plan, given, where, undefined, beside);
  // where numbers are not finite, other plans compute, in areas of their own
  const plans = [plan, mendingPlanOf(plan), exactPlanOf(plan.convolution)];
  const areas: Record<string, number> = {};
  for (const { bytes } of plans)
    for (const [area, size] of Object.entries(bytes.areas)) areas[area] = Math.max(areas[area] ?? 0, size);
  const desks = DESKS[Math.floor(random() * DESKS.length)];
  const runner = new ManyDesks(engine(), areas, desks, random);
  try {
    const got = compute(plan, given, where, runner, beside);
    const place = firstDifference(got, wanted);
    if (place >= 0) {
      const { name } = plan.choice.algorithm;
      const how = `${name}, ${where.input} to ${where.output}, ${desks} desks, seed ${seed}, ${beside?.activation?.entry}`;
      assert.fail(`${how}: element ${place} is ${got[place]}, not ${wanted[place]}: ${plan.line}`);
    }
  } finally {
    runner.release();
  }
  compared[plan.choice.algorithm.name as AlgorithmName]++;
  const { entry } = plan.variant;
  if (partsOf(plan) > 1) divided[entry] = (divided[entry] ?? 0) + 1;
  if (plan.variant.entry === 'winograd' && runner.parts.has('gemm')) fallbacks++;
  for (const [entry, count] of runner.parts) parts.set(entry, (parts.get(entry) ?? 0) + count);
}

/** The parts that a plan divides filters or maps into. */
function partsOf({ variant, tapSets, images }: Plan): number {
  const task = variant.task(tapSets[0], images) as Partial<GemmTask & PlaneTask>;
  return task.filterParts ?? task.mapParts ?? 1;
}

/** The calls of a plan's first block. */
function callsOf(plan: Plan): readonly Call[] {
  const at = { tables: 64, scratch: 64, weights: 64, bias: 64, input: 64, output: 64 };
  return blockOf(plan, 0, { ...at, inputStep: -1, outputStep: -1 }).calls;
}

/** Checks every row that can compute a convolution. */
function checkRows(c: Convolution, seed: number): void {
  for (const { name } of algorithms) {
    try {
      check(planBy(c, name), seed, places[seed % 4]);
    } catch (error) {
      if (!(error instanceof UnableError)) throw error;
    }
  }
}

const ofProblem = (p: Problem) => convolutionOf(parseProblem(problemLine(p)));
const wide = problems.map((p) => ({
  ...p,
  input: p.input.map((size, axis) => (axis === p.input.length - 1 ? size + 8 * p.stride[axis] + 8 : size)),
}));
const depthwise = wide.map((p) => ({ ...p, channels: p.groups }));
const longRows = depthwise
  .filter((p) => p.input.length === 1)
  .map((p) => ({ ...p, input: [p.input[0] + 220], stride: [1], outputPadding: [0] }));

/** Kernels of stride one and some size, over maps with room for several rows of tiles. */
const tiled = fc
  .tuple(problems, fc.constantFrom(2, 3, 4, 5), fc.constantFrom(1, 1, 2, 2, 3, 5))
  .filter(([p, , gap]) => gap <= 2 || p.input.length < 3)
  .map(([p, size, gap]) => ({
    ...p,
    input: p.input.map((input) => input + (p.input.length === 3 ? 6 : gap <= 2 ? 14 : 10 * gap)),
    kernel: p.kernel.map((kernel, axis) => (axis === p.kernel.length - 3 ? kernel : size)),
    stride: p.stride.map(() => (p.transposed ? gap : 1)),
    dilation: p.dilation.map(() => (p.transposed ? 1 : gap)),
    outputPadding: p.outputPadding.map(() => 0),
  }));

const hasOutputs = (p: Problem) => product(outputSizes(p)) > 0;

const planes = fc
  .tuple(depthwise, fc.integer({ min: 1, max: 2 }), fc.nat(1), fc.nat(1))
  .filter(([p]) => p.input.length === 2)
  .map(([p, stride, top, left]) => ({
    ...p,
    transposed: false,
    kernel: [3, 3],
    stride: [stride, stride],
    dilation: [1, 1],
    outputPadding: [0, 0],
    input: [p.input[0] + 5, p.input[1] + 9],
    padding: [
      [top, 1],
      [left, 1],
    ] as [number, number][],
    mode: 'zeros' as const,
  }));

const isFlat = (p: Problem) => p.input.length < 3;
const manyFilters = (p: Problem) => ({ ...p, filters: p.groups * (60 + p.filters) });
/** Few maps that are large enough for parts. */
const larger = (p: Problem) => ({
  ...p,
  batch: 1,
  groups: 1,
  channels: 1,
  filters: p.filters / p.groups,
  input: p.input.map((size) => size + [3000, 44, 13][p.input.length - 1]),
});

describe('a runner that cuts calls anywhere', () => {
  for (const [what, drawn, numRuns] of [
    ['of any form', problems.map(ofProblem), 700],
    ['of wide rows', wide.map(ofProblem), 300],
    ['of one channel a group', depthwise.map(ofProblem), 200],
    ['of planes', planes.map(ofProblem), 200],
    ['of narrow maps', narrowForms.map(convolutionFrom), 300],
    ['of batches of tiny maps', batchForms.map(convolutionFrom), 300],
    ['of one long row', longRows.map(ofProblem), 200],
    ['of tiles', tiled.filter(hasOutputs).map(ofProblem), 500],
    ['of maps in an unusual order', forms(layerAxis, true).map(convolutionFrom), 300],
    ['of many filters', problems.map(manyFilters).map(ofProblem), 100],
    [
      'of tiles and many filters',
      tiled.filter(hasOutputs).filter(isFlat).map(manyFilters).map(ofProblem),
      60,
    ],
    ['of few large maps', depthwise.map(larger).map(ofProblem), 100],
    ['of few large planes', planes.map(larger).map(ofProblem), 60],
    ['of few long rows', longRows.map(larger).map(ofProblem), 60],
  ] as const) {
    it(`changes no bit of random problems ${what}`, () => {
      fc.assert(
        fc.property(drawn, fc.nat(2 ** 31 - 1), (c, seed) => checkRows(c, seed)),
        { numRuns },
      );
    });
  }

  // too large for one block, or plain maps that are copied a few at a time
  for (const [line, algorithm, isCut] of [
    ['n1 g1 c3 f1 i1794045 k3 p1', 'direct', true],
    ['n1 g1 c2 f3 i1300x1000 k3x3 p1x1', 'winograd', true],
    ['n1 g1 c1 f1 i1600x1700 k3x1 p10x1 d10x1 reflect', 'depthwise', true],
    ['n5 g1 c1 f2 i900x1000 k1x2', 'gemm', true],
    ['n1 g1 c2 f1 i600000x3 k2x3 p1x1', 'direct', true],
    ['T n1 g1 c1 f1 i900x1000 k3x2 s2x2 p1x1 o1x0', 'gemm', true],
    ['n2 g8 c8 f16 i120x130 k3x3 p1x1', 'depthwise', false],
    ['n2 g8 c8 f8 i120x130 k5x5 p2x2', 'depthwise', false],
    ['n2 g5 c5 f5 i70000 k5 p3', 'depthwise', false],
  ] as const) {
    it(`changes no bit of ${line} for ${algorithm}`, () => {
      const plan = planBy(convolutionOf(parseProblem(line)), algorithm);
      assert.ok(isCut ? plan.blocks > 1 : plan.mapsTogether > 0);
      for (const [i, where] of places.entries()) check(plan, 4 * i + (i % 2), where);
    });
  }

  it('called every entry that takes items for parts of a call, and compared every row often enough', () => {
    const takingItems = Object.entries(entries).filter(([, kind]) => kind === 'items');
    assert.deepEqual([...parts.keys()].sort(), takingItems.map(([name]) => name).sort());
    assert.ok(
      Object.values(compared).every((count) => count > 300),
      JSON.stringify(compared),
    );
    const inParts = ['depthwiseLongRows', 'depthwisePlanes', 'depthwiseRows', 'gemm', 'winograd'];
    assert.deepEqual(Object.keys(divided).sort(), inParts);
    assert.ok(
      Object.values(divided).every((count) => count > 30),
      JSON.stringify(divided),
    );
    assert.ok(fallbacks > 30, `only ${fallbacks} fell back from winograd to gemm`);
  });
});

describe('a call that takes long', () => {
  for (const suite of ['known', 'real']) {
    it(`has items for sixteen threads, as all layers of the suite ${suite} show`, () => {
      let long = 0;
      for (const { line } of selectProblems({ suite })) {
        const plan = planOfLine(line);
        for (const { entry, items, microseconds } of callsOf(plan)) {
          if (entry !== plan.variant.entry || microseconds < 200) continue;
          assert.ok(items >= 16, `${entry} has ${items} items in ${Math.round(microseconds)} us: ${line}`);
          long++;
        }
      }
      assert.ok(long > 30, `${long} calls`);
    });
  }

  it('is estimated in proportion to its outputs and terms, whatever blocks it is cut into', () => {
    const of = (line: string) => microsecondsOfPlan(planOfLine(line));
    // twenty-odd products in a nanosecond by registers of four numbers
    const once = of('n1 g1 c64 f256 i56x56 k1x1');
    assert.ok(once > 1000 && once < 4000, `${once}`);
    for (const [larger, times] of [
      ['n4 g1 c64 f256 i56x56 k1x1', 4],
      ['n1 g1 c64 f256 i56x112 k1x1', 2],
      ['n1 g1 c256 f256 i56x56 k1x1', 4],
      ['n1 g1 c64 f256 i1120x560 k1x1', 200],
    ] as const) {
      const ratio = of(larger) / once / times;
      assert.ok(ratio > 0.85 && ratio < 1.15, `${ratio}: ${larger}`);
    }
  });
});
