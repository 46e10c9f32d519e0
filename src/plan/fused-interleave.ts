// Fused interleave: where a depthwise plan computes two classes of outputs side by side, as it interleaves them. Not in depthwise.ts, which
// the bundle of threads does without.

import type { Slices } from '../geometry/slice.js';
import type { Workload } from './algorithms/algorithm.js';

/**
 * Products of a row of one class up to which this is faster: it saves stores, but row1x16 uses each weight that it loads for twice as many
 * outputs of a class. 1.04 of the time for T n1 g64 c64 f64 i28x28 k11x11 s2x2 p5x5, whose rows have 1008, 0.95 for k13x13 of i16x16 with 784.
 */
const MOST_PRODUCTS = 1024;

/** Whether outputs of a row alternate between two classes, which are computed side by side and interleaved in registers. */
export function fusesInterleave({ terms, width }: Workload, [, , widths]: Slices): boolean {
  return terms * width <= MOST_PRODUCTS && widths.every(({ covered }) => covered === 2);
}
