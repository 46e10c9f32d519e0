// Rows: the micro-kernels of one filter along a row of pixels, which two rows of the table share.

import type { TapSet } from '../tap-sets.js';

/** Whether row1x16k3, which keeps its three weights in registers, computes a tap set; else row1x16 does. */
export function hasThreeTaps({ terms }: TapSet): boolean {
  return terms === 3;
}

/** The micro-kernels that compute some tap sets. */
export function rowKernels(sets: readonly TapSet[]): string[] {
  return [...new Set(sets.map((set) => (hasThreeTaps(set) ? 'row1x16k3' : 'row1x16')))];
}
