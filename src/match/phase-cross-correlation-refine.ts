// PhaseCrossCorrelationRefine: a cross-correlation at fractions of an element around a place, out of the cross power: along each axis a
// product with a small matrix of complex turns, so that no transform of `factor` times the size is needed.

import { product } from '../core/lists.js';
import { complexZeros, cosine, sine } from '../sums/dft-length.js';
import type { ComplexNumbers } from '../sums/dft-passes.js';

/** Which shifts: `size` steps of 1 / factor along each axis, of which step `half` is the middle. */
interface Region {
  readonly factor: number;
  readonly size: number;
  readonly half: number;
}

/**
 * Σ_k power[k] · e^(2πi·Σ f·shift/n) at the shifts of the region around `centre`, f the frequency nearest to 0, below it for half of an
 * even size.
 * @returns `region.size` numbers along each axis
 */
export function correlationAround(
  power: ComplexNumbers,
  shape: readonly number[],
  centre: readonly number[],
  region: Region,
): ComplexNumbers {
  let x = power;
  shape.forEach((n, axis) => {
    // the axis in turn is the first one: each product hands it on as the last
    const inner = product(shape.slice(axis + 1)) * region.size ** axis;
    x = alongFirst(x, n, inner, centre[axis], region);
  });
  return x;
}

/** [n][inner] to [inner][size]. */
function alongFirst(
  x: ComplexNumbers,
  n: number,
  inner: number,
  centre: number,
  region: Region,
): ComplexNumbers {
  const { factor, size, half } = region;
  const rows = pairsAt(x, n, inner, centre);
  const result = complexZeros(size * inner);
  const even = complexZeros(inner);
  const odd = complexZeros(inner);
  // frequencies k and -k make c·(x[k] + x[-k]) + i·s·(x[k] - x[-k]), and steps d and -d have the same c and opposite s
  for (let d = 0; d <= half; d++) {
    for (const sums of [even.re, even.im, odd.re, odd.im]) sums.fill(0);
    for (let k = 1; k <= rows.pairs; k++) {
      const c = cosine(k * d, n * factor);
      const s = sine(k * d, n * factor);
      addRow(even, rows.sums, (k - 1) * inner, c);
      addRow(odd, rows.differences, (k - 1) * inner, s);
    }
    for (const sign of d === 0 ? [1] : [1, -1]) {
      const at = half + sign * d;
      if (at >= size) continue;
      const re = cosine(-sign * d, 2 * factor);
      const im = sine(-sign * d, 2 * factor);
      for (let q = 0; q < inner; q++) {
        const to = q * size + at;
        const { alone, highest } = rows;
        result.re[to] = alone.re[q] + even.re[q] - sign * odd.im[q] + re * highest.re[q] - im * highest.im[q];
        result.im[to] = alone.im[q] + even.im[q] + sign * odd.re[q] + re * highest.im[q] + im * highest.re[q];
      }
    }
  }
  return result;
}

/** The rows of an axis, rotated so that the centre is at 0. */
interface Rows {
  readonly pairs: number;
  /** x[k] + x[-k] and x[k] - x[-k], from k = 1 on */
  readonly sums: ComplexNumbers;
  readonly differences: ComplexNumbers;
  /** frequency 0, and -n/2 of an even n or zeros */
  readonly alone: ComplexNumbers;
  readonly highest: ComplexNumbers;
}

function pairsAt(x: ComplexNumbers, n: number, inner: number, centre: number): Rows {
  const pairs = (n - 1) >> 1;
  const [sums, differences] = [complexZeros(pairs * inner), complexZeros(pairs * inner)];
  const [alone, highest] = [complexZeros(inner), complexZeros(inner)];
  addRow(alone, x, 0, 1);
  if (n % 2 === 0) addTurned(highest, 0, x, (n / 2) * inner, cosine(-centre, 2), sine(-centre, 2));
  for (let k = 1; k <= pairs; k++) {
    const [c, s] = [cosine(k * centre, n), sine(k * centre, n)];
    const to = (k - 1) * inner;
    const [up, down] = [k * inner, (n - k) * inner];
    addTurned(sums, to, x, up, c, s, inner);
    addTurned(sums, to, x, down, c, -s, inner);
    addTurned(differences, to, x, up, c, s, inner);
    addTurned(differences, to, x, down, -c, s, inner);
  }
  return { pairs, sums, differences, alone, highest };
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

/** to[at …] += x[from …] · (c + i·s) */
function addTurned(
  to: ComplexNumbers,
  at: number,
  x: ComplexNumbers,
  from: number,
  c: number,
  s: number,
  count = to.re.length,
): void {
  for (let q = 0; q < count; q++) {
    const re = x.re[from + q];
    const im = x.im[from + q];
    to.re[at + q] += re * c - im * s;
    to.im[at + q] += re * s + im * c;
  }
}
