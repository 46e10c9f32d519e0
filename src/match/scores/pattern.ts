// A template prepared for scoring: centred, weighted and normalised, in float64.

import { product } from '../../core/lists.js';
import { isFloat32 } from '../../core/typed-array.js';
import type { NumberArray, Samples } from '../../sums/samples.js';
import { areSame } from '../../sums/spectral/filter-spectrum.js';
import { powerOfTwo } from '../statistics.js';

/** A vector of norm 1 and its original norm: numbers[i] · norm are the original numbers. All numbers are 0 if the norm is. */
export interface Unit {
  readonly numbers: Float64Array;
  readonly norm: number;
  /** the numbers rounded to float32; computed at first use */
  single?: Float32Array;
}

/** Converts to float64. Float64 numbers are not copied. */
export function inDouble(numbers: NumberArray): Float64Array {
  return isFloat32(numbers) ? new Float64Array(numbers) : (numbers as Float64Array);
}

/** The largest magnitude; NaN if a number is NaN. */
export function magnitudeOf(numbers: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < numbers.length; i++) largest = Math.max(largest, Math.abs(numbers[i]));
  return largest;
}

/** Normalises numbers to norm 1, without overflow or underflow. */
export function unit(numbers: Float64Array): Unit {
  const scale = powerOfTwo(magnitudeOf(numbers));
  const scaled = numbers.map((x) => x / scale);
  const norm = Math.sqrt(scaled.reduce((sum, x) => sum + x * x, 0));
  return { numbers: norm === 0 ? scaled : scaled.map((x) => x / norm), norm: norm * scale };
}

/**
 * A template without the mean of each channel, weighted if there are weights: weight · (t − mean). The mean is computed from differences to
 * the number of the largest weight. So equal numbers become exactly 0, and a mean that is nearly this number has an exact distance from it.
 */
export function withoutMean({ data, shape }: Samples, weights?: Samples): Float64Array {
  const result = Float64Array.from(data);
  const count = product(shape.slice(1));
  const all = weights?.data ?? result.map(() => 1);
  for (let begin = 0; begin < data.length; begin += count) {
    const plane = result.subarray(begin, begin + count);
    const weight = all.subarray(begin, begin + count);
    const origin = plane[heaviest(weight, 0, count)];
    let [sum, total] = [0, 0];
    for (let i = 0; i < count; i++) {
      if (weight[i] > 0) sum += weight[i] * (plane[i] - origin);
      total += weight[i];
    }
    const mean = sum / total;
    for (let i = 0; i < count; i++) plane[i] = weight[i] > 0 ? weight[i] * (plane[i] - origin - mean) : 0;
  }
  return result;
}

/** The index of the first of the largest weights from `begin` to `end`. */
export function heaviest(weights: ArrayLike<number>, begin: number, end: number): number {
  let found = begin;
  for (let i = begin + 1; i < end; i++) if (weights[i] > weights[found]) found = i;
  return found;
}

/** Caches what is computed from a template and weights, as long as their numbers do not change. */
export class TemplateCache<T> {
  readonly #kept = new WeakMap<object, { sources: Samples['data'][]; channels: number; made: T }>();

  /** The same object for the same numbers, so that its transforms are found again. Numbers are compared, because the caller may write to them. */
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

const units = new TemplateCache<Unit>();

/** A template without the mean of each channel, of norm 1. */
export function centredUnit(template: Samples): Unit {
  return units.of(template, undefined, () => unit(withoutMean(template)));
}

/** Numbers times weights; 0 where the weight is 0, even for NaN and Infinity. */
export function times(numbers: Float64Array, weights?: Samples): Float64Array {
  if (!weights) return numbers;
  const { data } = weights;
  return numbers.map((x, i) => (data[i] > 0 ? x * data[i] : 0));
}

/** A template times its weights. */
export function weighted({ data }: Samples, weights?: Samples): Float64Array {
  return times(Float64Array.from(data), weights);
}
