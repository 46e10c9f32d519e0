// Masks: weights of a template's elements, or which elements of an image are included.

import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { sameShape } from '../core/tensor.js';
import { type HalfArray, type TypedArray, viewName } from '../core/typed-array.js';
import {
  asSamples,
  type Dtype,
  dtypeIn,
  type NumberArray,
  type Samples,
  type SamplesLike,
  zeros,
} from '../sums/samples.js';
import { copyIfResident, planesOf } from './planes.js';

/** Booleans or numbers in nested arrays. */
export type NestedMask = boolean | number | readonly (NestedMask | TypedArray | HalfArray)[];

/** Accepted as a mask: numbers are weights; booleans and bytes include or exclude elements. */
export type MaskLike =
  | SamplesLike
  | NestedMask
  | { readonly data: readonly boolean[]; readonly shape: readonly number[] };

/**
 * Converts a mask to non-negative numbers.
 * @throws TypeError for another type, RangeError for weights that are negative or not finite
 */
export function asMask(given: MaskLike, name: string, dtype: Dtype, where: Where): Samples {
  const samples = asSamples(asNumbers(given), dtype, name, where);
  const data = copyIfResident(samples);
  const tensor = given as { data?: unknown; dtype?: unknown; type?: unknown };
  const weights = isBytes(tensor.data ?? given) ? data.map(isIncluded) : data;
  if (!weights.every((weight) => weight >= 0 && weight < Number.POSITIVE_INFINITY))
    refuse(where, `${name}: weights must be finite and not negative`);
  return { data: weights, shape: samples.shape };
}

const isBytes = (value: unknown) => /^(Uint8|Uint8Clamped)Array$/.test(viewName(value) ?? '');

/** 0 for 0, else 1. */
export const isIncluded = (weight: number) => Number(weight !== 0);

/** Converts booleans and bytes to 0 and 1. */
function asNumbers(given: MaskLike): SamplesLike {
  const numbers = (nested: unknown): unknown => {
    if (Array.isArray(nested)) return nested.map(numbers);
    if (isBytes(nested)) return (nested as Uint8Array).map(isIncluded);
    return typeof nested === 'boolean' ? Number(nested) : nested;
  };
  if (Array.isArray(given)) return numbers(given) as SamplesLike;
  const { data, shape } = (given ?? {}) as { data?: unknown; shape?: unknown };
  if (!Array.isArray(data) || typeof data[0] !== 'boolean') return given as SamplesLike;
  return { data: data.map(Number), shape } as SamplesLike;
}

/**
 * The planes of a mask, one for each channel. A mask without channels applies to all of them.
 * @param shape the shape of the masked array
 * @param channelAxis its channel axis
 * @throws RangeError for a mask of another shape
 */
export function maskPlanes(
  mask: Samples,
  shape: readonly number[],
  channelAxis: number | undefined,
  name: string,
  where: Where,
): Samples {
  if (sameShape(mask.shape, shape)) return planesOf(mask, channelAxis);
  const without = shape.filter((_, axis) => axis !== channelAxis);
  const single = shape.map((size, axis) => (axis === channelAxis ? 1 : size));
  if (channelAxis === undefined || !(sameShape(mask.shape, without) || sameShape(mask.shape, single)))
    refuse(where, `${name}: expected shape ${describe(shape)}, got ${describe(mask.shape)}`);
  const planes = zeros([shape[channelAxis], ...without], dtypeIn(mask.data));
  for (let at = 0; at < planes.data.length; at += mask.data.length) planes.data.set(mask.data, at);
  return planes;
}

/** Whether all weights are 0 or 1. */
export function isBinary(weights: NumberArray): boolean {
  return weights.every((weight) => weight === 0 || weight === 1);
}

/**
 * Checks that all weights are 0 or 1.
 * @throws TypeError for other weights
 */
export function checkBinary(mask: Samples, name: string, where: Where): void {
  if (!isBinary(mask.data)) refuseKind(where, `${name}: weights must be 0 or 1 if imageMask is given`);
}
