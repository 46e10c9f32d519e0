// DftLength: the discrete Fourier transform of one length in float64: its factors with their tables, or Bluestein's way for a length with a
// prime factor above 7.

import { type ComplexNumbers, pass, type Step } from './dft-passes.js';

/** Tables of the lengths used last, oldest first. */
const lengths = new Map<number, DftLength>();
const KEPT = 32;

/** What transforms arrays of that length, from 1 on. */
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

/** Transforms `inner` arrays of one length at once, of which element k lies at k · inner and the following places. */
export interface DftLength {
  /** @returns where the result is: in `x` or in `y`, of n · inner numbers each; what the other holds is lost */
  transform(x: ComplexNumbers, y: ComplexNumbers, inner: number): ComplexNumbers;
}

/** The smallest length from n on of which each prime factor is 2, 3 or 5: such transforms are the fastest. */
export function fastLength(n: number): number {
  let length = n;
  while (without(length, [2, 3, 5]) !== 1) length++;
  return length;
}

const isFast = (n: number) => without(n, [2, 3, 5, 7]) === 1;

/** What is left of an integer when some factors are taken out as often as they go. */
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
      const turns = new Float64Array(2 * m * (radix - 1));
      for (let p = 0, at = 0; p < m; p++) {
        for (let j = 1; j < radix; j++) {
          turns[at++] = cosine(p * j, left);
          turns[at++] = -sine(p * j, left);
        }
      }
      this.steps.push({ radix, m, turns });
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
 * Bluestein: as j·k = (j² + k² - (k - j)²) / 2, a transform is a convolution with the chirp e^(iπj²/n), between two products with its
 * conjugate. The convolution is made by transforms of a fast length.
 */
class Bluestein implements DftLength {
  private readonly length: number;
  private readonly fast: DftLength;
  /** e^(-iπj²/n) */
  private readonly chirp: ComplexNumbers;
  /** the transform of the conjugate chirp, over the length */
  private readonly filter: ComplexNumbers;

  constructor(private readonly n: number) {
    this.length = fastLength(2 * n - 1);
    this.fast = new Factored(this.length);
    this.chirp = complexZeros(n);
    const filter = complexZeros(this.length);
    // j² modulo 2n, by differences: it would leave the whole numbers that a float64 holds only for arrays beyond any memory
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
    // the way back is the way there with real and imaginary parts exchanged
    const back = fast.transform(exchanged(spectrum), exchanged(spectrum === padded ? spare : padded), inner);
    multiply(exchanged(back), chirp, x, inner, n * inner);
    return x;
  }
}

/** The same numbers, each i times its conjugate. */
export function exchanged({ re, im }: ComplexNumbers): ComplexNumbers {
  return { re: im, im: re };
}

/** Zeros. */
export function complexZeros(count: number): ComplexNumbers {
  return { re: new Float64Array(count), im: new Float64Array(count) };
}

/** out[k] = x[k] · by[k], for `inner` numbers x at each k, and from the first k on again until there are `count` of them. */
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
 * The cosine of k / n of a turn, of any sign, whole or not; from an angle of an eighth at most, so that it is right to the last bit or the
 * one before.
 */
export function cosine(k: number, n: number): number {
  const part = Math.abs(k % n);
  if (2 * part > n) return cosine(n - part, n);
  if (4 * part > n) return -cosine(n - 2 * part, 2 * n);
  if (8 * part > n) return Math.sin((2 * Math.PI * (n - 4 * part)) / (4 * n));
  return Math.cos((2 * Math.PI * part) / n);
}

/** The sine of k / n of a turn. */
export function sine(k: number, n: number): number {
  return cosine(4 * (k % n) - n, 4 * n);
}
