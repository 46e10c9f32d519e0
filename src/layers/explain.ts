// Explain: how a layer computes an input, in words.

import { asList } from '../core/errors.js';
import { explainPlan } from '../plan/explain.js';
import type { Plan } from '../plan/plan.js';
import { flops, type Problem } from '../problem/problem.js';
import { alternative } from '../run/alternative.js';

/** Says the problem line, the output shape, the plan, and the receptive field (transposed: the outputs that one input reaches). */
export function explain(problem: Problem, plan: Plan, outputShape: readonly number[]): string {
  const field = problem.kernel
    .map((size, axis) => 1 + Math.ceil(((size - 1) * problem.dilation[axis]) / problem.upsample[axis]))
    .join(' x ');
  const lines = explainPlan(plan, flops(problem));
  return [
    plan.line,
    `output     ${asList(outputShape)}`,
    ...(alternative.provider?.explain(plan, lines) ?? lines),
    problem.transposed ? `reach      ${field} outputs an input` : `field      ${field} inputs an output`,
  ].join('\n');
}
