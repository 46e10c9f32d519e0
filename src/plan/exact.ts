// Exact: the plans that take the place of another where numbers are not finite.

import type { Convolution } from '../problem/convolution.js';
import { direct } from './algorithms/direct.js';
import { gemm } from './algorithms/gemm.js';
import { inside } from './algorithms/inside.js';
import { type Plan, planInBlocksOf, planOf } from './plan.js';

/**
 * The plan for weights that are not finite. Their products with zeros are NaN, so there must be as many as the definition has: all
 * with zeros of padding, which other plans may leave out; none where nothing stands, which others take for a zero.
 */
export function exactPlanOf(convolution: Convolution): Plan {
  const table = convolution.outside === 'nothing' ? [inside] : [direct, gemm];
  // a class by itself: then the outputs that meet an input at a tap are neighbours
  return planOf(convolution, { everyTap: true, sharedStart: false }, table);
}

/**
 * The plan that computes again what a transform did not get finite. It has the blocks, windows and targets of the plan by Winograd, so
 * that any range of its items can take the place of outputs in the same block.
 */
export function repairPlanOf(plan: Plan): Plan {
  return planInBlocksOf(plan, gemm);
}
