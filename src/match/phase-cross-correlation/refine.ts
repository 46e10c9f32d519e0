// Subpixel refinement: the cross-correlation at fractions of an element around a position, computed from the cross power by a small DFT
// matrix along each axis. This needs no transform of `factor` times the size (Guizar-Sicairos 2008).

import { product } from '../../core/lists.js';
import { type ComplexNumbers, complexZeros, cosine, sine } from '../dft/length.js';
import { shiftedBy } from './spectrum.js';

/** The shifts to evaluate: `half` steps of 1 / factor to either side along each axis. */
interface Region {
  readonly factor: number;
  readonly half: number;
}

/**
 * Σ_k power[k] · e^(2πi·Σ f·shift/n) at the shifts of the region around `centre`. f is the signed frequency of k; for even n, k = n / 2 has
 * f = -n / 2.
 * @returns 2 · `region.half` + 1 numbers along each axis
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
  const sizes = [...shape];
  // the longest axis first: afterwards it has only the elements of the region, so the other axes have fewer lines
  const axes = [...shape.keys()].sort((a, b) => shape[b] - shape[a]);
  for (const axis of axes) {
    x = along(x, shape[axis], product(sizes.slice(axis + 1)), region);
    sizes[axis] = 2 * region.half + 1;
  }
  return x;
}

/** [outer][n][inner] to [outer][2 · half + 1][inner]. */
function along(x: ComplexNumbers, n: number, inner: number, { factor, half }: Region): ComplexNumbers {
  const lines = x.re.length / n;
  const size = 2 * half + 1;
  const result = complexZeros(size * lines);
  const sums = pairsOf(x, n, inner, 1);
  const differences = pairsOf(x, n, inner, -1);
  // frequencies k and -k contribute c·(x[k] + x[-k]) + i·s·(x[k] - x[-k]); steps d and -d have the same c and opposite s
  for (let d = 0; d <= half; d++) {
    const even = complexZeros(lines);
    const odd = complexZeros(lines);
    for (let k = 0; 2 * k <= n; k++) {
      addRow(even, sums, k * lines, cosine(k * d, n * factor));
      addRow(odd, differences, k * lines, sine(k * d, n * factor));
    }
    for (const sign of [1, -1])
      for (let line = 0, to = (half + sign * d) * inner; line < lines; to += (size - 1) * inner)
        for (const end = line + inner; line < end; line++, to++) {
          result.re[to] = even.re[line] - sign * odd.im[line];
          result.im[to] = even.im[line] + sign * odd.re[line];
        }
  }
  return result;
}

/** x[k] + sign · x[-k] of all lines, for k = 0, then k = 1, and so on. A frequency without its opposite counts once. */
function pairsOf(x: ComplexNumbers, n: number, inner: number, sign: number): ComplexNumbers {
  const pairs = complexZeros((((n >> 1) + 1) * x.re.length) / n);
  for (let k = 0, at = 0; 2 * k <= n; k++) {
    // 0 is its own opposite, and n / 2 is only negative
    const one = Number(2 * k < n);
    const other = k > 0 ? sign : 0;
    for (let first = 0; first < x.re.length; first += n * inner) {
      let up = first + k * inner;
      let down = first + ((n - k) % n) * inner;
      for (const end = at + inner; at < end; at++, up++, down++) {
        pairs.re[at] = one * x.re[up] + other * x.re[down];
        pairs.im[at] = one * x.im[up] + other * x.im[down];
      }
    }
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
