// Exact: the score of one window from its definition, with two passes over its numbers in float64. The fast ways give a window up to this
// where their own error could be seen.

import { product } from '../core/lists.js';
import type { Samples } from '../sums/samples.js';
import type { MatchMethod } from './options.js';
import { magnitudeOf, unit, weighted, withoutMean } from './pattern.js';
import { boxOf } from './places.js';
import { powerOfTwo } from './statistics.js';

/** The methods that divide by norms. */
export type NormedMethod = Extract<MatchMethod, `${string}Normed`>;

/** Scores a window by the offset of its first number in a plane of the image. */
export type ExactScore = (corner: number) => number;

/** The numbers of a window that count, channel after channel: those whose weight is above 0. */
interface Counted {
  /** from the window's first number to each of them, in the image */
  readonly offsets: Int32Array;
  readonly weights: Float64Array;
  /** what the template has there */
  readonly template: Float64Array;
  /** how many there are up to the end of each channel */
  readonly ends: readonly number[];
}

/**
 * The score of a method of quotients. Weights multiply the products, and the means, as OpenCV's masks do.
 * @param image planes, as they are
 * @param template planes, as they are
 * @param weights planes of the template's shape
 */
export function exactScore(
  method: NormedMethod,
  image: Samples,
  template: Samples,
  weights?: Samples,
): ExactScore {
  const isCentred = method === 'ccoeffNormed';
  const numbers = isCentred ? withoutMean(template, weights) : weighted(template, weights);
  const isDistance = method === 'sqdiffNormed';
  const counted = countedOf(
    image.shape,
    template.shape,
    isDistance ? numbers : unit(numbers).numbers,
    weights,
  );
  const { offsets, ends } = counted;
  const window = new Float64Array(offsets.length);
  return (corner) => {
    for (let k = 0; k < window.length; k++) window[k] = image.data[corner + offsets[k]];
    if (isCentred) subtractMeans(window, counted.weights, ends);
    return isDistance ? distance(window, counted) : cosine(window, counted);
  };
}

function countedOf(
  image: readonly number[],
  shape: readonly number[],
  template: Float64Array,
  weights?: Samples,
): Counted {
  const all = weights ? Float64Array.from(weights.data) : template.map(() => 1);
  const counts = (_: number, k: number) => all[k] > 0;
  const channel = product(shape.slice(1));
  const ends = Array.from(
    { length: shape[0] },
    (_, c) => all.subarray(0, (c + 1) * channel).filter(counts).length,
  );
  return {
    offsets: boxOf(image, shape).filter(counts),
    weights: all.filter(counts),
    template: template.filter(counts),
    ends,
  };
}

/** Means are those of differences from a channel's first number, so equal numbers become exactly 0. */
function subtractMeans(window: Float64Array, weights: Float64Array, ends: readonly number[]): void {
  let begin = 0;
  for (const end of ends) {
    const first = window[begin];
    let [sum, total] = [0, 0];
    for (let k = begin; k < end; k++) {
      window[k] -= first;
      sum += weights[k] * window[k];
      total += weights[k];
    }
    for (let k = begin; k < end; k++) window[k] -= sum / total;
    begin = end;
  }
}

/** Of a template of norm 1, cut to -1 … 1; 0 where the window's norm is 0. */
function cosine(window: Float64Array, { weights, template }: Counted): number {
  const scale = 1 / powerOfTwo(magnitudeOf(window));
  let [numerator, squares] = [0, 0];
  for (let k = 0; k < window.length; k++) {
    const x = weights[k] * window[k] * scale;
    numerator += template[k] * x;
    squares += x * x;
  }
  if (squares === 0) return 0;
  return clipped(numerator / Math.sqrt(squares));
}

/** A score that rounding may have led beyond -1 … 1. */
export function clipped(score: number): number {
  return score > 1 ? 1 : Math.max(score, -1);
}

/** Σ(t − x)² / √(Σt² Σx²): 0 if there is nothing on either side, else 1 if there is nothing on one. */
function distance(window: Float64Array, { weights, template }: Counted): number {
  const [reach, largest] = [magnitudeOf(window), magnitudeOf(template)];
  if (reach === 0 || largest === 0) return reach === largest ? 0 : 1;
  const scale = 1 / powerOfTwo(Math.max(reach, largest));
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
