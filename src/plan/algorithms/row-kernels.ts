// Row kernels: the micro-kernels that compute one or two filters along a row of pixels. `direct` and `depthwise` use them.

import type { TapSet } from '../tap-sets.js';

/**
 * The micro-kernels for some tap sets. row1x16k3 computes sets of three terms, whose weights it keeps in registers; row1x16 all others, or
 * row2x16 two filters at once.
 */
export function rowKernels(sets: readonly TapSet[], filters = 1): string[] {
  const many = filters === 1 ? 'row1x16' : 'row2x16';
  return [...new Set(sets.map(({ terms }) => (terms === 3 ? 'row1x16k3' : many)))];
}
