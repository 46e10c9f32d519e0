// Plans in more blocks than they would have by themselves: what forwardAsync gives to several threads. Not a bit may change.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { algorithms, UnableError } from '#src/plan/choice.js';
import { microsecondsOfPlan } from '#src/plan/microseconds.js';
import type { Plan } from '#src/plan/plan.js';
import { planInPortions, portionsIn } from '#src/plan/portions.js';
import type { AlgorithmName } from '#src/plan/preference.js';
import { convolutionOf } from '#src/problem/convolution.js';
import { parseProblem } from '#src/problem/line.js';
import { weightLayout } from '#src/run/weights.js';
import { differingPlace } from '../helpers/bits.js';
import { compute, convolutionFrom, type Given, planBy } from '../helpers/convolutions.js';
import { problems } from '../helpers/draws.js';
import { forms, layerAxis, places } from '../helpers/forms.js';
import { problemLine } from '../helpers/lines.js';
import { reals } from '../helpers/numbers.js';
import { numbersOf } from '../reference/equation.js';

/** Plans that were cut further, by row, and all that were looked at. */
const cut: Record<AlgorithmName, number> = { inside: 0, depthwise: 0, winograd: 0, direct: 0, gemm: 0 };
let all = 0;
let joined = 0;

const alike = (plan: Plan) => (other: Plan) => weightLayout(other) === weightLayout(plan);

/** Carries a plan out as it is, and in about so many portions. */
function check(plan: Plan, wanted: number, seed: number): void {
  const c = plan.convolution;
  const { input, weight } = numbersOf(c);
  const given: Given = {
    x: reals(input, seed),
    weight: reals(weight, seed + 1),
    bias: reals(c.groups * c.filters, seed + 2),
  };
  const portions = planInPortions(plan, wanted, alike(plan));
  all++;
  if (portionsIn(portions) === portionsIn(plan)) return;
  cut[plan.choice.algorithm.name as AlgorithmName]++;
  assert.ok(portionsIn(portions) > portionsIn(plan) || plan.mapsAtOnce > 0);
  const again = planInPortions(portions, 2, alike(plan));
  if (portionsIn(again) < portionsIn(portions)) joined++;
  const where = places[seed % 4];
  const whole = compute(plan, given, where);
  for (const each of [portions, again]) {
    const place = differingPlace(compute(each, given, where), whole);
    const how = `${plan.choice.algorithm.name} in ${portionsIn(each)} portions of ${wanted}`;
    assert.ok(place < 0, `${how}, element ${place}: ${plan.line}`);
  }
}

function checkRows(c: Plan['convolution'], wanted: number, seed: number): void {
  for (const { name } of algorithms) {
    try {
      check(planBy(c, name), wanted, seed);
    } catch (error) {
      if (!(error instanceof UnableError)) throw error;
    }
  }
}

const grown = problems.map((p) => ({
  ...p,
  input: p.input.map(
    (size, axis) => size + (p.input.length === 3 ? 6 : axis === p.input.length - 1 ? 24 : 16),
  ),
}));
const parts = fc.integer({ min: 2, max: 9 });
const seeds = fc.nat(2 ** 31 - 1);

describe('a plan in portions', () => {
  it('changes no bit of random problems', () => {
    fc.assert(
      fc.property(grown, parts, seeds, (p, wanted, seed) =>
        checkRows(convolutionOf(parseProblem(problemLine(p))), wanted, seed),
      ),
      { numRuns: 200 },
    );
  });

  it('changes no bit of unpadded 3x3 and 2x2 kernels, which have tiles', () => {
    const tiled = grown.map((p) => ({
      ...p,
      kernel: p.kernel.map((_, axis) => (axis === p.kernel.length - 3 ? 3 : p.transposed ? 4 : 3)),
      stride: p.stride.map(() => (p.transposed ? 2 : 1)),
      outputPadding: p.outputPadding.map(() => 0),
    }));
    fc.assert(
      fc.property(tiled, parts, seeds, (p, wanted, seed) =>
        checkRows(convolutionOf(parseProblem(problemLine(p))), wanted, seed),
      ),
      { numRuns: 200 },
    );
  });

  it('changes no bit of maps in an unusual order', () => {
    fc.assert(
      fc.property(forms(layerAxis, true), parts, seeds, (form, wanted, seed) =>
        checkRows(convolutionFrom(form), wanted, seed),
      ),
      { numRuns: 120 },
    );
  });

  it('was cut often enough by every row', () => {
    assert.ok(
      Object.values(cut).every((count) => count > 40),
      JSON.stringify({ cut, all }),
    );
    assert.ok(joined > 40, `joined only ${joined}`);
  });

  it('takes as long by the estimate as the plan in any other blocks', () => {
    for (const line of [
      'n1 g1 c5 f3 i128x128x128 k1x1x1',
      'n1 g1 c16 f32 i312x463 k3x3',
      'n1 g1 c64 f64 i224x224 k3x3 p1x1',
    ]) {
      const plan = planBy(convolutionOf(parseProblem(line)), undefined as never);
      const whole = planInPortions(plan, 1, alike(plan));
      const estimates = [plan, whole, planInPortions(plan, 16, alike(plan))].map(microsecondsOfPlan);
      assert.ok(Math.max(...estimates) < 1.5 * Math.min(...estimates), `${estimates} us: ${line}`);
    }
  });

  for (const [line, wanted, got] of [
    ['n1 g1 c64 f64 i56x56 k3x3 p1x1', 4, 4],
    ['n1 g1 c64 f64 i56x56 k1x1', 4, 4],
    ['n8 g1 c16 f16 i14x14 k3x3 p1x1', 4, 4],
    ['n1 g64 c64 f64 i56x56 k3x3 p1x1', 4, 4],
    ['n1 g1 c5 f5 i64x64x64 k3x3x3 p1x1x1', 8, 8],
    ['n1 g1 c5 f3 i128x128x128 k1x1x1', 8, 8],
    ['T n1 g1 c128 f64 i16x16 k4x4 s2x2 p1x1', 2, 1],
  ] as const) {
    it(`has ${got} for ${line}`, () => {
      const plan = planBy(convolutionOf(parseProblem(line)), undefined as never);
      assert.equal(portionsIn(planInPortions(plan, wanted, alike(plan))), got);
    });
  }
});
