// What runs: the entry that a plan names, and the micro-kernels that it calls, counted in the module.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tensor } from 'convnd';
import fc from 'fast-check';
import { Engine } from '#src/engine/engine.js';
import { entries } from '#src/engine/entries.js';
import { algorithms, UnableError } from '#src/plan/choice.js';
import { exactPlanOf } from '#src/plan/exact.js';
import type { Plan } from '#src/plan/plan.js';
import type { AlgorithmName } from '#src/plan/preference.js';
import { PreparedPlan } from '#src/run/prepared-plan.js';
import { type Runner, runners, thisThread } from '#src/run/runner.js';
import { PackedWeights } from '#src/run/weights.js';
import { problems } from '../helpers/draws.js';
import { parseLine, problemLine } from '../helpers/lines.js';
import { integers } from '../helpers/numbers.js';
import { planOfLine } from '../helpers/plans.js';
import { inputShape, outputShape, product, weightShape } from '../reference/reference.js';
import { countedModule } from './counted-module.js';

const { module, kernels, counterOf } = countedModule(Object.keys(entries));
const engine = new Engine(module);
const everSeen = { entries: new Set<string>(), kernels: new Set<string>() };

/** How often each micro-kernel was called until now. */
function counts(): number[] {
  const exported = engine.entries as unknown as Record<string, WebAssembly.Global>;
  return kernels.map((kernel) => exported[counterOf(kernel)].value);
}

/** Carries out a plan on plain arrays; gives the summing entries and the micro-kernels that were called. */
function runOf(plan: Plan): { entries: string[]; kernels: string[] } {
  const p = parseLine(plan.line);
  const called = new Set<string>();
  const runner: Runner = {
    run(running, entry, ...rest) {
      called.add(entry);
      thisThread.run(running, entry, ...rest);
    },
  };
  const weights = new PackedWeights(engine, plan);
  const prepared = new PreparedPlan(engine, plan, weights);
  const x = tensor(integers(product(inputShape(p)), 1), inputShape(p));
  const out = tensor(new Float32Array(product(outputShape(p))), outputShape(p));
  const weight = integers(product(weightShape(p)), 2);
  const before = counts();
  runners.current = runner;
  prepared.run(x, out, { weight, bias: integers(p.filters, 3), version: 1, exposed: false });
  runners.current = thisThread;
  const after = counts();
  prepared.release();
  weights.release();
  const others = ['pack', 'packWinograd', 'stage', 'interleave'].filter(
    (entry) => entry !== plan.variant.entry,
  );
  return {
    entries: [...called].filter((entry) => !others.includes(entry)),
    kernels: kernels.filter((_, i) => after[i] > before[i]),
  };
}

/** Checks that the entry that a plan names is the one that runs. Returns the micro-kernels that it called, in alphabetical order. */
function check(line: string, algorithm?: AlgorithmName): string[] {
  return checkPlan(planOfLine(line, { algorithm }), `${algorithm}: ${line}`);
}

function checkPlan(plan: Plan, label: string): string[] {
  const ran = runOf(plan);
  assert.deepEqual(ran.entries, [plan.variant.entry], label);
  for (const entry of ran.entries) everSeen.entries.add(entry);
  for (const kernel of ran.kernels) everSeen.kernels.add(kernel);
  return ran.kernels.sort();
}

