// The text of `layer.explain`: how a layer computes an input.

import { asList } from '../core/errors.js';
import { explainPlan } from '../plan/explain.js';
import type { Plan } from '../plan/plan.js';
import { flops, type Problem } from '../problem/problem.js';
import { alternative } from '../run/alternative.js';

/** The problem line, output shape, plan, and receptive field (for transposed layers the outputs that one input contributes to). */
export function explain(problem: Problem, plan: Plan, outputShape: readonly number[]): string {
  const field = problem.kernel
    .map((size, axis) => 1 + Math.ceil(((size - 1) * problem.dilation[axis]) / problem.upsample[axis]))
    .join(' x ');
  const lines = explainPlan(plan, flops(problem));
  return [
    plan.line,
    `output     ${asList(outputShape)}`,
    ...(alternative.provider?.explain(plan, lines) ?? lines),
    problem.kind.transposed ? `reach      ${field} outputs an input` : `field      ${field} inputs an output`,
  ].join('\n');
}
