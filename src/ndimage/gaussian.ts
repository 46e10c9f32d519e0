// gaussianFilter and gaussianFilter1d: scipy.ndimage's Gaussian filters and derivatives. Passes along one axis after another are in
// float64, and the result is rounded once; SciPy rounds after every pass.
//
// Float32 passes take half the time. In the 34 cases of tests/fixtures/ndimage their error is at most 0.75 of the bound (three units in the
// last place of the largest sum of magnitudes), but larger sigmas have more terms and no guarantee. The sum of a derivative is small
// compared with its terms, so for a picture with values around 1000 it keeps three digits. Float64 passes give all 34 results exactly.

import { finite } from '../core/arguments.js';
import { refuse } from '../core/errors.js';
import type { Dtype, Samples, SamplesLike } from '../sums/samples.js';
import { axesOf, axisOf, forEach, type PerAxis } from './axes.js';
import { type AxesOptions, finish, type ModeOptions, type ModesOptions } from './call.js';
import { type Extent, gaussianCall, gaussiansOf, orderOf, passOf } from './gaussian-passes.js';
import { bordersFor, bordersOf } from './modes.js';
import { runPasses } from './passes.js';

/** Options of `gaussianFilter`. */
export interface GaussianOptions<D extends Dtype = Dtype>
  extends ModesOptions<D>,
    AxesOptions,
    Extent<PerAxis<number>> {
  /** the order of the derivative; default 0, the Gaussian itself; one for all axes, or one for each */
  readonly order?: PerAxis<number> | undefined;
}

/** Options of `gaussianFilter1d`. */
export interface Gaussian1dOptions<D extends Dtype = Dtype> extends ModeOptions<D>, Extent<number> {
  /** the axis along which the filter runs; default -1 (the last) */
  readonly axis?: number | undefined;
  /** the order of the derivative; default 0, the Gaussian itself */
  readonly order?: number | undefined;
}

/**
 * Blurs by a Gaussian, or computes a derivative of it along some axes, as scipy.ndimage.gaussian_filter. All passes are in float64 by
 * default, and the result is rounded once.
 *
 * @param input a signal, a picture or a volume
 * @param sigma standard deviation in elements, one for all axes or one for each; an axis with 0 or less is unchanged
 * @param options order of the derivative (0 for none), truncate or radius, mode, cval, axes, precision, dtype, out
 * @returns a tensor of the input's shape
 * @throws RangeError for an empty input, lists of wrong length, a negative order or radius; TypeError for unknown options and modes
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.gaussian_filter.html
 * @example
 * import { gaussianFilter } from 'convnd/ndimage';
 * const step = [0, 0, 0, 0, 8, 8, 8, 8];
 * console.log(Array.from(gaussianFilter(step, 1).data, (y) => y.toFixed(2)).join(' ')); // 0.00 0.04 0.47 2.40 5.60 7.53 7.96 8.00
 * const edge = gaussianFilter(step, 1, { order: 1 });
 * console.log(edge.data.indexOf(Math.max(...edge.data))); // 3
 */
export function gaussianFilter<D extends Dtype = 'float32'>(
  input: SamplesLike,
  sigma: PerAxis<number>,
  options?: GaussianOptions<D>,
): Samples<D> {
  const call = gaussianCall('gaussianFilter', input, options, ['order', 'axes']);
  const { where } = call;
  const axes = axesOf(options?.axes, call.input.shape.length, where);
  const gaussians = gaussiansOf(axes, sigma, options ?? {}, where);
  const orders = forEach(options?.order ?? 0, 'order', axes.length, where).map((order) =>
    orderOf(order, where),
  );
  const borders = bordersFor(options?.mode, options?.cval, axes.length, where);
  const passes = gaussians.flatMap((gaussian, i) =>
    gaussian ? [passOf(gaussian, orders[i], borders[i])] : [],
  );
  return finish(call, runPasses(call.input, passes, call.precision, where, call.owned));
}

/**
 * Blurs along one axis by a Gaussian, or computes a derivative of it, as scipy.ndimage.gaussian_filter1d.
 *
 * @param input a signal, a picture or a volume
 * @param sigma standard deviation in elements, above 0
 * @param options axis (default the last), order of the derivative, truncate or radius, mode, cval, precision, dtype, out
 * @returns a tensor of the input's shape
 * @throws RangeError for an empty input, a sigma of 0 or less, a negative order or radius, an axis out of range; TypeError for unknown options
 *   and modes
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.gaussian_filter1d.html
 * @example
 * import { gaussianFilter1d } from 'convnd/ndimage';
 * const y = gaussianFilter1d([1, 2, 3, 4, 5], 1, { dtype: 'float64' });
 * console.log(Array.from(y.data, (value) => value.toFixed(8)).join()); // 1.42704095,2.06782203,3.00000000,3.93217797,4.57295905
 */
export function gaussianFilter1d<D extends Dtype = 'float32'>(
  input: SamplesLike,
  sigma: number,
  options?: Gaussian1dOptions<D>,
): Samples<D> {
  const call = gaussianCall('gaussianFilter1d', input, options, ['axis', 'order']);
  const { where } = call;
  const axis = axisOf(options?.axis ?? -1, call.input.shape.length, where);
  const [gaussian] = gaussiansOf([axis], finite(sigma, 'sigma', where), options ?? {}, where);
  if (!gaussian) refuse(where, `sigma must be above 0, but got ${sigma}`);
  const order = orderOf(options?.order ?? 0, where);
  const [border] = bordersOf([options?.mode ?? 'reflect'], options?.cval, where);
  return finish(
    call,
    runPasses(call.input, [passOf(gaussian, order, border)], call.precision, where, call.owned),
  );
}
