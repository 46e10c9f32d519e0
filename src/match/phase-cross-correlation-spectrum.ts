// PhaseCrossCorrelationSpectrum: the transforms of two real arrays by one complex transform, and what is made of them.

import { product } from '../core/lists.js';
import { dft } from '../sums/dft.js';
import { complexZeros, cosine, sine } from '../sums/dft-length.js';
import type { ComplexNumbers } from '../sums/dft-passes.js';
import { elementsOf } from './places.js';
import { powerOfTwo } from './statistics.js';

/** The place of the opposite frequency for each place of a transform. */
function opposites(shape: readonly number[]): Int32Array {
  return elementsOf(shape, shape, (k, axis) => (k === 0 ? 0 : shape[axis] - k));
}

/**
 * The transforms A and B of two real arrays, out of that of a + ib: A[k] = (Z[k] + Z*[-k]) / 2, B[k] = (Z[k] - Z*[-k]) / 2i. Means are
 * taken away before and put back into the one element that they are of, so that a bright picture loses nothing; and both arrays are of
 * one size, by a power of two, which keeps the smaller one's digits.
 */
export class Spectra {
  readonly first: ComplexNumbers;
  readonly second: ComplexNumbers;
  /** Σ of the squares of the two transforms' elements */
  readonly energies: readonly [number, number];
  /** deviation of the two from their means: the scale of what is rounding */
  readonly deviations: readonly [number, number];

  constructor(
    a: Float64Array,
    b: Float64Array,
    readonly shape: readonly number[],
  ) {
    const count = product(shape);
    const [mean, otherMean] = [meanOf(a), meanOf(b)];
    const deviations = [deviationOf(a, mean), deviationOf(b, otherMean)] as const;
    const [scale, otherScale] = deviations.map(powerOfTwo);
    const z = complexZeros(count);
    for (let i = 0; i < count; i++) {
      z.re[i] = (a[i] - mean) / scale;
      z.im[i] = (b[i] - otherMean) / otherScale;
    }
    dft(z, shape);
    const opposite = opposites(shape);
    const first = complexZeros(count);
    const second = complexZeros(count);
    for (let k = 0; k < count; k++) {
      const o = opposite[k];
      first.re[k] = (scale * (z.re[k] + z.re[o])) / 2;
      first.im[k] = (scale * (z.im[k] - z.im[o])) / 2;
      second.re[k] = (otherScale * (z.im[k] + z.im[o])) / 2;
      second.im[k] = (otherScale * (z.re[o] - z.re[k])) / 2;
    }
    first.re[0] = mean * count;
    second.re[0] = otherMean * count;
    this.first = first;
    this.second = second;
    this.energies = [energyOf(first), energyOf(second)];
    this.deviations = deviations;
  }

  /**
   * A[k] · B*[k]; for `phase` over its magnitude. Where that is nothing but rounding, which is below 100 · 2^-52 of two arrays of
   * deviation 1, it is over that limit instead.
   */
  crossPower(phase: boolean): ComplexNumbers {
    const { first, second, deviations } = this;
    const limit = 100 * Number.EPSILON * deviations[0] * deviations[1];
    const power = complexZeros(first.re.length);
    for (let k = 0; k < power.re.length; k++) {
      const re = first.re[k] * second.re[k] + first.im[k] * second.im[k];
      const im = first.im[k] * second.re[k] - first.re[k] * second.im[k];
      const over = phase ? Math.max(Math.sqrt(re * re + im * im), limit) || 1 : 1;
      power.re[k] = re / over;
      power.im[k] = im / over;
    }
    return power;
  }

  /** The root of what of the first array is no multiple of the second one moved by `shift`: its share of the first one's energy. */
  error(shift: readonly number[]): number {
    const { first, second, shape } = this;
    const moved = movedBy(second, shape, shift);
    const [ofFirst, ofSecond] = this.energies;
    let [re, im] = [0, 0];
    for (let k = 0; k < first.re.length; k++) {
      re += first.re[k] * moved.re[k] + first.im[k] * moved.im[k];
      im += first.im[k] * moved.re[k] - first.re[k] * moved.im[k];
    }
    if (ofFirst === 0 || ofSecond === 0) return 1;
    re /= ofSecond;
    im /= ofSecond;
    // by the difference, as 1 - r² has lost half of its digits where r is near 1
    let left = 0;
    for (let k = 0; k < first.re.length; k++) {
      left += (first.re[k] - re * moved.re[k] + im * moved.im[k]) ** 2;
      left += (first.im[k] - re * moved.im[k] - im * moved.re[k]) ** 2;
    }
    return Math.sqrt(left / ofFirst);
  }
}

/** The transform of an array under a circular shift by any distance: x[k] · e^(-2πi·f·shift/n), f the frequency nearest to 0. */
export function movedBy(
  x: ComplexNumbers,
  shape: readonly number[],
  shift: readonly number[],
): ComplexNumbers {
  let turns: ComplexNumbers = { re: Float64Array.of(1), im: Float64Array.of(0) };
  shape.forEach((n, axis) => {
    const along = complexZeros(n);
    for (let k = 0; k < n; k++) {
      const turn = -(k < n / 2 ? k : k - n) * shift[axis];
      along.re[k] = cosine(turn, n);
      along.im[k] = sine(turn, n);
    }
    turns = outer(turns, along);
  });
  for (let k = 0; k < x.re.length; k++) {
    const re = turns.re[k];
    const im = turns.im[k];
    turns.re[k] = x.re[k] * re - x.im[k] * im;
    turns.im[k] = x.re[k] * im + x.im[k] * re;
  }
  return turns;
}

/** All products of an element of one with an element of the other. */
function outer(a: ComplexNumbers, b: ComplexNumbers): ComplexNumbers {
  const n = b.re.length;
  const all = complexZeros(a.re.length * n);
  const { re, im } = all;
  const { re: br, im: bi } = b;
  for (let i = 0, at = 0; i < a.re.length; i++) {
    const ar = a.re[i];
    const ai = a.im[i];
    for (let k = 0; k < n; k++, at++) {
      re[at] = ar * br[k] - ai * bi[k];
      im[at] = ar * bi[k] + ai * br[k];
    }
  }
  return all;
}

function energyOf({ re, im }: ComplexNumbers): number {
  let sum = 0;
  for (let k = 0; k < re.length; k++) sum += re[k] * re[k] + im[k] * im[k];
  return sum;
}

function meanOf(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i];
  return sum / x.length;
}

function deviationOf(x: Float64Array, mean: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] - mean) ** 2;
  return Math.sqrt(sum / x.length);
}
