// Pattern: a template as the scores need it, in float64.

import { product } from '../core/lists.js';
import { isFloat32 } from '../core/typed-array.js';
import { areSame } from '../sums/filter-spectrum.js';
import type { NumberArray, Samples } from '../sums/samples.js';
import { powerOfTwo } from './statistics.js';

/** Numbers and their norm: numbers[i] · norm are the template's, and their squares sum to 1, or are all 0. */
export interface Unit {
  readonly numbers: Float64Array;
  readonly norm: number;
  /** the numbers rounded to float32, once they were asked for */
  single?: Float32Array;
}

/** Numbers in float64: the same ones where they are. */
export function inDouble(numbers: NumberArray): Float64Array {
  return isFloat32(numbers) ? new Float64Array(numbers) : (numbers as Float64Array);
}

/** The largest magnitude of numbers; NaN where one is. */
export function magnitudeOf(numbers: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < numbers.length; i++) largest = Math.max(largest, Math.abs(numbers[i]));
  return largest;
}

/** Numbers of norm 1. Nothing overflows or is lost on the way. */
export function unit(numbers: Float64Array): Unit {
  const scale = powerOfTwo(magnitudeOf(numbers));
  const scaled = numbers.map((x) => x / scale);
  const norm = Math.sqrt(scaled.reduce((sum, x) => sum + x * x, 0));
  return { numbers: norm === 0 ? scaled : scaled.map((x) => x / norm), norm: norm * scale };
}

/**
 * A template's numbers without the mean of each channel, weighted if there are weights: weight · (t − mean).
 * Equal numbers become exactly 0, as the mean is that of differences from the first one.
 */
export function withoutMean({ data, shape }: Samples, weights?: Samples): Float64Array {
  const result = Float64Array.from(data);
  const count = product(shape.slice(1));
  const all = weights?.data ?? result.map(() => 1);
  for (let begin = 0; begin < data.length; begin += count) {
    const plane = result.subarray(begin, begin + count);
    const weight = all.subarray(begin, begin + count);
    // of no weight at all there is no first one, and nothing is read
    const first = plane[weight.findIndex((w: number) => w > 0)];
    let [sum, total] = [0, 0];
    for (let i = 0; i < count; i++) {
      if (weight[i] > 0) sum += weight[i] * (plane[i] - first);
      total += weight[i];
    }
    const mean = sum / total;
    for (let i = 0; i < count; i++) plane[i] = weight[i] > 0 ? weight[i] * (plane[i] - first - mean) : 0;
  }
  return result;
}

/** What was made of a template, and of weights, for as long as their numbers stay the same. */
export class Kept<T> {
  readonly #kept = new WeakMap<object, { sources: Samples['data'][]; channels: number; made: T }>();

  /** The same object for the same numbers again, whose transforms are then known; numbers are compared, as they may be others by now. */
  of(template: Samples, weights: Samples | undefined, make: () => T): T {
    const given = [template.data, ...(weights ? [weights.data] : [])];
    const found = this.#kept.get(template.data);
    if (
      found?.channels === template.shape[0] &&
      given.every((numbers, i) => areSame(numbers, found.sources[i]))
    )
      return found.made;
    const made = make();
    const sources = given.map((numbers) => numbers.slice());
    this.#kept.set(template.data, { sources, channels: template.shape[0], made });
    return made;
  }
}

const units = new Kept<Unit>();

/** A template's numbers without their means, of norm 1. */
export function centredUnit(template: Samples): Unit {
  return units.of(template, undefined, () => unit(withoutMean(template)));
}

/** Each number times its weight; 0 where that is 0, whatever stands there. */
export function times(numbers: Float64Array, weights?: Samples): Float64Array {
  if (!weights) return numbers;
  const { data } = weights;
  return numbers.map((x, i) => (data[i] > 0 ? x * data[i] : 0));
}

/** A template's numbers times their weights. */
export function weighted({ data }: Samples, weights?: Samples): Float64Array {
  return times(Float64Array.from(data), weights);
}
