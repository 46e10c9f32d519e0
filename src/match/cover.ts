// Cover: which elements count, as registration takes its masks: true or false, 0 or any other number.

import { describe, refuse, type Where } from '../core/errors.js';
import { sameShape } from '../core/tensor.js';
import { asSamples, type SamplesLike } from '../sums/samples.js';

/** Nested arrays of truth values. */
export type NestedBooleans = boolean | readonly NestedBooleans[];

/** What is taken for a mask: numbers of any kind, of which 0 leaves an element out, or truth values in nested arrays. */
export type MaskLike = SamplesLike | NestedBooleans;

/**
 * 1 for each element that counts and 0 for the others.
 * @throws RangeError if the mask has another shape
 */
export function coverOf(
  mask: MaskLike,
  shape: readonly number[],
  name: string,
  of: string,
  where: Where,
): Uint8Array {
  const numbers = asSamples(inNumbers(mask) as SamplesLike, 'float64', name, where);
  if (!sameShape(numbers.shape, shape)) {
    refuse(
      where,
      `${name} must have the shape of ${of}, ${describe(shape)}, but got ${describe(numbers.shape)}`,
    );
  }
  return Uint8Array.from(numbers.data, (value) => (value === 0 ? 0 : 1));
}

function inNumbers(mask: unknown): unknown {
  if (typeof mask === 'boolean') return Number(mask);
  return Array.isArray(mask) ? mask.map(inNumbers) : mask;
}
