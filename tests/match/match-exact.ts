// The correlation coefficient of every window in whole numbers, without any rounding: float32 numbers are multiples of 2^-149. Independent
// of src on purpose.

import type { Stored } from '../helpers/fixtures.js';

/** A number as a multiple of 2^-149. */
export function whole(x: number): bigint {
  let shift = 149;
  let scaled = x;
  // a float32 has 24 bits: below 2^53 the product is exact
  while (shift > 0 && Math.abs(scaled) < 2 ** 52) {
    const step = Math.min(shift, 20);
    scaled *= 2 ** step;
    shift -= step;
    if (Math.abs(scaled) >= 2 ** 32) break;
  }
  return BigInt(scaled) << BigInt(shift);
}

function numerator(a: readonly bigint[], b: readonly bigint[]): bigint {
  const [sumA, sumB] = [a, b].map((list) => list.reduce((sum, x) => sum + x, 0n));
  return BigInt(a.length) * a.reduce((sum, x, i) => sum + x * b[i], 0n) - sumA * sumB;
}

const BITS = 160n;

/** n Σab − ΣaΣb over the root of n Σa² − (Σa)² times the same of b; 0 where that is 0. */
function exactCoefficient(a: readonly bigint[], b: readonly bigint[]): number {
  const squares = numerator(a, a) * numerator(b, b);
  if (squares === 0n) return 0;
  const product = numerator(a, b);
  const quotient = Number((product * product * (1n << BITS)) / squares) / 2 ** Number(BITS);
  return product < 0n ? -Math.sqrt(quotient) : Math.sqrt(quotient);
}

/** One channel: a template, a window, and weights, in whole numbers. */
interface ExactChannel {
  readonly t: readonly bigint[];
  readonly x: readonly bigint[];
  readonly weights: readonly bigint[];
}

const total = (list: readonly bigint[]) => list.reduce((sum, x) => sum + x, 0n);

/**
 * The coefficient with weights M, Σ M²(t − t')(x − x') over its norms, where t' = Σ Mt / Σ M and x' likewise for each channel. Channels
 * without a weight are left out; 0 if a norm is 0.
 */
export function exactWeighted(all: readonly ExactChannel[]): number {
  const channels = all.filter(({ weights }) => total(weights) > 0n);
  let [product, tt, xx] = [0n, 0n, 0n];
  channels.forEach(({ t, x, weights }, channel) => {
    const sum = total(weights);
    const [meanT, meanX] = [t, x].map((list) => total(list.map((value, i) => value * weights[i])));
    // every channel is multiplied by the squared sums of the others' weights
    const factor = channels.reduce((f, other, i) => (i === channel ? f : f * total(other.weights) ** 2n), 1n);
    weights.forEach((weight, i) => {
      const a = weight * (sum * t[i] - meanT);
      const b = weight * (sum * x[i] - meanX);
      product += factor * a * b;
      tt += factor * a * a;
      xx += factor * b * b;
    });
  });
  if (tt === 0n || xx === 0n) return 0;
  const quotient = Number((product * product * (1n << BITS)) / (tt * xx)) / 2 ** Number(BITS);
  return product < 0n ? -Math.sqrt(quotient) : Math.sqrt(quotient);
}

/** The coefficients of all windows of a picture [height, width]. */
export function exactMap(image: Stored, template: Stored): Float64Array {
  const [height, width] = image.shape;
  const [h, w] = template.shape;
  const pixels = Array.from(image.data, whole);
  const pattern = Array.from(template.data, whole);
  const map: number[] = [];
  for (let y = 0; y + h <= height; y++)
    for (let x = 0; x + w <= width; x++) {
      const window = pattern.map((_, k) => pixels[(y + Math.floor(k / w)) * width + x + (k % w)]);
      map.push(exactCoefficient(window, pattern));
    }
  return Float64Array.from(map);
}
