// correlate, convolve, correlate1d and convolve1d: scipy.ndimage's filters with arbitrary weights.

import { describe, refuse, refuseKind } from '../core/errors.js';
import { filtered } from '../sums/filtered.js';
import { permuted } from '../sums/orders.js';
import { asSamples, type Dtype, type Samples, type SamplesLike } from '../sums/samples.js';
import { axesOf, axisOf, checkOrigin, integersFor, type PerAxis } from './axes.js';
import { type AxesOptions, callOf, type ModeOptions } from './call.js';
import { bordersOf } from './modes.js';
import { pass } from './passes.js';

/** Options of `correlate` and `convolve`. */
export interface CorrelateOptions<D extends Dtype = Dtype> extends ModeOptions<D>, AxesOptions {
  /** shifts the centre of the weights, one number or one for each axis; default 0, with the centre at size // 2 */
  readonly origin?: PerAxis<number> | undefined;
}

/** Options of `correlate1d` and `convolve1d`. */
export interface Correlate1dOptions<D extends Dtype = Dtype> extends ModeOptions<D> {
  /** the axis along which the weights run; default -1 (the last) */
  readonly axis?: number | undefined;
  /** shifts the centre of the weights; default 0, with the centre at size // 2 */
  readonly origin?: number | undefined;
}

type Direction = 1 | -1;

function filter<D extends Dtype>(
  direction: Direction,
  given: SamplesLike,
  weights: SamplesLike,
  options: CorrelateOptions<D> | undefined,
): Samples<D> {
  const name = direction === 1 ? 'correlate' : 'convolve';
  const call = callOf(name, given, options, ['axes', 'origin']);
  const { input, dtype, out } = call;
  const kernel = asSamples(weights, dtype, 'weights', call.where);
  const where = () => `${call.where()}, weights ${describe(kernel.shape)}`;
  const rank = input.shape.length;
  const axes = axesOf(options?.axes, rank, where);
  if (kernel.shape.length !== axes.length)
    refuse(
      where,
      `filter weights array has incorrect shape: weights must have an axis for each of ${axes.length}, but have ${kernel.shape.length}`,
    );
  if (kernel.shape.includes(0)) refuse(where, 'filter weights array has incorrect shape: weights are empty');
  const origins = integersFor(options?.origin ?? 0, 'origin', axes.length, where);
  for (const [i, origin] of origins.entries()) checkOrigin(origin, kernel.shape[i], where);
  const mode: unknown = options?.mode ?? 'reflect';
  if (Array.isArray(mode))
    refuseKind(where, `A sequence of modes is not supported: ${name} has one mode for all axes`);
  const [border] = bordersOf([mode], options?.cval, where);

  // for each axis of the input, the index of its axis in the weights
  const places = input.shape.map((_, axis) => axes.indexOf(axis));
  const along = places.map((place) =>
    place < 0
      ? undefined
      : { size: kernel.shape[place], middle: Math.floor(kernel.shape[place] / 2) + origins[place] },
  );
  const kept = places.filter((place) => place >= 0);
  const samples = kept.every((place, i) => place === i) ? kernel : permuted(kernel, kept);
  return filtered(input, { samples, along, direction }, { border, dtype, where }, out);
}

/**
 * Correlation with weights, as scipy.ndimage.correlate: along one axis `out[i] = Σ weights[k] · input[i + k - (size // 2 + origin)]`.
 * `mode` extends the input as far as the weights reach.
 *
 * @param input a signal, a picture or a volume
 * @param weights weights with as many axes as the input, or as `axes` has; any sizes, also larger than the input's
 * @param options origin, mode, cval, axes, dtype, out
 * @returns a tensor of the input's shape
 * @throws RangeError for an empty input, weights that are empty or have a wrong number of axes, an origin outside the weights, an axis out of
 *   range; TypeError for unknown options and modes, and for a list of modes
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.correlate.html
 * @example
 * import { correlate } from 'convnd/ndimage';
 * console.log(correlate([2, 8, 0, 4, 1, 9, 9, 0], [1, 3]).data.join()); // 8,26,8,12,7,28,36,9
 * console.log(correlate([1, 2, 3], [1, 0, 0], { mode: 'constant', cval: 7 }).data.join()); // 7,1,2
 */
