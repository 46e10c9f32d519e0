// Statistics of planes: what is taken away from them before products are summed, and by which power of two they are scaled.

import { product } from '../core/lists.js';
import type { Samples } from '../sums/samples.js';

/** Of an image. Numbers that are not finite have no part in it. */
export interface Statistics {
  /** for each channel a number near its mean, on so coarse a grid that pictures of whole numbers stay on one */
  readonly centers: readonly number[];
  /** a power of two that brings the deviation from the centres near 1 */
  readonly scale: number;
  /** whether all numbers and centres are whole */
  readonly whole: boolean;
  /** largest distance of a number from its centre */
  readonly reach: number;
  /** sum of the squares of (x − centre) · scale */
  readonly energy: number;
}

/** The power of two at or below a number; 1 for 0 and for what is not finite. */
export function powerOfTwo(value: number): number {
  return value > 0 && value < Number.POSITIVE_INFINITY
    ? 2 ** Math.max(-1022, Math.floor(Math.log2(value)))
    : 1;
}

/** Statistics of planes. */
export function statisticsOf({ data, shape }: Samples): Statistics {
  const count = product(shape.slice(1));
  const centers: number[] = [];
  let whole = true;
  let reach = 0;
  const norms: number[] = [];
  for (let channel = 0; channel < shape[0]; channel++) {
    const plane = data.subarray(channel * count, (channel + 1) * count);
    const range = rangeOf(plane);
    const { mean, deviation } = meanOf(plane, range);
    const grid = powerOfTwo(deviation) / 8;
    let center = deviation > 0 ? Math.round(mean / grid) * grid : mean;
    if (range.whole) center = Math.round(center);
    whole &&= range.whole;
    reach = Math.max(reach, range.highest - center, center - range.lowest);
    centers.push(center);
    norms.push(Math.hypot(deviation, center - mean) * Math.sqrt(range.finite));
  }
  const norm = Math.hypot(...norms);
  const scale = norm > 0 ? 1 / powerOfTwo(norm / Math.sqrt(data.length)) : 1;
  return { centers, scale, whole, reach, energy: (norm * scale) ** 2 };
}

interface Range {
  readonly lowest: number;
  readonly highest: number;
  readonly whole: boolean;
  /** how many numbers are finite */
  readonly finite: number;
}

function rangeOf(plane: ArrayLike<number>): Range {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  let whole = true;
  let finite = plane.length;
  for (let i = 0; i < plane.length; i++) {
    const x = plane[i];
    if (x - x !== 0) {
      finite--;
      continue;
    }
    if (x < lowest) lowest = x;
    if (x > highest) highest = x;
    if (x !== Math.floor(x)) whole = false;
  }
  return finite > 0 ? { lowest, highest, whole, finite } : { lowest: 0, highest: 0, whole, finite };
}

/** Mean and standard deviation, from sums that begin at the lowest number and are scaled, so that nothing overflows. */
function meanOf(plane: ArrayLike<number>, { lowest, highest, finite }: Range) {
  if (!(highest > lowest)) return { mean: lowest, deviation: 0 };
  const unit = 2 * powerOfTwo(highest / 2 - lowest / 2);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < plane.length; i++) {
    const x = plane[i] / unit - lowest / unit;
    if (x - x !== 0) continue;
    sum += x;
    squares += x * x;
  }
  const mean = sum / finite;
  const variance = Math.max(0, squares / finite - mean * mean);
  return { mean: lowest + mean * unit, deviation: Math.sqrt(variance) * unit };
}

/** (x − centre) · scale of each number, in float64 or rounded once to float32. */
export function centred<A extends Float64Array | Float32Array>(
  { data, shape }: Samples,
  { centers, scale }: Pick<Statistics, 'centers' | 'scale'>,
  result: A,
): A {
  const count = product(shape.slice(1));
  for (let channel = 0, i = 0; channel < shape[0]; channel++) {
    const center = centers[channel];
    for (const end = i + count; i < end; i++) result[i] = (data[i] - center) * scale;
  }
  return result;
}
