// Exact: the score of one window from its definition, with two passes over its numbers in float64. The fast ways give a window up to this
// where their own error could be seen.

import { product } from '../core/lists.js';
import type { Samples } from '../sums/samples.js';
import type { MatchMethod } from './options.js';
import { magnitudeOf, unit, weighted, withoutMean } from './pattern.js';
import { powerOfTwo } from './statistics.js';

/** The methods that divide by norms. */
export type NormedMethod = Extract<MatchMethod, `${string}Normed`>;

/** Scores a window by the offset of its first number in a plane of the image. */
export type ExactScore = (corner: number) => number;

/** For each number of the template, its distance from the first one in a plane of the image. */
export function offsetsOf(image: readonly number[], template: readonly number[]): Int32Array {
  let offsets = [0];
  for (let axis = 1; axis < image.length; axis++) {
    const step = product(image.slice(axis + 1));
    offsets = offsets.flatMap((at) => Array.from({ length: template[axis] }, (_, i) => at + i * step));
  }
  return Int32Array.from(offsets);
}

/** The offset of the first number of a window, by the window's number. */
export function cornerOf(window: number, windows: readonly number[], image: readonly number[]): number {
  let corner = 0;
  let step = 1;
  let rest = window;
  for (let axis = windows.length - 1; axis >= 0; axis--) {
    corner += (rest % windows[axis]) * step;
    rest = Math.floor(rest / windows[axis]);
    step *= image[axis];
  }
  return corner;
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
  const offsets = offsetsOf(image.shape, template.shape);
  const plane = product(image.shape.slice(1));
  const counted = { image: image.data, offsets, plane, weights: weights?.data };
  if (method === 'ccoeffNormed') return coefficient(counted, unit(withoutMean(template, weights)).numbers);
  const numbers = weighted(template, weights);
  return method === 'ccorrNormed' ? cosine(counted, unit(numbers).numbers) : distance(counted, numbers);
}

interface Counted {
  readonly image: ArrayLike<number>;
  readonly offsets: Int32Array;
  readonly plane: number;
  readonly weights: ArrayLike<number> | undefined;
}

/** A quotient cut to -1 … 1; 0 where a norm is 0. */
function clipped(numerator: number, squares: number): number {
  if (squares === 0) return 0;
  const score = numerator / Math.sqrt(squares);
  return score > 1 ? 1 : Math.max(score, -1);
}

/** Means are those of differences from the window's first number, so a window of equal numbers has no variance at all. */
function coefficient({ image, offsets, plane, weights }: Counted, template: Float64Array): ExactScore {
  const count = offsets.length;
  const channels = template.length / count;
  const firsts = Array.from({ length: channels }, (_, channel) => {
    for (let i = 0; i < count; i++) if (!weights || weights[channel * count + i] > 0) return i;
    return 0;
  });
  return (corner) => {
    let largest = 0;
    const means = firsts.map((first, channel) => {
      const at = corner + channel * plane;
      const x0 = image[at + offsets[first]];
      let sum = 0;
      let total = 0;
      for (let i = 0; i < count; i++) {
        const w = weights ? weights[channel * count + i] : 1;
        if (w === 0) continue;
        const d = image[at + offsets[i]] - x0;
        largest = larger(largest, d);
        sum += w * d;
        total += w;
      }
      return total > 0 ? sum / total : 0;
    });
    if (largest === 0) return 0;
    const scale = 1 / powerOfTwo(largest);
    let numerator = 0;
    let squares = 0;
    for (let channel = 0; channel < channels; channel++) {
      const at = corner + channel * plane;
      const x0 = image[at + offsets[firsts[channel]]];
      for (let i = 0; i < count; i++) {
        const w = weights ? weights[channel * count + i] : 1;
        if (w === 0) continue;
        const d = w * (image[at + offsets[i]] - x0 - means[channel]) * scale;
        numerator += template[channel * count + i] * d;
        squares += d * d;
      }
    }
    return clipped(numerator, squares);
  };
}

function cosine({ image, offsets, plane, weights }: Counted, template: Float64Array): ExactScore {
  const count = offsets.length;
  return (corner) => {
    const scale = 1 / powerOfTwo(largestOf({ image, offsets, plane, weights }, corner, template.length));
    let numerator = 0;
    let squares = 0;
    for (let k = 0; k < template.length; k++) {
      const w = weights ? weights[k] : 1;
      if (w === 0) continue;
      const x = w * image[corner + Math.floor(k / count) * plane + offsets[k % count]] * scale;
      numerator += template[k] * x;
      squares += x * x;
    }
    return clipped(numerator, squares);
  };
}

/** Σ(t − x)² / √(Σt² Σx²): 0 if there is nothing on either side, else 1 if there is nothing on one. */
function distance({ image, offsets, plane, weights }: Counted, template: Float64Array): ExactScore {
  const count = offsets.length;
  const largest = magnitudeOf(template);
  return (corner) => {
    const reach = largestOf({ image, offsets, plane, weights }, corner, template.length);
    if (reach === 0 || largest === 0) return reach === largest ? 0 : 1;
    const scale = 1 / powerOfTwo(Math.max(reach, largest));
    let [sum, ts, xs] = [0, 0, 0];
    for (let k = 0; k < template.length; k++) {
      const w = weights ? weights[k] : 1;
      if (w === 0) continue;
      const x = w * image[corner + Math.floor(k / count) * plane + offsets[k % count]] * scale;
      const t = template[k] * scale;
      sum += (t - x) * (t - x);
      ts += t * t;
      xs += x * x;
    }
    return sum / (Math.sqrt(ts) * Math.sqrt(xs));
  };
}

/** The largest magnitude in a window; NaN where one is. */
function largestOf({ image, offsets, plane, weights }: Counted, corner: number, terms: number): number {
  const count = offsets.length;
  let largest = 0;
  for (let k = 0; k < terms; k++) {
    if (weights && weights[k] === 0) continue;
    largest = larger(largest, image[corner + Math.floor(k / count) * plane + offsets[k % count]]);
  }
  return largest;
}

/** The larger magnitude; NaN where one is. */
function larger(largest: number, x: number): number {
  const size = Math.abs(x);
  return size > largest || Number.isNaN(size) ? size : largest;
}