export function correlate<D extends Dtype = 'float32'>(
  input: SamplesLike,
  weights: SamplesLike,
  options?: CorrelateOptions<D>,
): Samples<D> {
  return filter(1, input, weights, options);
}

/**
 * Convolution with weights, as scipy.ndimage.convolve: along one axis `out[i] = Σ weights[k] · input[i - k + size // 2 + origin]`. With
 * weights of an even size the result is one element earlier than that of `correlate` with reversed weights.
 *
 * @param input a signal, a picture or a volume
 * @param weights weights with as many axes as the input, or as `axes` has; any sizes
 * @param options origin, mode, cval, axes, dtype, out
 * @returns a tensor of the input's shape
 * @throws as `correlate`
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.convolve.html
 * @example
 * import { convolve } from 'convnd/ndimage';
 * const input = [[1, 2, 0, 0], [5, 3, 0, 4], [0, 0, 0, 7], [9, 3, 0, 0]];
 * const weights = [[1, 1, 1], [1, 1, 0], [1, 0, 0]];
 * const { data } = convolve(input, weights, { mode: 'constant' });
 * console.log(data.join()); // 11,10,7,4,10,3,11,11,15,12,14,7,12,3,7,0
 */
export function convolve<D extends Dtype = 'float32'>(
  input: SamplesLike,
  weights: SamplesLike,
  options?: CorrelateOptions<D>,
): Samples<D> {
  return filter(-1, input, weights, options);
}

function filter1d<D extends Dtype>(
  direction: Direction,
  given: SamplesLike,
  weights: SamplesLike,
  options: Correlate1dOptions<D> | undefined,
): Samples<D> {
  const name = direction === 1 ? 'correlate1d' : 'convolve1d';
  const { input, dtype, out, where } = callOf(name, given, options, ['axis', 'origin']);
  const kernel = asSamples(weights, dtype, 'weights', where);
  const size = kernel.data.length;
  if (kernel.shape.length !== 1 || size === 0)
    refuse(
      where,
      `no filter weights given: weights must be a list of numbers, but have shape ${describe(kernel.shape)}`,
    );
  const axis = axisOf(options?.axis ?? -1, input.shape.length, where);
  const [origin] = integersFor(options?.origin ?? 0, 'origin', 1, where);
  checkOrigin(origin, size, where);
  const [border] = bordersOf([options?.mode ?? 'reflect'], options?.cval, where);
  const middle = Math.floor(size / 2) + origin;
  return pass(input, { axis, weights: kernel.data, middle, direction, border }, dtype, where, out);
}

/**
 * Correlation along one axis, as scipy.ndimage.correlate1d.
 *
 * @param input a signal, a picture or a volume
 * @param weights a list of numbers
 * @param options axis, by default the last; origin, mode, cval, dtype, out
 * @returns a tensor of the input's shape
 * @throws RangeError for an empty input, weights that are empty or not a list, an origin outside them, an axis out of range; TypeError
 *   for unknown options and modes
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.correlate1d.html
 * @example
 * import { correlate1d } from 'convnd/ndimage';
 * const rows = [[1, 4, 9], [1, 8, 27]];
 * console.log(correlate1d(rows, [-1, 1]).data.join()); // 0,3,5,0,7,19
 * console.log(correlate1d(rows, [-1, 1], { axis: 0 }).data.join()); // 0,0,0,0,4,18
 */
export function correlate1d<D extends Dtype = 'float32'>(
  input: SamplesLike,
  weights: SamplesLike,
  options?: Correlate1dOptions<D>,
): Samples<D> {
  return filter1d(1, input, weights, options);
}

/**
 * Convolution along one axis, as scipy.ndimage.convolve1d.
 *
 * @param input a signal, a picture or a volume
 * @param weights a list of numbers
 * @param options axis, by default the last; origin, mode, cval, dtype, out
 * @returns a tensor of the input's shape
 * @throws as `correlate1d`
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.convolve1d.html
 * @example
 * import { convolve1d } from 'convnd/ndimage';
 * console.log(convolve1d([2, 8, 0, 4, 1, 9, 9, 0], [1, 3]).data.join()); // 14,24,4,13,12,36,27,0
 */
export function convolve1d<D extends Dtype = 'float32'>(
  input: SamplesLike,
  weights: SamplesLike,
  options?: Correlate1dOptions<D>,
): Samples<D> {
  return filter1d(-1, input, weights, options);
}