describe('the variant that a plan names', () => {
  for (const [line, called, algorithm] of [
    ['n1 g1 c3 f2 i32x32 k3x3 s2x2 p1x1', 'row2x16'],
    ['n1 g8 c8 f8 i32x32 k5x5 p2x2', 'row1x16'],
    ['n1 g8 c8 f8 i9x9 k5x5 p2x2', 'lanes4x7'],
    ['n1 g8 c8 f8 i20x20 k3x1 p1x0', 'lanes4x7'],
    ['n2 g8 c8 f16 i20x20 k3x3 p1x1', 'columns1x4k3x3'],
    ['n2 g8 c8 f8 i20x20 k3x3 s2x2 p1x1', 'columns1x4k3x3s2'],
    ['n1 g8 c8 f8 i20x20 k3x3 p1x1 replicate', 'lanes4x7'],
    ['n1 g8 c8 f8 i900 k3 p8 d8', 'row1x16k3'],
    ['n1 g8 c8 f8 i900 k5 p2', 'row1x16'],
    ['n1 g8 c8 f8 i900 k5', 'row1x16'],
    ['n1 g1 c4 f1 i40x40 k3x1', 'row1x16'],
    ['n1 g1 c1 f12 i40x40 k3x3', 'correlate4x8InPlace', 'direct'],
    [
      'n1 g1 c16 f16 i40x40 k3x3 p1x1',
      'correlate4x8 inputColumns4x3 inputRows4x3 outputColumns4x3 outputRows4x3',
    ],
    [
      'n1 g1 c16 f20 i28x28 k3x3 p1x1',
      'correlate10x4 correlate5x8 inputColumns4x3 inputRows4x3 outputColumns4x3 outputRows4x3',
    ],
    ['n1 g1 c8 f7 i40x40 k2x2', 'correlate3x8 correlate4x8 input3x2 output3x2', 'winograd'],
    ['n1 g1 c16 f9 i400 k3 p1', 'correlate4x8InPlace correlate5x8InPlace'],
    ['T n1 g1 c16 f3 i16x16 k4x4 s2x2 p1x1', 'correlate3x8InPlace'],
    ['T n1 g1 c4 f2 i40 k5 s2', 'row2x16'],
    ['T n1 g8 c8 f8 i40x40 k2x3 s2x2', 'row1x16'],
    ['T n1 g8 c8 f8 i9x9 k3x3 s2x2 p1x1', 'row1x16'],
    ['T n1 g8 c8 f8 i9x9 k3x3 s3x3 p1x1', 'lanes4x7'],
    ['n1 g1 c3 f11 i5x5 k3x3', 'correlate3x8 correlate4x8', 'gemm'],
    ['n1 g1 c9 f29 i3x3 k1x1', 'correlate4x8InPlace correlate5x8InPlace'],
    ['n3 g2 c1200 f150 i1x1 k1x1', 'correlate10x4 correlate5x8'],
    ['n1 g1 c600 f600 i1x1 k1x1', 'correlate20x1'],
    ['n1 g1 c256 f16 i3x3 k3x3', 'correlate20x1'],
    ['n1 g3 c90 f72 i1x1 k1x1', 'correlate20x1 correlate5x8'],
    ['n3 g2 c40 f16 i1x1 k1x1', 'correlate10x4'],
    ['n2 g1 c600 f600 i5x5 k1x1', 'correlate10x4 correlate5x8'],
    ['n1 g1 c64 f64 i56x56 k3x1 p1x0', 'correlate4x8 correlate5x8 input8 output8'],
  ] as [string, string, AlgorithmName?][]) {
    it(`runs for ${line}${algorithm ? `, ${algorithm}` : ''}, by ${called}`, () => {
      assert.equal(check(line, algorithm).join(' '), called);
    });
  }

  it('runs where weights are not finite', () => {
    for (const line of ['n1 g2 c2 f6 i9x30 k3x3 p1x1', 'T n2 g2 c4 f6 i5x9 k4x4 s2x2 p1x1'])
      checkPlan(exactPlanOf(planOfLine(line).convolution), `exact: ${line}`);
  });

  it('runs for random problems, with every row that can compute them', () => {
    let computed = 0;
    const wide = problems.map((p) => ({ ...p, input: p.input.map((size) => size + 9) }));
    fc.assert(
      fc.property(
        fc.oneof(
          problems,
          wide,
          wide.map((p) => ({ ...p, channels: p.groups })),
        ),
        (p) => {
          if (product(outputShape(p)) === 0) return;
          for (const { name } of algorithms) {
            try {
              check(problemLine(p), name);
              computed++;
            } catch (error) {
              if (!(error instanceof UnableError)) throw error;
            }
          }
        },
      ),
      { numRuns: 300 },
    );
    assert.ok(computed > 400, `only ${computed} computed`);
  });

  it('is, among all of these, every entry that sums and every micro-kernel that there is', () => {
    const others = ['heapBase', 'stage', 'pack', 'packWinograd', 'finish', 'fingerprint', 'finite'];
    const sums = Object.keys(entries).filter((entry) => !others.includes(entry));
    assert.deepEqual([...everSeen.entries].sort(), sums.sort());
    assert.deepEqual([...everSeen.kernels].sort(), [...kernels].sort());
  });
});
