// Lengths of discrete Fourier transforms: their factors, the tables of their passes, and exact sines.

/** Complex numbers: an array of real parts and one of imaginary parts. */
export interface ComplexNumbers {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Complex zeros. */
export function complexZeros(count: number): ComplexNumbers {
  return { re: new Float64Array(count), im: new Float64Array(count) };
}

/** The same arrays with real and imaginary parts exchanged: each number becomes i times its conjugate. */
export function exchanged({ re, im }: ComplexNumbers): ComplexNumbers {
  return { re: im, im: re };
}

/** The passes of a length: each divides what remains into `radix` times as many transforms of length m. */
interface Passes {
  /** `at`: the index of the pass's part of the table */
  readonly steps: readonly { readonly radix: number; readonly m: number; readonly at: number }[];
  /** as assembly/match/dft-pass.ts reads it */
  readonly table: Float64Array;
}

/** Whether no prime factor is above `largest`, 5 or 7. */
export function isSmooth(n: number, largest = 7): boolean {
  for (const factor of [2, 3, 5, largest]) while (n % factor === 0) n /= factor;
  return n === 1;
}

/** The smallest length from n on whose prime factors are 2, 3 and 5: such transforms are the fastest. */
export function fastLength(n: number): number {
  while (!isSmooth(n, 5)) n++;
  return n;
}

/** The passes of a length without prime factors above 7. */
export function passesOf(n: number): Passes {
  const steps = [];
  const table: number[] = [];
  for (let left = n; left > 1; ) {
    const radix = [4, 2, 3, 5].find((factor) => left % factor === 0) ?? 7;
    const m = left / radix;
    steps.push({ radix, m, at: table.length });
    // the second element of radix 2 is added twice
    const share = radix === 2 ? 0.5 : 1;
    for (let k = 0; k < radix; k++) table.push(share * cosine(k, radix), -share * sine(k, radix));
    for (let p = 0; p < m; p++)
      for (let j = 1; j < radix; j++) table.push(cosine(p * j, left), -sine(p * j, left));
    left = m;
  }
  return { steps, table: new Float64Array(table) };
}

/** out[to …] = x[from …] · by, where each element of `by` applies to `inner` consecutive numbers. */
export function multiply(
  x: ComplexNumbers,
  from: number,
  by: ComplexNumbers,
  out: ComplexNumbers,
  to: number,
  inner: number,
): void {
  const { re: xr, im: xi } = x;
  const { re: yr, im: yi } = out;
  for (let k = 0; k < by.re.length; k++) {
    const c = by.re[k];
    const s = by.im[k];
    for (let q = 0; q < inner; q++, from++, to++) {
      const re = xr[from];
      const im = xi[from];
      yr[to] = re * c - im * s;
      yi[to] = re * s + im * c;
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
