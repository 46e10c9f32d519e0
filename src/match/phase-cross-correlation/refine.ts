// Subpixel refinement: the cross-correlation at fractions of an element around a position, computed from the cross power by a small DFT
// matrix along each axis. This needs no transform of `factor` times the size (Guizar-Sicairos 2008).

import { product } from '../../core/lists.js';
import { type ComplexNumbers, complexZeros, cosine, sine } from '../dft/length.js';
import { shiftedBy } from './spectrum.js';

/** The shifts to evaluate: `size` steps of 1 / factor along each axis, centred at step size >> 1. */
interface Region {
  readonly factor: number;
  readonly size: number;
}

/**
 * Σ_k power[k] · e^(2πi·Σ f·shift/n) at the shifts of the region around `centre`. f is the signed frequency of k; for even n, k = n / 2 has
 * f = -n / 2.
 * @returns `region.size` numbers along each axis
 */
export function correlationAround(
  power: ComplexNumbers,
  shape: readonly number[],
  centre: readonly number[],
  region: Region,
): ComplexNumbers {
  let x = shiftedBy(
    power,
    shape,
    centre.map((at) => -at),
  );
  shape.forEach((n, axis) => {
    // always transforms the first axis, and the result has it as the last one
    const inner = product(shape.slice(axis + 1)) * region.size ** axis;
    x = alongFirst(x, n, inner, region);
  });
  return x;
}

/** [n][inner] to [inner][size]. */
function alongFirst(x: ComplexNumbers, n: number, inner: number, region: Region): ComplexNumbers {
  const { factor, size } = region;
  const half = size >> 1;
  const result = complexZeros(size * inner);
  const pairs = (n - 1) >> 1;
  const sums = pairsOf(x, n, inner, 1);
  const differences = pairsOf(x, n, inner, -1);
  // frequency -n/2 of an even n
  const middle = (n / 2) * inner;
  const highest =
    n % 2 === 0 ? { re: x.re.subarray(middle), im: x.im.subarray(middle) } : complexZeros(inner);
  // frequencies k and -k contribute c·(x[k] + x[-k]) + i·s·(x[k] - x[-k]); steps d and -d have the same c and opposite s
  for (let d = 0; d <= half; d++) {
    const even = complexZeros(inner);
    const odd = complexZeros(inner);
    for (let k = 1; k <= pairs; k++) {
      addRow(even, sums, (k - 1) * inner, cosine(k * d, n * factor));
      addRow(odd, differences, (k - 1) * inner, sine(k * d, n * factor));
    }
    for (const sign of [1, -1]) {
      const at = half + sign * d;
      if (at >= size) continue;
      const re = cosine(-sign * d, 2 * factor);
      const im = sine(-sign * d, 2 * factor);
      for (let q = 0; q < inner; q++) {
        const to = q * size + at;
        result.re[to] = x.re[q] + even.re[q] - sign * odd.im[q] + re * highest.re[q] - im * highest.im[q];
        result.im[to] = x.im[q] + even.im[q] + sign * odd.re[q] + re * highest.im[q] + im * highest.re[q];
      }
    }
  }
  return result;
}

/** x[k] + sign · x[-k], rows of `inner` numbers, from k = 1 on. */
function pairsOf(x: ComplexNumbers, n: number, inner: number, sign: number): ComplexNumbers {
  const pairs = complexZeros(((n - 1) >> 1) * inner);
  for (let at = 0, k = 1; at < pairs.re.length; k++)
    for (let up = k * inner, down = (n - k) * inner; up < (k + 1) * inner; at++, up++, down++) {
      pairs.re[at] = x.re[up] + sign * x.re[down];
      pairs.im[at] = x.im[up] + sign * x.im[down];
    }
  return pairs;
}

/** to += x[from …] · scale */
function addRow(to: ComplexNumbers, x: ComplexNumbers, from: number, scale: number): void {
  const { re: tr, im: ti } = to;
  const { re: xr, im: xi } = x;
  for (let q = 0; q < tr.length; q++) {
    tr[q] += scale * xr[from + q];
    ti[q] += scale * xi[from + q];
  }
}
