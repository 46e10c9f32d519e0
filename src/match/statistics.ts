// Statistics of planes: the centre that is subtracted before products are summed, and the power of two that numbers are scaled by.

import { product } from '../core/lists.js';
import type { NumberArray, Samples } from '../sums/samples.js';
import { centredIn, sumsIn } from './chunks.js';

/** The numbers of one plane of `count`. */
export function planeAt<A extends NumberArray>(numbers: A, channel: number, count: number): A {
  return numbers.subarray(channel * count, (channel + 1) * count) as A;
}

/** How numbers are shifted and scaled: (x − centre) · scale, with a centre for each channel. */
export interface Shift {
  readonly centres: readonly number[];
  readonly scale: number;
}

/** The statistics of an image. Numbers that are not finite are ignored. */
export interface Statistics extends Shift {
  /** for each channel a number near its mean, rounded so coarsely that integers minus the centre are exact */
  readonly centres: readonly number[];
  /** a power of two that scales the standard deviation to about 1 */
  readonly scale: number;
  /** whether all numbers and centres are integers */
  readonly whole: boolean;
  /** whether all numbers are finite */
  readonly finite: boolean;
  /** the largest |x − centre| */
  readonly reach: number;
  /** Σ((x − centre) · scale)² */
  readonly energy: number;
  /** without a centre, and with a power of two that scales the largest number to about 1 */
  readonly plain: Shift;
  /** Σ(x · plain.scale)² */
  readonly plainEnergy: number;
}

/** The largest power of two that is not above a number; 1 for 0 and for numbers that are not finite. */
export function powerOfTwo(value: number): number {
  return value > 0 && value < Number.POSITIVE_INFINITY
    ? 2 ** Math.max(-1022, Math.floor(Math.log2(value)))
    : 1;
}

/** Statistics of planes. */
export function statisticsOf({ data, shape }: Samples): Statistics {
  const count = product(shape.slice(1));
  const centres: number[] = [];
  const norms: number[] = [];
  const plainNorms: number[] = [];
  let [whole, allFinite] = [true, true];
  let [reach, largest] = [0, 0];
  for (let channel = 0; channel < shape[0]; channel++) {
    const moments = momentsOf(planeAt(data, channel, count));
    const { mean, deviation, lowest, highest, finite } = moments;
    const grid = powerOfTwo(deviation) / 8;
    let centre = deviation > 0 ? Math.round(mean / grid) * grid : mean;
    if (moments.whole) centre = Math.round(centre);
    whole &&= moments.whole;
    allFinite &&= finite === count;
    reach = Math.max(reach, highest - centre, centre - lowest);
    largest = Math.max(largest, Math.abs(lowest), Math.abs(highest));
    centres.push(centre);
    norms.push(Math.hypot(deviation, centre - mean) * Math.sqrt(finite));
    plainNorms.push(Math.hypot(deviation, mean) * Math.sqrt(finite));
  }
  const norm = Math.hypot(...norms);
  const scale = norm > 0 ? 1 / powerOfTwo(norm / Math.sqrt(data.length)) : 1;
  const plain = { centres: centres.map(() => 0), scale: 1 / powerOfTwo(largest) };
  return {
    centres,
    scale,
    whole,
    finite: allFinite,
    reach,
    energy: (norm * scale) ** 2,
    plain,
    plainEnergy: (Math.hypot(...plainNorms) * plain.scale) ** 2,
  };
}

interface Moments {
  readonly mean: number;
  readonly deviation: number;
  readonly lowest: number;
  readonly highest: number;
  readonly whole: boolean;
  /** how many numbers are finite */
  readonly finite: number;
}

function momentsOf(plane: Samples['data']): Moments {
  const first = plane[0];
  const { lowest, highest, sum, squares, whole } = sumsIn(plane, first);
  if (!Number.isFinite(sum) || !Number.isFinite(squares) || first - first !== 0) return robustMoments(plane);
  const shift = sum / plane.length;
  const deviation = Math.sqrt(Math.max(0, squares / plane.length - shift * shift));
  // squares of numbers below 1e-154 may underflow
  if (deviation < 1e-140 && highest > lowest) return robustMoments(plane);
  return { mean: first + shift, deviation, lowest, highest, whole, finite: plane.length };
}

/** Moments of any numbers: ignores those that are not finite, and scales the others, so that nothing overflows or underflows. */
function robustMoments(plane: Samples['data']): Moments {
  const numbers = plane.filter((x) => x - x === 0);
  const finite = numbers.length;
  if (finite === 0) return { mean: 0, deviation: 0, lowest: 0, highest: 0, whole: false, finite };
  const { lowest, highest, whole } = sumsIn(numbers, 0);
  const unit = 2 * powerOfTwo(highest / 2 - lowest / 2);
  const { mean, deviation } = momentsOf(new Float64Array(numbers).map((x) => x / unit - lowest / unit));
  return { mean: lowest + mean * unit, deviation: deviation * unit, lowest, highest, whole, finite };
}

/** (x − centre) · scale of each number, in float64 or rounded once to float32. */
export function centred<A extends Float64Array | Float32Array>(
  { data, shape }: Samples,
  { centres, scale }: Shift,
  result: A,
): A {
  const count = product(shape.slice(1));
  centres.forEach((centre, channel) => {
    centredIn(planeAt(data, channel, count), centre, scale, planeAt(result, channel, count));
  });
  return result;
}
