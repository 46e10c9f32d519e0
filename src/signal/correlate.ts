// correlate: cross-correlation, like scipy.signal.correlate.

import type { Dtype, Samples, SamplesLike } from '../sums/samples.js';
import { explained } from './choose.js';
import { type CorrelateOptions, checkOptions, convolveOptions } from './options.js';
import { compute, type Kind } from './sum.js';

export const correlation: Kind = { name: 'correlate', direction: 1, centre: 'own' };

/** The names of the options of correlate. */
export const correlateOptions = [...convolveOptions, 'method'] as const;

/**
 * Cross-correlation, as scipy.signal.correlate: how well in2 fits in1 at every shift. With one axis, output `lag` is the sum of
 * `in1[k + lag] * in2[k]` over all k. docs/signals.md has the names in MATLAB and NumPy, and the differences.
 *
 * @param in1 a signal, a picture or a volume: a tensor, nested arrays, or a typed array for one axis
 * @param in2 of as many axes
 * @returns mode 'full': n1 + n2 - 1 along each axis, from lag 1 - n2 on; 'same': n1; 'valid': |n1 - n2| + 1; with `lags` one output for each
 * @throws RangeError if ranks differ, an input is empty, neither is larger along every axis in mode 'valid', or sizes along other axes are neither
 *   equal nor 1; TypeError for unknown options and names, and for complex numbers
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.correlate.html
 * @example
 * import { correlate } from 'convnd/signal';
 * console.log(correlate([1, 2, 3], [0, 1, 0.5]).data.join()); // 0.5,2,3.5,3,0
 * console.log(correlate([1, 2, 3], [0, 1, 0.5], { mode: 'same' }).data.join()); // 2,3.5,3
 * console.log(correlate([1, 2, 3], [0, 1, 0.5], { lags: [0, 1] }).data.join()); // 3.5,3
 * console.log(correlate([1, 2, 3], [0, 1, 0.5], { mode: 'same', boundary: 'wrap' }).data.join()); // 2,3.5,3.5
 */
export function correlate<D extends Dtype = 'float32'>(
  in1: SamplesLike,
  in2: SamplesLike,
  options?: CorrelateOptions<D>,
): Samples<D> {
  return compute(
    correlation,
    in1,
    in2,
    checkOptions(options, correlateOptions, () => 'correlate'),
  );
}

/** Describes the computation for two shapes: the method and the estimates of both, the blocks, and the error bound. */
correlate.explain = (
  shape1: readonly number[],
  shape2: readonly number[],
  options?: CorrelateOptions,
): string =>
  explained(
    correlation,
    checkOptions(options, correlateOptions, () => 'correlate'),
    shape1,
    shape2,
  );
