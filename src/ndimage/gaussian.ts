// Gaussian: scipy.ndimage's filters by Gaussians and their derivatives. Each is a chain of passes along one axis, in float64 from the
// input to the result, which is rounded once: SciPy rounds after every pass, and float32 sums of 2 · 4 · sigma products would lose more.

import { whole } from '../core/arguments.js';
import { refuse, type Where } from '../core/errors.js';
import type { Border } from '../sums/request.js';
import type { Dtype, Samples, SamplesLike } from '../sums/samples.js';
import { axesOf, axisOf, finite, forEach, type PerAxis } from './axes.js';
import { type AxesOptions, type Call, callOf, finish, type ModeOptions, type ModesOptions } from './call.js';
import { gaussianKernel } from './gaussian-kernel.js';
import { bordersOf } from './modes.js';
import { type Pass, runPasses } from './passes.js';

/** How far out a Gaussian goes. */
interface Extent<T> {
  /** standard deviations from the middle to the end of the kernel, rounded to elements; 4 if left out */
  readonly truncate?: number;
  /** elements from the middle to the end of the kernel, in place of `truncate` */
  readonly radius?: T;
}

/** Options of `gaussianFilter`. */
export interface GaussianOptions<D extends Dtype = Dtype>
  extends ModesOptions<D>,
    AxesOptions,
    Extent<PerAxis<number>> {
  /** 0, the Gaussian, if left out; 1, 2, … its derivatives; one for all axes, or one for each */
  readonly order?: PerAxis<number>;
}

/** Options of `gaussianFilter1d`. */
export interface Gaussian1dOptions<D extends Dtype = Dtype> extends ModeOptions<D>, Extent<number> {
  /** the axis that the filter runs along; -1, the last, if left out */
  readonly axis?: number;
  /** 0, the Gaussian, if left out; 1, 2, … its derivatives */
  readonly order?: number;
}

/** Options of `gaussianLaplace` and `gaussianGradientMagnitude`. */
export interface GaussianDerivativeOptions<D extends Dtype = Dtype>
  extends ModesOptions<D>,
    AxesOptions,
    Extent<PerAxis<number>> {}

/** A sigma above this blurs; below it the axis is left as it is, as in SciPy. */
const LEAST_SIGMA = 1e-15;

/** The Gaussian of an axis: `sigma` is above 0. */
interface Bell {
  readonly axis: number;
  readonly sigma: number;
  readonly radius: number;
}

function passOf({ axis, sigma, radius }: Bell, order: number, border: Border): Pass {
  return { axis, weights: gaussianKernel(sigma, order, radius), middle: radius, direction: -1, border };
}

function orderOf(order: unknown, where: Where): number {
  const given = whole(order, 'order', where);
  if (given < 0) refuse(where, `order must be non-negative, but got ${given}`);
  return given;
}

function radiusOf(sigma: number, truncate: unknown, radius: unknown, where: Where): number {
  const given =
    radius === undefined
      ? Math.trunc(finite(truncate ?? 4, 'truncate', where) * sigma + 0.5)
      : whole(radius, 'radius', where);
  if (given < 0 || given > MOST_RADIUS)
    refuse(where, `Radius must be a nonnegative integer of at most ${MOST_RADIUS}, but is ${given}`);
  return given;
}

/** Of a kernel that still is a list of less than 2^31 numbers. */
const MOST_RADIUS = 0x3fffffff;

/** The Gaussians along those axes; undefined for an axis that is left as it is. */
function bellsOf(
  axes: readonly number[],
  sigma: unknown,
  { truncate, radius }: Extent<PerAxis<number>>,
  where: Where,
): (Bell | undefined)[] {
  const sigmas = forEach(sigma, 'sigma', axes.length, where).map((value) => finite(value, 'sigma', where));
  const radii = forEach(radius, 'radius', axes.length, where);
  return axes.map((axis, i) =>
    sigmas[i] > LEAST_SIGMA
      ? { axis, sigma: sigmas[i], radius: radiusOf(sigmas[i], truncate, radii[i], where) }
      : undefined,
  );
}

/**
 * Blurs by a Gaussian, or by one of its derivatives along some axes, as scipy.ndimage.gaussian_filter. Sums are float64 from the first axis
 * to the last, and are rounded once.
 *
 * @param input a signal, a picture or a volume
 * @param sigma standard deviation in elements, one for all axes or one for each; an axis of 0 or less is left as it is
 * @returns a tensor of the input's shape
 * @throws RangeError for an empty input, lists of wrong length, an order or a radius below 0; TypeError for unknown options and modes
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.gaussian_filter.html
 * @example
 * import { gaussianFilter } from 'convnd/ndimage';
 * const step = [0, 0, 0, 0, 8, 8, 8, 8];
 * console.log(Array.from(gaussianFilter(step, 1).data, (y) => y.toFixed(2)).join(' ')); // 0.00 0.04 0.46 2.40 5.60 7.54 7.96 8.00
 * const edge = gaussianFilter(step, 1, { order: 1 });
 * console.log(edge.data.indexOf(Math.max(...edge.data))); // 3
 */
