// sobel, prewitt and laplace: scipy.ndimage's derivatives with three weights along each axis.

import type { Border } from '../sums/request.js';
import type { Dtype, Samples, SamplesLike } from '../sums/samples.js';
import { axesOf, axisOf } from './axes.js';
import { type AxesOptions, callOf, finish, type ModesOptions } from './call.js';
import { bordersFor } from './modes.js';
import { type Pass, pass, runPasses } from './passes.js';

/** Options of `sobel` and `prewitt`. */
export interface DerivativeOptions<D extends Dtype = Dtype> extends ModesOptions<D> {
  /** the axis of the derivative; default -1 (the last). The filter smooths along the others */
  readonly axis?: number | undefined;
}

/** Options of `laplace`. */
export interface LaplaceOptions<D extends Dtype = Dtype> extends ModesOptions<D>, AxesOptions {}

const threeTap = (axis: number, weights: readonly number[], border: Border): Pass => ({
  axis,
  weights,
  middle: 1,
  direction: 1,
  border,
});

/** The central difference along one axis, smoothed along the others. */
function derivative<D extends Dtype>(
  name: string,
  smooth: readonly number[],
  input: SamplesLike,
  options: DerivativeOptions<D> | undefined,
): Samples<D> {
  const call = callOf(name, input, options, ['axis']);
  const { where } = call;
  const rank = call.input.shape.length;
  const axis = axisOf(options?.axis ?? -1, rank, where);
  const borders = bordersFor(options?.mode, options?.cval, rank, where);
  const others = call.input.shape.flatMap((_, i) => (i === axis ? [] : [threeTap(i, smooth, borders[i])]));
  const passes = [threeTap(axis, [-1, 0, 1], borders[axis]), ...others];
  return finish(call, runPasses(call.input, passes, call.dtype, where, call.owned));
}

/**
 * Sobel's derivative along one axis, as scipy.ndimage.sobel: [-1, 0, 1] along it and [1, 2, 1] along the others. It is exact for
 * integers below 2^24.
 *
 * @param input a signal, a picture or a volume
 * @param options axis, by default the last; mode, cval, dtype, out
 * @returns a tensor of the input's shape
 * @throws RangeError for an empty input, an axis out of range, a list of modes with a wrong length; TypeError for unknown options and modes
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.sobel.html
 * @example
 * import { sobel } from 'convnd/ndimage';
 * const picture = [[0, 0, 5, 5], [0, 0, 5, 5], [0, 0, 5, 5]];
 * console.log(sobel(picture).data.slice(4, 8).join()); // 0,20,20,0
 * console.log(Math.max(...sobel(picture, { axis: 0 }).data)); // 0
 */
export function sobel<D extends Dtype = 'float32'>(
  input: SamplesLike,
  options?: DerivativeOptions<D>,
): Samples<D> {
  return derivative('sobel', [1, 2, 1], input, options);
}

/**
 * Prewitt's derivative along one axis, as scipy.ndimage.prewitt: [-1, 0, 1] along it and [1, 1, 1] along the others. It is exact
 * for integers below 2^24.
 *
 * @param input a signal, a picture or a volume
 * @param options axis, by default the last; mode, cval, dtype, out
 * @returns a tensor of the input's shape
 * @throws as `sobel`
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.prewitt.html
 * @example
 * import { prewitt } from 'convnd/ndimage';
 * const picture = [[0, 0, 5, 5], [0, 0, 5, 5], [0, 0, 5, 5]];
 * console.log(prewitt(picture).data.slice(4, 8).join()); // 0,15,15,0
 */
export function prewitt<D extends Dtype = 'float32'>(
  input: SamplesLike,
  options?: DerivativeOptions<D>,
): Samples<D> {
  return derivative('prewitt', [1, 1, 1], input, options);
}

/**
 * The Laplace operator by second differences, as scipy.ndimage.laplace: the sum of [1, -2, 1] along each axis. It is exact for
 * integers below 2^24.
 *
 * @param input a signal, a picture or a volume
 * @param options mode, cval, axes, dtype, out
 * @returns a tensor of the input's shape
 * @throws RangeError for an empty input, axes out of range, a list of modes with a wrong length; TypeError for unknown options and modes
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.laplace.html
 * @example
 * import { laplace } from 'convnd/ndimage';
 * console.log(laplace([[0, 0, 0], [0, 1, 0], [0, 0, 0]]).data.join()); // 0,1,0,1,-4,1,0,1,0
 */
export function laplace<D extends Dtype = 'float32'>(
  input: SamplesLike,
  options?: LaplaceOptions<D>,
): Samples<D> {
  const call = callOf('laplace', input, options, ['axes']);
  const { dtype, where } = call;
  const axes = axesOf(options?.axes, call.input.shape.length, where);
  const borders = bordersFor(options?.mode, options?.cval, axes.length, where);
  if (axes.length === 0) return finish(call, call.input);
  const [total, ...rest] = axes.map((axis, i) =>
    pass(call.input, threeTap(axis, [1, -2, 1], borders[i]), dtype, where),
  );
  for (const { data } of rest) for (let i = 0; i < data.length; i++) total.data[i] += data[i];
  return finish(call, total);
}
