// The exact score of one window: its definition, in float64 and two passes over its numbers. It replaces scores whose rounding error may be
// visible.

import type { Samples } from '../../sums/samples.js';
import type { MatchMethod } from '../options.js';
import { boxOf } from '../positions.js';
import { powerOfTwo } from '../statistics.js';
import { heaviest, magnitudeOf, unit, weighted, withoutMean } from './pattern.js';

/** The methods that divide by norms. */
export type NormedMethod = Extract<MatchMethod, `${string}Normed`>;

/** Scores the window whose first number has this offset in a plane of the image. */
export type ExactScore = (corner: number) => number;

/** The elements of a window whose weight is above 0, channel by channel. */
interface Counted {
  /** offset of each element from the window's first number, in the image */
  readonly offsets: Int32Array;
  readonly weights: Float64Array;
  /** the template's numbers at these elements */
  readonly template: Float64Array;
  /** the template's largest magnitude */
  readonly reach: number;
  /** for each channel, the number of elements up to its end */
  readonly ends: readonly number[];
  /** for each channel, the element of the largest weight */
  readonly origins: readonly number[];
}

/**
 * An exact scorer for a method that divides by norms. Weights apply to products and to means, as OpenCV's masks do.
 * @param image planes, not centred
 * @param template planes, not centred
 * @param weights planes of the template's shape
 * @param offsets of all elements from a window's first number, if the caller has them
 */
export function exactScore(
  method: NormedMethod,
  { data, shape }: Samples,
  template: Samples,
  weights?: Samples,
  offsets = boxOf(shape, template.shape),
): ExactScore {
  const isCentred = method === 'ccoeffNormed';
  const isDistance = method === 'sqdiffNormed';
  const numbers = isCentred ? withoutMean(template, weights) : weighted(template, weights);
  const pattern = isDistance ? numbers : unit(numbers).numbers;
  const counted = countedOf(offsets, pattern, template.shape[0], weights);
  const window = new Float64Array(counted.offsets.length);
  return (corner) => {
    const largest = gather(window, data, corner, counted, isCentred);
    return isDistance ? distance(window, largest, counted) : cosine(window, largest, counted);
  };
}

function countedOf(
  offsets: Int32Array,
  template: Float64Array,
  channels: number,
  weights?: Samples,
): Counted {
  const all = Float64Array.from(weights?.data ?? template.map(() => 1));
  const kept = { offsets: offsets.slice(), weights: all, template: template.slice(), ends: [] as number[] };
  let count = 0;
  for (let k = 0; kept.ends.length < channels; kept.ends.push(count))
    for (const end = k + all.length / channels; k < end; k++) {
      if (all[k] === 0) continue;
      kept.offsets[count] = offsets[k];
      kept.weights[count] = all[k];
      kept.template[count++] = template[k];
    }
  const origins = kept.ends.map((end, channel) => heaviest(kept.weights, kept.ends[channel - 1] ?? 0, end));
  return { ...kept, offsets: kept.offsets.subarray(0, count), reach: magnitudeOf(template), origins };
}

/**
 * Reads a window. If `isCentred`, it subtracts the mean of each channel, computed as that of the template.
 * @returns the largest magnitude before the mean is subtracted; NaN if a number is NaN
 */
function gather(
  window: Float64Array,
  image: ArrayLike<number>,
  corner: number,
  { offsets, weights, ends, origins }: Counted,
  isCentred: boolean,
): number {
  let [largest, begin] = [0, 0];
  for (const [channel, end] of ends.entries()) {
    const origin = isCentred ? image[corner + offsets[origins[channel]]] : 0;
    let [sum, total] = [0, 0];
    for (let k = begin; k < end; k++) {
      const x = image[corner + offsets[k]] - origin;
      const size = Math.abs(x);
      if (size > largest || Number.isNaN(size)) largest = size;
      window[k] = x;
      sum += weights[k] * x;
      total += weights[k];
    }
    const mean = sum / total;
    if (isCentred) for (let k = begin; k < end; k++) window[k] -= mean;
    begin = end;
  }
  return largest;
}

/** For a template of norm 1, clamped to -1 … 1; 0 if the window's norm is 0. */
function cosine(window: Float64Array, largest: number, { weights, template }: Counted): number {
  const scale = 1 / powerOfTwo(largest);
  let [numerator, squares] = [0, 0];
  for (let k = 0; k < window.length; k++) {
    const x = weights[k] * window[k] * scale;
    numerator += template[k] * x;
    squares += x * x;
  }
  if (squares === 0) return 0;
  return clipped(numerator / Math.sqrt(squares));
}

/** Clamps a score that rounding may have moved beyond -1 … 1. */
export function clipped(score: number): number {
  return score > 1 ? 1 : Math.max(score, -1);
}

/** Σ(t − x)² / √(Σt² Σx²): 0 if both norms are 0, 1 if only one is. */
function distance(window: Float64Array, largest: number, { weights, template, reach }: Counted): number {
  if (largest === 0 || reach === 0) return largest === reach ? 0 : 1;
  const scale = 1 / powerOfTwo(Math.max(largest, reach));
  let [sum, ts, xs] = [0, 0, 0];
  for (let k = 0; k < window.length; k++) {
    const x = weights[k] * window[k] * scale;
    const t = template[k] * scale;
    sum += (t - x) * (t - x);
    ts += t * t;
    xs += x * x;
  }
  return sum / (Math.sqrt(ts) * Math.sqrt(xs));
}
