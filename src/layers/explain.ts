// Explain: how a layer computes an input, in words.

import { explainPlan } from '../plan/explain.js';
import type { Plan } from '../plan/plan.js';
import { flops, type Problem } from '../problem/problem.js';

/** Says the problem line, the output shape, the plan, and the receptive field (transposed: the outputs that one input reaches). */
export function explain(problem: Problem, plan: Plan, outputShape: readonly number[]): string {
  const field = problem.kernel.map((size, axis) => (size - 1) * problem.dilation[axis] + 1).join(' x ');
  return [
    plan.line,
    `output     [${outputShape.join(', ')}]`,
    ...explainPlan(plan, flops(problem)),
    problem.transposed ? `reach      ${field} outputs an input` : `field      ${field} inputs an output`,
  ].join('\n');
}
