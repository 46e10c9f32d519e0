// Exact: the plans for numbers that are not finite.

import type { Convolution } from '../problem/convolution.js';
import { direct } from './algorithms/direct.js';
import { gemm } from './algorithms/gemm.js';
import { type Plan, planByRow, planOf } from './plan.js';

/**
 * The plan for weights that are not finite. Their products with zeros are NaN, so the plan has exactly the products of the definition: all
 * with the zeros of padding, which other plans may skip, and none where there is no input, where other plans may read a zero.
 */
export function exactPlanOf(convolution: Convolution): Plan {
  const all = { everyTap: true, sharedStart: false };
  return convolution.outside === 'nothing'
    ? planOf(convolution, { ...all, algorithm: 'inside' })
    : planOf(convolution, all, [direct, gemm]);
}

/**
 * The plan that recomputes non-finite outputs of a Winograd plan. It has the same blocks, windows and targets, so any range of its items
 * can replace outputs of the same block.
 */
export function repairPlanOf(plan: Plan): Plan {
  return planByRow(plan, gemm);
}
