// Filtered: sums whose result has the signal's sizes, as filters of pictures make them.

import type { Where } from '../core/errors.js';
import type { Border } from './request.js';
import { type Dtype, type Samples, withShape } from './samples.js';
import { sums } from './sums.js';

/** Elements of a kernel along an axis, and which of them meets the output's own place. */
export interface Reach {
  readonly size: number;
  readonly middle: number;
}

/** A kernel that runs over some axes of a signal: for each axis its elements; undefined for an axis of independent sums. */
export interface Kernel {
  /** has its numbers, in any shape */
  readonly samples: Pick<Samples, 'data'>;
  readonly along: readonly (Reach | undefined)[];
  /** 1 for a correlation, -1 for a convolution */
  readonly direction: 1 | -1;
}

/** The sums of a kernel's products with what it meets at each place of the signal, in C order. */
export function filtered(
  signal: Samples,
  { samples, along, direction }: Kernel,
  { border, dtype, where }: { border: Border; dtype: Dtype; where: Where },
  out?: Samples,
): Samples {
  return sums(
    {
      signal,
      kernel: withShape(
        samples,
        along.map((reach) => reach?.size ?? 1),
      ),
      out,
    },
    {
      axes: along.map((reach, axis) =>
        reach ? { first: -direction * reach.middle, count: signal.shape[axis], direction } : 'each',
      ),
      border,
      method: 'auto',
      dtype,
      where,
    },
  );
}
