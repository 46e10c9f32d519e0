// Fused interleave: where a depthwise plan computes two classes of outputs as it interleaves them. Not in depthwise.ts, which
// the bundle of threads does without.

import { FLOAT_BYTES } from '../core/bytes.js';
import type { Slices } from '../geometry/slice.js';
import { SHORT_ROWS_BYTES } from '../shared/sizes.js';
import type { Workload } from './algorithms/algorithm.js';

/**
 * Products of an output up to which this is faster. Rows of more are computed apart, by kernels that skip rows of zeros or compute four maps
 * at a time: 0.86 for T n1 g64 c64 f64 i28x28 k15x15 s2x2 p7x7 (64 products), 0.83 for T n1 g256 c256 f256 i7x7 k13x13 s2x2 p6x6 (49).
 */
const MOST_TERMS = 36;

/** The longest rows of a class for which the workspace has room. */
const LONGEST_ROW = SHORT_ROWS_BYTES / FLOAT_BYTES;

/** Whether outputs of a row alternate between two classes, which are computed and interleaved some rows at a time. */
export function fusesInterleave({ terms }: Workload, [, , widths]: Slices): boolean {
  return terms <= MOST_TERMS && widths.every(({ covered, count }) => covered === 2 && count <= LONGEST_ROW);
}