export function gaussianFilter<D extends Dtype = 'float32'>(
  input: SamplesLike,
  sigma: PerAxis<number>,
  options?: GaussianOptions<D>,
): Samples<D> {
  const call = callOf('gaussianFilter', input, options, ['order', 'axes', 'truncate', 'radius'], 'float64');
  const { where } = call;
  const axes = axesOf(options?.axes, call.input.shape.length, where);
  const bells = bellsOf(axes, sigma, options ?? {}, where);
  const orders = forEach(options?.order ?? 0, 'order', axes.length, where).map((order) =>
    orderOf(order, where),
  );
  const borders = bordersFor(axes.length, options, where);
  const passes = bells.flatMap((bell, i) => (bell ? [passOf(bell, orders[i], borders[i])] : []));
  return finish(call, runPasses(call.input, passes, 'float64', where));
}

/** The border of each axis. */
function bordersFor(count: number, options: ModesOptions | undefined, where: Where): Border[] {
  // of no axes a mode is checked too
  const modes = forEach(options?.mode ?? 'reflect', 'mode', count, where);
  return bordersOf(modes.length > 0 ? modes : [options?.mode ?? 'reflect'], options?.cval, where);
}

/**
 * Blurs along one axis by a Gaussian, or by one of its derivatives, as scipy.ndimage.gaussian_filter1d.
 *
 * @param input a signal, a picture or a volume
 * @param sigma standard deviation in elements, above 0
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
  const call = callOf('gaussianFilter1d', input, options, ['axis', 'order', 'truncate', 'radius'], 'float64');
  const { where } = call;
  const axis = axisOf(options?.axis ?? -1, call.input.shape.length, where);
  const [bell] = bellsOf([axis], finite(sigma, 'sigma', where), options ?? {}, where);
  if (!bell) refuse(where, `sigma must be above 0, but got ${sigma}`);
  const order = orderOf(options?.order ?? 0, where);
  const [border] = bordersOf([options?.mode ?? 'reflect'], options?.cval, where);
  return finish(call, runPasses(call.input, [passOf(bell, order, border)], 'float64', where));
}

/** For each axis the derivative along it, of Gaussians along all. As in SciPy, the mode of an axis is that of its whole derivative. */
function* derivatives(
  { input, where }: Call,
  sigma: unknown,
  order: number,
  options: GaussianDerivativeOptions | undefined,
): Generator<Samples> {
  const axes = axesOf(options?.axes, input.shape.length, where);
  const bells = bellsOf(axes, sigma, options ?? {}, where);
  const borders = bordersFor(axes.length, options, where);
  for (const [i] of axes.entries()) {
    const passes = bells.flatMap((bell, j) => (bell ? [passOf(bell, i === j ? order : 0, borders[i])] : []));
    yield runPasses(input, passes, 'float64', where);
  }
}

const derivativeOptions = ['axes', 'truncate', 'radius'];

/**
 * The Laplace operator by second derivatives of Gaussians, as scipy.ndimage.gaussian_laplace: blobs of radius √2 · sigma stand out.
 *
 * @param input a signal, a picture or a volume
 * @param sigma standard deviation in elements, one for all axes or one for each
 * @returns a tensor of the input's shape
 * @throws as `gaussianFilter`
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.gaussian_laplace.html
 * @example
 * import { gaussianLaplace } from 'convnd/ndimage';
 * const { data } = gaussianLaplace([0, 0, 0, 1, 0, 0, 0], 1);
 * console.log(Array.from(data, (y) => y.toFixed(2)).join(' ')); // 0.04 0.16 0.00 -0.40 0.00 0.16 0.04
 */
export function gaussianLaplace<D extends Dtype = 'float32'>(
  input: SamplesLike,
  sigma: PerAxis<number>,
  options?: GaussianDerivativeOptions<D>,
): Samples<D> {
  const call = callOf('gaussianLaplace', input, options, derivativeOptions, 'float64');
  const total = sumOf(derivatives(call, sigma, 2, options), (value) => value, call.input);
  return finish(call, total);
}

/**
 * The length of the gradient by first derivatives of Gaussians, as scipy.ndimage.gaussian_gradient_magnitude: edges stand out.
 *
 * @param input a signal, a picture or a volume
 * @param sigma standard deviation in elements, one for all axes or one for each
 * @returns a tensor of the input's shape
 * @throws as `gaussianFilter`
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.gaussian_gradient_magnitude.html
 * @example
 * import { gaussianGradientMagnitude } from 'convnd/ndimage';
 * const { data } = gaussianGradientMagnitude([0, 0, 0, 1, 1, 1], 1);
 * console.log(Array.from(data, (y) => y.toFixed(2)).join(' ')); // 0.01 0.06 0.24 0.40 0.24 0.06
 */
export function gaussianGradientMagnitude<D extends Dtype = 'float32'>(
  input: SamplesLike,
  sigma: PerAxis<number>,
  options?: GaussianDerivativeOptions<D>,
): Samples<D> {
  const call = callOf('gaussianGradientMagnitude', input, options, derivativeOptions, 'float64');
  const squares = sumOf(derivatives(call, sigma, 1, options), (value) => value * value, undefined);
  if (!squares) return finish(call, call.input);
  for (let i = 0; i < squares.data.length; i++) squares.data[i] = Math.sqrt(squares.data[i]);
  return finish(call, squares);
}

/** The sum of a function of some samples; `none` where there are none. */
function sumOf<N extends Samples | undefined>(
  all: Iterable<Samples>,
  of: (value: number) => number,
  none: N,
): Samples | N {
  let total: Samples | undefined;
  for (const { data, shape } of all) {
    total ??= { data: new Float64Array(data.length), shape: [...shape] };
    for (let i = 0; i < data.length; i++) total.data[i] += of(data[i]);
  }
  return total ?? none;
}
