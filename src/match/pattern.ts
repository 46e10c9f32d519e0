// Pattern: a template as the scores need it, in float64.

import { product } from '../core/lists.js';
import type { Samples } from '../sums/samples.js';
import { powerOfTwo } from './statistics.js';

/** Numbers and their norm: numbers[i] · norm are the template's, and their squares sum to 1, or are all 0. */
export interface Unit {
  readonly numbers: Float64Array;
  readonly norm: number;
}

/** Numbers of norm 1. Nothing overflows or is lost on the way. */
export function unit(numbers: Float64Array): Unit {
  const largest = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const scale = powerOfTwo(largest);
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
  for (let begin = 0; begin < data.length; begin += count) {
    const plane = result.subarray(begin, begin + count);
    const weight = weights?.data.subarray(begin, begin + count);
    const first =
      plane[
        weight
          ? Math.max(
              0,
              weight.findIndex((w) => w > 0),
            )
          : 0
      ];
    let sum = 0;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const w = weight ? weight[i] : 1;
      if (w > 0) sum += w * (plane[i] - first);
      total += w;
    }
    const mean = total > 0 ? sum / total : 0;
    for (let i = 0; i < count; i++) {
      const w = weight ? weight[i] : 1;
      plane[i] = w > 0 ? w * (plane[i] - first - mean) : 0;
    }
  }
  return result;
}

const kept = new WeakMap<
  object,
  { readonly source: Samples['data']; readonly unit: Unit; readonly channels: number }
>();

/**
 * A template's numbers without their means, of norm 1; the same object for the same template again, whose transform is then known.
 * The template's numbers are compared, as they may be others by now.
 */
export function centredUnit(template: Samples): Unit {
  const { data, shape } = template;
  const found = kept.get(data);
  const isSame = found?.source.length === data.length && found.source.every((x, i) => Object.is(x, data[i]));
  if (isSame && found.channels === shape[0]) return found.unit;
  const made = unit(withoutMean(template));
  kept.set(data, { source: data.slice(), unit: made, channels: shape[0] });
  return made;
}

/** weight · t of each number; 0 where the weight is 0, whatever stands there. */
export function weighted({ data }: Samples, weights?: Samples): Float64Array {
  if (!weights) return Float64Array.from(data);
  return Float64Array.from(data, (t, i) => (weights.data[i] > 0 ? weights.data[i] * t : 0));
}
