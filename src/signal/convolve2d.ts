// correlate2d and convolve2d, like scipy.signal's: they have their own names of borders, and correlate2d has its own centre in mode 'same'.

import { optionsObject } from '../core/arguments.js';
import type { Where } from '../core/errors.js';
import { type BorderName, borderOf } from '../sums/borders/names.js';
import { dtypeOf } from '../sums/result.js';
import type { Dtype, Samples, SamplesLike } from '../sums/samples.js';
import { explained } from './choose.js';
import { modeOf } from './modes.js';
import {
  type Checked,
  type MethodOptions,
  methodOf,
  type ResultOptions,
  type SizeOptions,
} from './options.js';
import { compute, type Kind } from './sum.js';

/** Options of correlate2d and convolve2d. */
export interface PlanarOptions<D extends Dtype = Dtype> extends ResultOptions<D>, SizeOptions, MethodOptions {
  /** extension of in1: 'fill', 'wrap', 'symm', or another name of a border; default zeros that are not multiplied */
  readonly boundary?: BorderName | undefined;
  /** the value of boundary 'fill'; default 0 */
  readonly fillvalue?: number | undefined;
}

const known = ['mode', 'boundary', 'fillvalue', 'method', 'dtype', 'out'] as const;

const correlation: Kind = { name: 'correlate2d', direction: 1, centre: 'flipped', rank: 2 };
const convolution: Kind = { name: 'convolve2d', direction: -1, centre: 'own', rank: 2 };

function checkPlanar<D extends Dtype>(options: PlanarOptions<D> | undefined, where: Where): Checked<D> {
  optionsObject(options, known, where);
  const { mode = 'full', boundary, fillvalue, method = 'auto', dtype, out } = options ?? {};
  // without either option, the border is omitted from the sums
  const name = boundary ?? (fillvalue === undefined ? 'zeros' : 'fill');
  return {
    mode: modeOf(mode, where),
    method: methodOf(method, where),
    dtype: dtypeOf(dtype, where),
    border: borderOf(name, 'boundary', fillvalue, 'fillvalue', where),
    axes: undefined,
    lags: undefined,
    maxLag: undefined,
    out,
  };
}

function computePlanar<D extends Dtype>(
  kind: Kind,
  in1: SamplesLike,
  in2: SamplesLike,
  options: PlanarOptions<D> | undefined,
): Samples<D> {
  return compute(
    kind,
    in1,
    in2,
    checkPlanar(options, () => kind.name),
  );
}

/**
 * Cross-correlation of two images, as scipy.signal.correlate2d. It equals `correlate`, except that in mode 'same' the result of an in2 of even size
 * is shifted by one element.
 *
 * @param in1 (height, width)
 * @param in2 (height, width)
 * @returns mode 'full': the sum of both sizes minus 1; 'same': the size of in1; 'valid': their difference plus 1
 * @throws RangeError for other ranks, an empty input, or if neither is larger along every axis in mode 'valid'; TypeError for unknown options and
 *   names
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.correlate2d.html
 * @example
 * import { correlate2d } from 'convnd/signal';
 * const y = correlate2d([[1, 2], [3, 4]], [[1, 1]], { mode: 'same', boundary: 'wrap' });
 * console.log(y.shape.join(), y.data.join()); // 2,2 3,3,7,7
 */
export function correlate2d<D extends Dtype = 'float32'>(
  in1: SamplesLike,
  in2: SamplesLike,
  options?: PlanarOptions<D>,
): Samples<D> {
  return computePlanar<D>(correlation, in1, in2, options);
}

/** Describes the computation for two shapes, like `correlate.explain`. */
correlate2d.explain = (
  shape1: readonly number[],
  shape2: readonly number[],
  options?: PlanarOptions,
): string =>
  explained(
    correlation,
    checkPlanar(options, () => 'correlate2d'),
    shape1,
    shape2,
  );

/**
 * Convolution of two images, as scipy.signal.convolve2d.
 *
 * @param in1 (height, width)
 * @param in2 (height, width)
 * @returns mode 'full': the sum of both sizes minus 1; 'same': the size of in1; 'valid': their difference plus 1
 * @throws RangeError for other ranks, an empty input, or if neither is larger along every axis in mode 'valid'; TypeError for unknown options and
 *   names
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.convolve2d.html
 * @example
 * import { convolve2d } from 'convnd/signal';
 * const y = convolve2d([[1, 2], [3, 4]], [[1, -1]], { boundary: 'symm' });
 * console.log(y.shape.join(), y.data.join()); // 2,3 0,1,0,0,1,0
 */
export function convolve2d<D extends Dtype = 'float32'>(
  in1: SamplesLike,
  in2: SamplesLike,
  options?: PlanarOptions<D>,
): Samples<D> {
  return computePlanar<D>(convolution, in1, in2, options);
}

/** Describes the computation for two shapes, like `correlate.explain`. */
convolve2d.explain = (
  shape1: readonly number[],
  shape2: readonly number[],
  options?: PlanarOptions,
): string =>
  explained(
    convolution,
    checkPlanar(options, () => 'convolve2d'),
    shape1,
    shape2,
  );
