// Gaussian: scipy.ndimage's filters by Gaussians and their derivatives. Each is a chain of passes along one axis, in float64 from the
// input to the result, which is rounded once: SciPy rounds after every pass.
//
// Float32 passes take half the time. On the 34 cases of tests/fixtures/ndimage they stay within the bound of three units of the largest sum of
// magnitudes (0.75 of it at worst), but nothing says so for larger sigmas, whose sums have more terms; and a derivative's sum is small
// beside its terms, so that of a picture around 1000 it keeps three digits. Float64 gives all 34 to the last bit.

import { refuse } from '../core/errors.js';
import type { Dtype, Samples, SamplesLike } from '../sums/samples.js';
import { axesOf, axisOf, finite, forEach, type PerAxis } from './axes.js';
import { type AxesOptions, finish, type ModeOptions, type ModesOptions } from './call.js';
import { bellsOf, type Extent, gaussianCall, orderOf, passOf } from './gaussian-passes.js';
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
 * Blurs by a Gaussian, or by one of its derivatives along some axes, as scipy.ndimage.gaussian_filter. Sums are float64 from the first axis
 * to the last, and are rounded once, unless `precision` says otherwise.
 *
 * @param input a signal, a picture or a volume
 * @param sigma standard deviation in elements, one for all axes or one for each; an axis of 0 or less is left as it is
 * @param options order of the derivative, 0 for none; truncate or radius, mode, cval, axes, precision, dtype, out
 * @returns a tensor of the input's shape
 * @throws RangeError for an empty input, lists of wrong length, an order or a radius below 0; TypeError for unknown options and modes
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
  const bells = bellsOf(axes, sigma, options ?? {}, where);
  const orders = forEach(options?.order ?? 0, 'order', axes.length, where).map((order) =>
    orderOf(order, where),
  );
  const borders = bordersFor(options?.mode, options?.cval, axes.length, where);
  const passes = bells.flatMap((bell, i) => (bell ? [passOf(bell, orders[i], borders[i])] : []));
  return finish(call, runPasses(call.input, passes, call.precision, where, call.owned));
}

/**
 * Blurs along one axis by a Gaussian, or by one of its derivatives, as scipy.ndimage.gaussian_filter1d.
 *
 * @param input a signal, a picture or a volume
 * @param sigma standard deviation in elements, above 0
 * @param options axis, by default the last; order of the derivative; truncate or radius, mode, cval, precision, dtype, out
 * @returns a tensor of the input's shape
 * @throws RangeError for an empty input, a sigma of 0 or less, an order or a radius below 0, an axis that there is not; TypeError for unknown
 *   options and modes
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
  const [bell] = bellsOf([axis], finite(sigma, 'sigma', where), options ?? {}, where);
  if (!bell) refuse(where, `sigma must be above 0, but got ${sigma}`);
  const order = orderOf(options?.order ?? 0, where);
  const [border] = bordersOf([options?.mode ?? 'reflect'], options?.cval, where);
  return finish(
    call,
    runPasses(call.input, [passOf(bell, order, border)], call.precision, where, call.owned),
  );
}
