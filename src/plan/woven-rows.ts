// Woven rows: where a depthwise plan computes outputs of two classes side by side. Not in depthwise.ts, of which threads need nothing.

import type { Slices } from '../geometry/slice.js';
import type { Workload } from './algorithms/algorithm.js';

/**
 * Products of a row of outputs of one class up to which stores count more than weights: row1x16 takes a weight for twice as many outputs
 * of a class. 1.04 of the time for T n1 g64 c64 f64 i28x28 k11x11 s2x2 p5x5, whose rows have 1008, 0.95 for k13x13 of i16x16 with 784.
 */
const MOST_WOVEN = 1024;

/** Whether outputs of a row belong to two classes by turns that are computed side by side, and woven before they are stored. */
export function weavesRows({ terms, width }: Workload, [, , widths]: Slices): boolean {
  return terms * width <= MOST_WOVEN && widths.every(({ covered }) => covered === 2);
}
