// Row kernels: the micro-kernels that compute one or two filters along a row of pixels. `direct` and `depthwise` use them.

import type { TapSet } from '../tap-sets.js';

/** Whether row1x16k3 computes a tap set, which keeps three weights in registers; else row1x16 does, or row2x16 two filters at once. */
export function hasThreeTaps({ terms }: TapSet): boolean {
  return terms === 3;
}

/** The micro-kernels that compute some tap sets, one filter or two at once. */
export function rowKernels(sets: readonly TapSet[], filters = 1): string[] {
  const many = filters === 1 ? 'row1x16' : 'row2x16';
  return [...new Set(sets.map((set) => (hasThreeTaps(set) ? 'row1x16k3' : many)))];
}
