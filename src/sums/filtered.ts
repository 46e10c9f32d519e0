// Sums whose result has the shape of the signal, for image filters.

import type { Where } from '../core/errors.js';
import type { Border } from './request.js';
import { type Dtype, type Samples, withShape } from './samples.js';
import { sums } from './sums.js';

/** The size of a kernel along an axis, and the index of its element at the output's position. */
export interface Reach {
  readonly size: number;
  readonly middle: number;
}

/** A kernel along some axes of a signal. undefined is an axis without kernel. */
export interface Kernel {
  /** the kernel's numbers, in any shape */
  readonly samples: Pick<Samples, 'data'>;
  readonly along: readonly (Reach | undefined)[];
  /** 1 for a correlation, -1 for a convolution */
  readonly direction: 1 | -1;
}

/** Applies a kernel at every position of the signal. */
export function filtered<D extends Dtype>(
  signal: Samples,
  { samples, along, direction }: Kernel,
  { border, dtype, where }: { border: Border; dtype: D; where: Where },
  out?: Samples<D>,
): Samples<D> {
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
