// Row kernels: the micro-kernels that compute one filter along a row of pixels. `direct` and `depthwise` use them.

import type { TapSet } from '../tap-sets.js';

/** Whether row1x16k3 computes a tap set, which keeps three weights in registers; else row1x16 does. */
export function hasThreeTaps({ terms }: TapSet): boolean {
  return terms === 3;
}

/** The micro-kernels that compute some tap sets. */
export function rowKernels(sets: readonly TapSet[]): string[] {
  return [...new Set(sets.map((set) => (hasThreeTaps(set) ? 'row1x16k3' : 'row1x16')))];
}
