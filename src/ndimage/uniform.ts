// uniformFilter and uniformFilter1d: scipy.ndimage's box means, in a time that does not depend on the box's size.

import { whole } from '../core/arguments.js';
import { describe, refuse } from '../core/errors.js';
import { product } from '../core/lists.js';
import { extend, extendedShape, type Margin } from '../sums/borders/extend.js';
import type { Border } from '../sums/request.js';
import { type Dtype, type NumberArray, type Samples, type SamplesLike, withShape } from '../sums/samples.js';
import { sumsInMemory } from '../sums/window-sums.js';
import { axesOf, axisOf, checkOrigin, integersFor, type PerAxis } from './axes.js';
import {
  type AxesOptions,
  type Call,
  callOf,
  finish,
  type ModeOptions,
  type ModesOptions,
  resultOf,
} from './call.js';
import { bordersFor, bordersOf } from './modes.js';

/** Options of `uniformFilter`. */
export interface UniformOptions<D extends Dtype = Dtype> extends ModesOptions<D>, AxesOptions {
  /** size of the box in elements, one number for all axes or one for each; default 3. An axis with 1 or less is unchanged */
  readonly size?: PerAxis<number> | undefined;
  /** shifts the box, one number or one for each axis; default 0, with the centre at size // 2 */
  readonly origin?: PerAxis<number> | undefined;
}

/** Options of `uniformFilter1d`. */
export interface Uniform1dOptions<D extends Dtype = Dtype> extends ModeOptions<D> {
  /** the axis along which the box runs; default -1 (the last) */
  readonly axis?: number | undefined;
  /** shifts the box; default 0, with the centre at size // 2 */
  readonly origin?: number | undefined;
}

/** A box along an axis. */
interface Box {
  readonly axis: number;
  readonly size: number;
  readonly origin: number;
  readonly border: Border;
}

/** The means of all boxes: float64 sums, divided and rounded once. */
function means<D extends Dtype>(call: Call<D>, boxes: readonly Box[]): Samples<D> {
  const { input, where } = call;
  if (boxes.length === 0) return finish(call, input);
  for (const { origin, size } of boxes) checkOrigin(origin, size, where);
  const boxOf = (axis: number) => boxes.find((box) => box.axis === axis);
  // moves axes of one element to the front: the order of numbers stays the same, and rows become longer
  const all = input.shape.map((_, axis) => axis);
  const order = [
    ...all.filter((axis) => input.shape[axis] === 1),
    ...all.filter((axis) => input.shape[axis] > 1),
  ];
  const turned = withShape(
    input,
    order.map((axis) => input.shape[axis]),
  );
  const sizes = order.map((axis) => boxOf(axis)?.size ?? 1);
  const margins = order.map((axis): Margin => {
    const { size, origin, border } = boxOf(axis) ?? { size: 1, origin: 0, border: 'nothing' as const };
    const before = Math.floor(size / 2) + origin;
    return { before, behind: size - 1 - before, border };
  });
  const fill = (to: NumberArray) => extend(turned, margins, to);
  const purpose = `boxes of ${describe(sizes)} in ${where()}`;
  const sums = sumsInMemory(extendedShape(turned.shape, margins), sizes, call.dtype, fill, purpose);
  const result = resultOf(call);
  if (call.dtype === 'float64') divide64(sums, product(sizes), result.data as Float64Array);
  else divide32(sums, product(sizes), result.data as Float32Array);
  return result;
}

function divide64(sums: Float64Array, by: number, means: Float64Array): void {
  for (let i = 0; i < means.length; i++) means[i] = sums[i] / by;
}

/** A multiplication takes a quarter of the time of a division, and its error is below the rounding to float32. */
function divide32(sums: Float64Array, by: number, means: Float32Array): void {
  const factor = 1 / by;
  for (let i = 0; i < means.length; i++) means[i] = sums[i] * factor;
}

/**
 * Means of boxes, as scipy.ndimage.uniform_filter, in a time that does not depend on the box's size. Each sum is float64 and contains only
 * the numbers of its box, so numbers elsewhere do not affect its error. Sums of integers are exact.
 *
 * @param input a signal, a picture or a volume
 * @param options size of the box (default 3), origin, mode, cval, axes, dtype, out
 * @returns a tensor of the input's shape
 * @throws RangeError for an empty input, lists of wrong length, an origin outside the box, an axis out of range; TypeError for unknown
 *   options and modes
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.uniform_filter.html
 * @example
 * import { uniformFilter } from 'convnd/ndimage';
 * console.log(uniformFilter([3, 6, 9, 0, 0, 3]).data.join()); // 4,6,5,3,1,2
 * const picture = [[9, 0, 0], [0, 0, 0], [0, 0, 0]];
 * console.log(uniformFilter(picture, { mode: 'constant' }).data.join()); // 1,1,0,1,1,0,0,0,0
 */
export function uniformFilter<D extends Dtype = 'float32'>(
  input: SamplesLike,
  options?: UniformOptions<D>,
): Samples<D> {
  const call = callOf('uniformFilter', input, options, ['size', 'origin', 'axes']);
  const { where } = call;
  const axes = axesOf(options?.axes, call.input.shape.length, where);
  const sizes = integersFor(options?.size ?? 3, 'size', axes.length, where);
  const origins = integersFor(options?.origin ?? 0, 'origin', axes.length, where);
  const borders = bordersFor(options?.mode, options?.cval, axes.length, where);
  const boxes = axes.map((axis, i) => ({ axis, size: sizes[i], origin: origins[i], border: borders[i] }));
  return means(
    call,
    boxes.filter(({ size }) => size > 1),
  );
}

/**
 * Means of boxes along one axis, as scipy.ndimage.uniform_filter1d.
 *
 * @param input a signal, a picture or a volume
 * @param size size of the box in elements, at least 1
 * @param options axis (default the last), origin, mode, cval, dtype, out
 * @returns a tensor of the input's shape
 * @throws RangeError for an empty input, a size below 1, an origin outside the box, an axis out of range; TypeError for unknown
 *   options and modes
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.uniform_filter1d.html
 * @example
 * import { uniformFilter1d } from 'convnd/ndimage';
 * console.log(uniformFilter1d([[2, 8, 2], [0, 4, 8]], 3).data.join()); // 4,4,4,1.3333333730697632,4,6.666666507720947
 */
export function uniformFilter1d<D extends Dtype = 'float32'>(
  input: SamplesLike,
  size: number,
  options?: Uniform1dOptions<D>,
): Samples<D> {
  const call = callOf('uniformFilter1d', input, options, ['axis', 'origin']);
  const { where } = call;
  const axis = axisOf(options?.axis ?? -1, call.input.shape.length, where);
  if (whole(size, 'size', where) < 1)
    refuse(where, `incorrect filter size: it must be at least 1, but got ${size}`);
  const [origin] = integersFor(options?.origin ?? 0, 'origin', 1, where);
  const [border] = bordersOf([options?.mode ?? 'reflect'], options?.cval, where);
  return means(call, [{ axis, size, origin, border }]);
}
