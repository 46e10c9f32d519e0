// The spectra of two real arrays by one complex transform, and their cross power and registration error.

import { product } from '../core/lists.js';
import { dft } from '../sums/dft.js';
import { complexZeros, cosine, multiply, sine } from '../sums/dft-length.js';
import type { ComplexNumbers } from '../sums/dft-passes.js';
import { normOf } from './finish.js';
import { elementsOf } from './positions.js';
import { centred, statisticsOf } from './statistics.js';

/** For each element of a spectrum, the index of the opposite frequency. */
function opposites(shape: readonly number[]): Int32Array {
  return elementsOf(shape, shape, (k, axis) => (k === 0 ? 0 : shape[axis] - k));
}

/**
 * The spectra A and B of two real arrays a and b, from the spectrum Z of a + ib: A[k] = (Z[k] + Z*[-k]) / 2, B[k] = (Z[k] - Z*[-k]) / 2i.
 * Means are subtracted before the transform and added to element 0 after it, so that a bright picture loses no accuracy. Both arrays are
 * scaled to the same magnitude by powers of two, so that the smaller one loses none either.
 */
export class Spectra {
  readonly first: ComplexNumbers;
  readonly second: ComplexNumbers;
  /** Σ|A[k]|² and Σ|B[k]|² */
  readonly energies: readonly [number, number];
  /** products of two elements below this are rounding errors */
  readonly rounding: number;

  constructor(
    a: Float64Array,
    b: Float64Array,
    readonly shape: readonly number[],
  ) {
    const count = product(shape);
    const [re, im] = [a, b].map((data) => ({ data, shape: [1, ...shape] }));
    const [first, second] = [re, im].map(statisticsOf);
    const z = {
      re: centred(re, first, new Float64Array(count)),
      im: centred(im, second, new Float64Array(count)),
    };
    dft(z, shape);
    const opposite = opposites(shape);
    const half = 0.5 / first.scale;
    const otherHalf = 0.5 / second.scale;
    this.first = complexZeros(count);
    this.second = complexZeros(count);
    for (let k = 0; k < count; k++) {
      const o = opposite[k];
      this.first.re[k] = half * (z.re[k] + z.re[o]);
      this.first.im[k] = half * (z.im[k] - z.im[o]);
      this.second.re[k] = otherHalf * (z.im[k] + z.im[o]);
      this.second.im[k] = otherHalf * (z.re[o] - z.re[k]);
    }
    this.first.re[0] += first.centres[0] * count;
    this.second.re[0] += second.centres[0] * count;
    this.energies = [count * normOf(a) ** 2, count * normOf(b) ** 2];
    this.rounding =
      (100 * Number.EPSILON * Math.sqrt(first.energy * second.energy)) / (count * first.scale * second.scale);
  }

  /**
   * A[k] · B*[k]; with `phase` divided by its magnitude, or by `rounding` if that is larger, which is 100 · 2^-52 for two arrays of
   * standard deviation 1.
   */
  crossPower(phase: boolean): ComplexNumbers {
    const { first, second, rounding } = this;
    const power = complexZeros(first.re.length);
    for (let k = 0; k < power.re.length; k++) {
      const re = first.re[k] * second.re[k] + first.im[k] * second.im[k];
      const im = first.im[k] * second.re[k] - first.re[k] * second.im[k];
      const over = phase ? Math.max(Math.sqrt(re * re + im * im), rounding) || 1 : 1;
      power.re[k] = re / over;
      power.im[k] = im / over;
    }
    return power;
  }

  /** The square root of the fraction of the first array's energy that no multiple of the second one, shifted by `shift`, explains. */
  error(shift: readonly number[]): number {
    const { first, second, shape } = this;
    const moved = shiftedBy(second, shape, shift);
    const [ofFirst, ofSecond] = this.energies;
    let [re, im] = [0, 0];
    for (let k = 0; k < first.re.length; k++) {
      re += first.re[k] * moved.re[k] + first.im[k] * moved.im[k];
      im += first.im[k] * moved.re[k] - first.re[k] * moved.im[k];
    }
    if (ofFirst === 0 || ofSecond === 0) return 1;
    re /= ofSecond;
    im /= ofSecond;
    // from the difference, because 1 - r² loses half of its digits for r near 1
    let left = 0;
    for (let k = 0; k < first.re.length; k++) {
      left += (first.re[k] - re * moved.re[k] + im * moved.im[k]) ** 2;
      left += (first.im[k] - re * moved.im[k] - im * moved.re[k]) ** 2;
    }
    return Math.sqrt(left / ofFirst);
  }
}

/** The spectrum of an array shifted circularly by any distance: x[k] · e^(-2πi·f·shift/n), where f is the signed frequency of k. */
export function shiftedBy(
  { re, im }: ComplexNumbers,
  shape: readonly number[],
  shift: readonly number[],
): ComplexNumbers {
  const moved = { re: re.slice(), im: im.slice() };
  shape.forEach((n, axis) => {
    const phasors = complexZeros(n);
    for (let k = 0; k < n; k++) {
      const angle = -(k < n / 2 ? k : k - n) * shift[axis];
      phasors.re[k] = cosine(angle, n);
      phasors.im[k] = sine(angle, n);
    }
    multiply(moved, phasors, moved, product(shape.slice(axis + 1)), re.length);
  });
  return moved;
}
