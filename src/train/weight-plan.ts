// Weight plan: how the exchanged convolution that gives a weight's gradient is computed. The one place where its table of rows stands.

import type { Algorithm } from '../plan/algorithms/algorithm.js';
import { gemm } from '../plan/algorithms/gemm.js';
import type { Convolution } from '../problem/convolution.js';
import type { PlanCache } from '../run/plan-cache.js';
import type { PreparedPlan } from '../run/prepared-plan.js';

/**
 * Rows for sums over a batch and all positions of a map, which may be long: only those that add up blocks of a few hundred products. No
 * transforms: Adam divides by a gradient's size, so errors in proportion to the largest would move parameters by whole steps.
 */
const rows: readonly Algorithm[] = [gemm];

/** The plan of an exchanged convolution, kept for the owner of the weight. */
export function weightPlan(convolution: Convolution, plans: PlanCache): PreparedPlan {
  return plans.prepared(convolution, { winograd: 'never' }, { use: 'weight gradient ', rows });
}
