// The discrete Fourier transform of one length in float64: mixed radix with tables, or Bluestein's algorithm for a length with a prime factor
// above 7.

import { type ComplexNumbers, pass, type Step } from './dft-passes.js';

/** The transforms of the lengths used last, least recently used first. */
const lengths = new Map<number, DftLength>();
const KEPT = 32;

/** The transform for a length of at least 1. */
export function dftLength(n: number): DftLength {
  const found = lengths.get(n) ?? (isFast(n) ? new Factored(n) : new Bluestein(n));
  lengths.delete(n);
  lengths.set(n, found);
  for (const oldest of lengths.keys()) {
    if (lengths.size <= KEPT) break;
    lengths.delete(oldest);
  }
  return found;
}

/** Transforms `inner` interleaved arrays of one length: element k of all arrays begins at k · inner. */
export interface DftLength {
  /** @returns the result, which is in `x` or in `y`, of n · inner numbers each; the other is overwritten */
  transform(x: ComplexNumbers, y: ComplexNumbers, inner: number): ComplexNumbers;
}

/** The smallest length from n on whose prime factors are 2, 3 and 5: such transforms are the fastest. */
export function fastLength(n: number): number {
  let length = n;
  while (without(length, [2, 3, 5]) !== 1) length++;
  return length;
}

const isFast = (n: number) => without(n, [2, 3, 5, 7]) === 1;

/** Divides an integer by some factors as often as possible. */
function without(n: number, factors: readonly number[]): number {
  for (const factor of factors) while (n % factor === 0) n /= factor;
  return n;
}

class Factored implements DftLength {
  private readonly steps: Step[] = [];

  constructor(n: number) {
    for (let left = n; left > 1; ) {
      const radix = [4, 2, 3, 5].find((factor) => left % factor === 0) ?? 7;
      const m = left / radix;
      const twiddles = new Float64Array(2 * m * (radix - 1));
      for (let p = 0, at = 0; p < m; p++) {
        for (let j = 1; j < radix; j++) {
          twiddles[at++] = cosine(p * j, left);
          twiddles[at++] = -sine(p * j, left);
        }
      }
      this.steps.push({ radix, m, twiddles });
      left = m;
    }
  }

  transform(x: ComplexNumbers, y: ComplexNumbers, inner: number): ComplexNumbers {
    for (const step of this.steps) {
      pass(x, y, step, inner);
      [x, y] = [y, x];
      inner *= step.radix;
    }
    return x;
  }
}

/**
 * Bluestein's algorithm: as j·k = (j² + k² - (k - j)²) / 2, a transform is a convolution with the chirp e^(iπj²/n), preceded and followed by a
 * multiplication by its conjugate. The convolution uses transforms of a fast length.
 */
class Bluestein implements DftLength {
  private readonly length: number;
  private readonly fast: DftLength;
  /** e^(-iπj²/n) */
  private readonly chirp: ComplexNumbers;
  /** the transform of the conjugate chirp, divided by the length */
  private readonly filter: ComplexNumbers;

  constructor(private readonly n: number) {
    this.length = fastLength(2 * n - 1);
    this.fast = new Factored(this.length);
    this.chirp = complexZeros(n);
    const filter = complexZeros(this.length);
    // j² modulo 2n, from differences, so that it stays an exact integer for any length
    for (let j = 0, square = 0; j < n; square = (square + 2 * j + 1) % (2 * n), j++) {
      this.chirp.re[j] = cosine(square, 2 * n);
      this.chirp.im[j] = -sine(square, 2 * n);
      for (const at of [j, (this.length - j) % this.length]) {
        filter.re[at] = this.chirp.re[j] / this.length;
        filter.im[at] = -this.chirp.im[j] / this.length;
      }
    }
    this.filter = this.fast.transform(filter, complexZeros(this.length), 1);
  }

  transform(x: ComplexNumbers, _y: ComplexNumbers, inner: number): ComplexNumbers {
    const { n, length, fast, chirp, filter } = this;
    const padded = complexZeros(length * inner);
    multiply(x, chirp, padded, inner, n * inner);
    const spare = complexZeros(length * inner);
    const spectrum = fast.transform(padded, spare, inner);
    multiply(spectrum, filter, spectrum, inner, length * inner);
    // an inverse transform is a forward transform with real and imaginary parts exchanged
    const back = fast.transform(exchanged(spectrum), exchanged(spectrum === padded ? spare : padded), inner);
    multiply(exchanged(back), chirp, x, inner, n * inner);
    return x;
  }
}

/** The same arrays with real and imaginary parts exchanged: each number becomes i times its conjugate. */
export function exchanged({ re, im }: ComplexNumbers): ComplexNumbers {
  return { re: im, im: re };
}

/** Complex zeros. */
export function complexZeros(count: number): ComplexNumbers {
  return { re: new Float64Array(count), im: new Float64Array(count) };
}

/** out = x · by, where each element of `by` applies to `inner` consecutive numbers, repeated until there are `count` of them. */
export function multiply(
  x: ComplexNumbers,
  by: ComplexNumbers,
  out: ComplexNumbers,
  inner: number,
  count: number,
): void {
  for (let at = 0; at < count; )
    for (let k = 0; k < by.re.length; k++) {
      const c = by.re[k];
      const s = by.im[k];
      for (let q = 0; q < inner; q++, at++) {
        const re = x.re[at];
        const im = x.im[at];
        out.re[at] = re * c - im * s;
        out.im[at] = re * s + im * c;
      }
    }
}

/**
 * cos(2πk/n) for any real k. The angle is reduced to an eighth of a turn, so that the result is exact to one unit in the last place.
 */
export function cosine(k: number, n: number): number {
  const part = Math.abs(k % n);
  if (2 * part > n) return cosine(n - part, n);
  if (4 * part > n) return -cosine(n - 2 * part, 2 * n);
  if (8 * part > n) return Math.sin((2 * Math.PI * (n - 4 * part)) / (4 * n));
  return Math.cos((2 * Math.PI * part) / n);
}

/** sin(2πk/n) for any real k. */
export function sine(k: number, n: number): number {
  return cosine(4 * (k % n) - n, 4 * n);
}
