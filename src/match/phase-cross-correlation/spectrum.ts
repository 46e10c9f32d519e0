// Two real arrays to register: the cross power of their spectra, and how well one explains the other.

import { product } from '../../core/lists.js';
import { modulo } from '../../geometry/phases.js';
import { dft, inverseDft } from '../dft/dft.js';
import { type ComplexNumbers, complexZeros, cosine, multiply, sine } from '../dft/length.js';
import type { MaskedSamples } from '../masked/map.js';
import { elementsOf } from '../positions.js';
import { reusedDoubles } from '../reused-arrays.js';
import { centred, statisticsOf } from '../statistics.js';

/** An array without its mean, scaled by a power of two, so that a bright picture loses no accuracy and squares do not overflow. */
interface Centred {
  readonly numbers: Float64Array;
  /** what is missing in each number */
  readonly mean: number;
  /** the sums of the squares of the numbers, without and with their mean */
  readonly energy: number;
  readonly wholeEnergy: number;
}

function centredOf({ data, shape, statistics }: Omit<MaskedSamples, 'mask'>, use: string): Centred {
  const { centres, scale: varying, energy, plain, plainEnergy } = statistics;
  const planes = { data, shape: [1, ...shape] };
  // squares of such numbers overflow or underflow
  if (Math.abs(Math.log2(plain.scale)) > 999) {
    planes.data = data.map((x) => x * plain.scale);
    return centredOf({ ...planes, shape, statistics: statisticsOf(planes) }, use);
  }
  const scale = energy > 0 ? varying : plain.scale;
  return {
    numbers: centred(planes, { centres, scale }, reusedDoubles(use, data.length)),
    mean: centres[0] * scale,
    energy,
    wholeEnergy: plainEnergy * (scale / plain.scale) ** 2,
  };
}

/** Two arrays of one shape. */
export class Pair {
  readonly first: Centred;
  readonly second: Centred;

  readonly shape: readonly number[];

  constructor(a: MaskedSamples, b: MaskedSamples) {
    this.shape = a.shape;
    this.first = centredOf(a, 'first array');
    this.second = centredOf(b, 'second array');
  }

  /**
   * A[k] · B*[k] for the first `kept` elements of the last axis. With `phase` it is divided by its magnitude, or by
   * 100 · 2^-52 for two arrays of standard deviation 1 if that is larger: products of two elements below that are rounding errors.
   *
   * Both spectra are from the spectrum Z of a + ib: A[k] = (Z[k] + Z*[-k]) / 2, B[k] = (Z[k] - Z*[-k]) / 2i.
   */
  crossPower(phase: boolean, kept: number): ComplexNumbers {
    const { first, second, shape } = this;
    const count = first.numbers.length;
    const rounding = (100 * Number.EPSILON * Math.sqrt(first.energy * second.energy)) / count;
    const zr = reusedDoubles('spectrum', count);
    const zi = reusedDoubles('second spectrum', count);
    dft({ re: first.numbers, im: second.numbers }, shape, { re: zr, im: zi });
    // the transform of a constant array has only rounding errors here, which all count with `phase`
    if (rounding === 0) for (const part of [zr, zi]) part.fill(0, 1);
    zr[0] += first.mean * count;
    zi[0] += second.mean * count;
    const n = shape[shape.length - 1];
    const outer = shape.slice(0, -1);
    // indices of the opposite frequencies
    const rows = elementsOf(outer, outer, (k, axis) => modulo(-k, outer[axis]));
    const power = complexZeros(rows.length * kept);
    const { re, im } = power;
    for (let row = 0, at = 0; row < rows.length; row++) {
      const opposite = (rows[row] + 1) * n;
      for (let k = row * n, o = opposite - n; at < (row + 1) * kept; at++) {
        const ar = zr[k] + zr[o];
        const ai = zi[k] - zi[o];
        const br = zi[k] + zi[o];
        const bi = zr[o] - zr[k];
        const pr = ar * br + ai * bi;
        const pi = ai * br - ar * bi;
        // four times the product
        const share = phase ? 1 / (Math.max(Math.sqrt(pr * pr + pi * pi), 4 * rounding) || 1) : 0.25;
        re[at] = pr * share;
        im[at] = pi * share;
        k++;
        o = opposite - (k - row * n);
      }
    }
    return power;
  }

  /** The second array's numbers, shifted circularly by any distance. Fractions of an element make them complex if a size is even. */
  moved(shift: readonly number[]): { readonly re: Float64Array; readonly im?: Float64Array } {
    const { shape } = this;
    const { numbers } = this.second;
    const count = numbers.length;
    if (!shift.every(Number.isInteger)) {
      const x = complexZeros(count);
      dft({ re: numbers, im: x.im }, shape, x);
      moveSpectrum(x, shape, shift, 1 / count);
      inverseDft(x, shape);
      return x;
    }
    const re = reusedDoubles('spectrum', count);
    const n = shape[shape.length - 1];
    const right = modulo(shift[shape.length - 1], n);
    const outer = shape.slice(0, -1);
    const rows = elementsOf(outer, outer, (i, axis) => modulo(i - shift[axis], outer[axis]));
    rows.forEach((from, row) => {
      re.set(numbers.subarray(from * n, (from + 1) * n - right), row * n + right);
      re.set(numbers.subarray((from + 1) * n - right, (from + 1) * n), row * n);
    });
    return { re };
  }

  /** The square root of the fraction of the first array's energy that no multiple of the second one, moved, explains. */
  error(moved: { readonly re: Float64Array; readonly im?: Float64Array }): number {
    const { numbers, mean, wholeEnergy } = this.first;
    const { mean: otherMean, wholeEnergy: otherEnergy } = this.second;
    if (wholeEnergy === 0 || otherEnergy === 0) return 1;
    const { re: br, im: bi } = moved;
    let [re, im] = [0, 0];
    for (let i = 0; i < numbers.length; i++) {
      const a = numbers[i] + mean;
      re += a * (br[i] + otherMean);
      im -= a * (bi ? bi[i] : 0);
    }
    re /= otherEnergy;
    im /= otherEnergy;
    // from the difference, because 1 - r² loses half of its digits for r near 1
    let left = 0;
    for (let i = 0; i < numbers.length; i++) {
      const b = br[i] + otherMean;
      const c = bi ? bi[i] : 0;
      left += (numbers[i] + mean - re * b + im * c) ** 2 + (re * c + im * b) ** 2;
    }
    return Math.sqrt(left / wholeEnergy);
  }
}

/**
 * Turns the spectrum of an array into that of the array shifted circularly by any distance, times `scale`:
 * x[k] · scale · e^(-2πi·f·shift/n), where f is the signed frequency of k.
 */
function moveSpectrum(
  x: ComplexNumbers,
  shape: readonly number[],
  shift: readonly number[],
  scale: number,
): void {
  shape.forEach((n, axis) => {
    const phasors = complexZeros(n);
    const size = axis === 0 ? scale : 1;
    for (let k = 0; k < n; k++) {
      const angle = -(k < n / 2 ? k : k - n) * shift[axis];
      phasors.re[k] = size * cosine(angle, n);
      phasors.im[k] = size * sine(angle, n);
    }
    const inner = product(shape.slice(axis + 1));
    for (let at = 0; at < x.re.length; at += n * inner) multiply(x, at, phasors, x, at, inner);
  });
}
