// The same bits whatever a runner does: calls cut into ranges anywhere, given out in any order over any number of workspaces.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { entries, type TaskEntry } from '#src/engine/entries.js';
import { engine } from '#src/engine/start.js';
import { algorithms, UnableError } from '#src/plan/choice.js';
import { exactPlanOf, repairPlanOf } from '#src/plan/exact.js';
import { microsecondsOfPlan } from '#src/plan/microseconds.js';
import type { Plan } from '#src/plan/plan.js';
import type { AlgorithmName } from '#src/plan/preference.js';
import { type Convolution, convolutionOf } from '#src/problem/convolution.js';
import { parseProblem } from '#src/problem/line.js';
import { Block } from '#src/run/block.js';
import type { Call } from '#src/run/runner.js';
import type { GemmTask, PlaneTask } from '#src/shared/task.js';
import { selectProblems } from '../../bench/problems.js';
import { differingPlace } from '../helpers/bits.js';
import { compute, type Places, planBy } from '../helpers/convolutions.js';
import { besides, drawnConvolutions, givenFor } from '../helpers/drawn-convolutions.js';
import { places } from '../helpers/forms.js';
import { uniform } from '../helpers/numbers.js';
import { planOfLine } from '../helpers/plans.js';
import { ManyWorkspaces } from './workspaces.js';

const WORKSPACES = [1, 2, 3, 4, 7, 8];

/** How often each entry was called for a part of a call, over all tests. */
const parts = new Map<TaskEntry, number>();
/** Comparisons of plans by the entry that computes, where filters or maps are divided into parts. */
const divided: Partial<Record<TaskEntry, number>> = {};
/** Comparisons by row. */
const compared: Record<AlgorithmName, number> = { inside: 0, depthwise: 0, winograd: 0, direct: 0, gemm: 0 };
let fallbacks = 0;

/** Carries out a plan in one call each on this thread, and by a runner of many workspaces. */
function check(plan: Plan, seed: number, where: Places): void {
  const given = givenFor(plan.convolution, seed);
  const random = uniform(seed);
  const epilogue = besides[Math.floor(random() * besides.length)];
  const wanted = compute(plan, given, where, undefined, epilogue);
  // where numbers are not finite, other plans compute, in areas of their own
  const plans = [plan, repairPlanOf(plan), exactPlanOf(plan.convolution)];
  const areas: Record<string, number> = {};
  for (const { bytes } of plans)
    for (const [area, size] of Object.entries(bytes.areas)) areas[area] = Math.max(areas[area] ?? 0, size);
  const workspaces = WORKSPACES[Math.floor(random() * WORKSPACES.length)];
  const runner = new ManyWorkspaces(engine(), areas, workspaces, random);
  try {
    const got = compute(plan, given, where, runner, epilogue);
    const place = differingPlace(got, wanted);
    if (place >= 0) {
      const { name } = plan.choice.algorithm;
      const how = `${name}, ${where.input} to ${where.output}, ${workspaces} workspaces, seed ${seed}, ${epilogue?.activation?.entry}`;
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
  return new Block(plan, 0, { ...at, inputStep: -1, outputStep: -1 }).calls;
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

describe('a runner that cuts calls anywhere', () => {
  for (const [what, drawn, numRuns] of drawnConvolutions) {
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
      assert.ok(isCut ? plan.blocks > 1 : plan.mapsAtOnce > 0);
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
      Object.values(divided).every((count) => count > 15),
      JSON.stringify(divided),
    );
    assert.ok(fallbacks > 30, `only ${fallbacks} fell back from winograd to gemm`);
  });
});

describe('a call that takes long', () => {
  for (const suite of ['known', 'real']) {
    it(`has items for sixteen threads, as all layers of the suite ${suite} show`, () => {
      let long = 0;
      const few: string[] = [];
      for (const { line } of selectProblems({ suite })) {
        const plan = planOfLine(line);
        for (const { entry, items, microseconds } of callsOf(plan)) {
          if (entry !== plan.variant.entry || microseconds < 200) continue;
          // parts of less than five filter tiles are not worth it: inputs would be transformed for each
          if (items < 16 && plan.filterTiles.length < 10 * items) {
            few.push(`${entry}:${items} ${line}`);
            continue;
          }
          assert.ok(items >= 16, `${entry} has ${items} items in ${Math.round(microseconds)} us: ${line}`);
          long++;
        }
      }
      assert.ok(long > 30 && few.length <= long / 15, `${long} calls, and ${few.join(', ')}`);
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
