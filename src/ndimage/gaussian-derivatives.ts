// gaussianLaplace and gaussianGradientMagnitude: scipy.ndimage's Laplacian and gradient magnitude by derivatives of Gaussians.

import type { Dtype, Samples, SamplesLike } from '../sums/samples.js';
import { axesOf, type PerAxis } from './axes.js';
import { type AxesOptions, finish, type ModesOptions } from './call.js';
import { type Extent, type GaussianCall, gaussianCall, gaussiansOf, passOf } from './gaussian-passes.js';
import { bordersFor } from './modes.js';
import { runPasses } from './passes.js';

/** Options of `gaussianLaplace` and `gaussianGradientMagnitude`. */
export interface GaussianDerivativeOptions<D extends Dtype = Dtype>
  extends ModesOptions<D>,
    AxesOptions,
    Extent<PerAxis<number>> {}

/**
 * For each axis, the derivative along it of the input blurred along all axes. As in SciPy, the mode of an axis applies to all passes of its
 * derivative, and passes are in the input's order of axes. The order matters with mode 'constant'.
 */
function* derivatives(
  { input, precision, where }: GaussianCall<Dtype>,
  sigma: unknown,
  order: number,
  options: GaussianDerivativeOptions | undefined,
): Generator<Samples> {
  const axes = axesOf(options?.axes, input.shape.length, where);
  const gaussians = gaussiansOf(axes, sigma, options ?? {}, where);
  const borders = bordersFor(options?.mode, options?.cval, axes.length, where);
  for (const [i] of axes.entries()) {
    const passes = gaussians.flatMap((gaussian, j) =>
      gaussian ? [passOf(gaussian, i === j ? order : 0, borders[i])] : [],
    );
    passes.sort((a, b) => a.axis - b.axis);
    yield runPasses(input, passes, precision, where);
  }
}

/**
 * The Laplace operator by second derivatives of Gaussians, as scipy.ndimage.gaussian_laplace: it enhances blobs of radius √2 · sigma.
 *
 * @param input a signal, a picture or a volume
 * @param sigma standard deviation in elements, one for all axes or one for each
 * @param options truncate or radius, mode, cval, axes, precision, dtype, out
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
  const call = gaussianCall('gaussianLaplace', input, options, ['axes']);
  const total = sumOf(derivatives(call, sigma, 2, options), (value) => value, call.input);
  return finish(call, total);
}

/**
 * The gradient magnitude by first derivatives of Gaussians, as scipy.ndimage.gaussian_gradient_magnitude: it detects edges.
 *
 * @param input a signal, a picture or a volume
 * @param sigma standard deviation in elements, one for all axes or one for each
 * @param options truncate or radius, mode, cval, axes, precision, dtype, out
 * @returns a tensor of the input's shape
 * @throws as `gaussianFilter`
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.gaussian_gradient_magnitude.html
 * @example
 * import { gaussianGradientMagnitude } from 'convnd/ndimage';
 * const { data } = gaussianGradientMagnitude([0, 0, 0, 1, 1, 1], 1);
 * console.log(Array.from(data, (y) => y.toFixed(2)).join(' ')); // 0.01 0.12 0.36 0.36 0.12 0.01
 */
export function gaussianGradientMagnitude<D extends Dtype = 'float32'>(
  input: SamplesLike,
  sigma: PerAxis<number>,
  options?: GaussianDerivativeOptions<D>,
): Samples<D> {
  const call = gaussianCall('gaussianGradientMagnitude', input, options, ['axes']);
  const squares = sumOf(derivatives(call, sigma, 1, options), (value) => value * value, undefined);
  if (!squares) return finish(call, call.input);
  for (let i = 0; i < squares.data.length; i++) squares.data[i] = Math.sqrt(squares.data[i]);
  return finish(call, squares);
}

/** The sum of a function of all samples; `none` if the list is empty. */
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
