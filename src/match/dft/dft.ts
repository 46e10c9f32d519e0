// The discrete Fourier transform of arrays of any size along all axes, in float64: mixed radix, or Bluestein's algorithm for a length with a
// prime factor above 7. Registration needs it, because its period is the size of the picture. Convolutions can choose their length and use
// a faster one.

import { DOUBLE_BYTES } from '../../core/bytes.js';
import { product } from '../../core/lists.js';
import { heap } from '../../engine/heap.js';
import { modulo } from '../../geometry/phases.js';
import { copyMatrix } from '../../sums/orders.js';
import { areaBytes } from '../../sums/scratch.js';
import { matchModule } from '../module.js';
import { reusedDoubles } from '../reused-arrays.js';
import {
  type ComplexNumbers,
  complexZeros,
  cosine,
  exchanged,
  fastLength,
  isSmooth,
  multiply,
  passesOf,
  sine,
} from './length.js';

/** Complex numbers that are transformed at once. Two copies of them fit the second-level cache. */
const BLOCK = 2 ** 14;

/** Lengths whose tables are kept. */
const KEPT = 32;

/** X[k] = Σ_j x[j] · e^(-2πi·j·k/n) along every axis, in place or to another array. */
export function dft(x: ComplexNumbers, shape: readonly number[], out = x): void {
  shape.forEach((n, axis) => {
    transformAxis(axis === 0 ? x : out, n, product(shape.slice(axis + 1)), out);
  });
}

/** Σ_k X[k] · e^(2πi·j·k/n) along every axis, in place: the inverse transform without division by the number of elements. */
export function inverseDft(x: ComplexNumbers, shape: readonly number[]): void {
  dft(exchanged(x), shape);
}

/**
 * The inverse transform of a spectrum of real numbers, also without division.
 * @param x the first `kept` elements of the last axis, at least those to n / 2, the only ones that are used; overwritten
 * @param shape of the result, which begins the returned array, a reused one
 */
export function inverseRealDft(x: ComplexNumbers, shape: readonly number[], kept: number): Float64Array {
  const n = shape[shape.length - 1];
  const rows = product(shape) / n;
  for (let axis = 0, inner = rows; axis < shape.length - 1; axis++) {
    inner /= shape[axis];
    transformAxis(exchanged(x), shape[axis], inner * kept);
  }
  // the first half of the rows are real parts of one transform, and the others its imaginary parts
  const half = ((rows + 1) >> 1) * n;
  const result = reusedDoubles('inverse transform', 2 * half);
  const [zr, zi] = [result.subarray(0, half), result.subarray(half)];
  const { re, im } = x;
  const far = (half / n) * kept;
  for (let row = 0; row < half; row += n) {
    for (let k = 0, at = (row / n) * kept; k <= n >> 1; k++, at++) {
      const ar = re[at];
      const ai = im[at];
      // an odd number of rows: the last one has no other
      const br = re[at + far] ?? 0;
      const bi = im[at + far] ?? 0;
      const opposite = row + (k === 0 ? 0 : n - k);
      zr[opposite] = ar + bi;
      zi[opposite] = br - ai;
      zr[row + k] = ar - bi;
      zi[row + k] = br + ai;
    }
  }
  transformAxis({ re: zi, im: zr }, n, 1);
  return result;
}

/**
 * X[d] = Σ_f x[f] · e^(-2πi·f·(first + d)/period) along one axis, for `size` consecutive d. f is the signed frequency of an index k, k - n from
 * n / 2 on; any real `first` and `period`.
 * @param inner numbers between two elements of a line
 */
export function zoomDft(
  x: ComplexNumbers,
  n: number,
  inner: number,
  size: number,
  first: number,
  period: number,
): ComplexNumbers {
  const out = complexZeros((x.re.length / n) * size);
  byChirp(n, size, first, period)(x, inner, out);
  return out;
}

/** Transforms lines of some length whose elements are `inner` numbers apart. */
type LineTransform = (x: ComplexNumbers, inner: number, out: ComplexNumbers) => void;

/** The transforms of the lengths used last. */
const transforms = new Map<number, LineTransform>();

/** Transforms lines of n elements that are `inner` numbers apart. */
function transformAxis(x: ComplexNumbers, n: number, inner: number, out = x): void {
  if (n === 1 && out === x) return;
  let transform = transforms.get(n);
  if (!transform) {
    transform = isSmooth(n) ? byFactors(n, n, n) : byChirp(n, n, 0, n);
    if (transforms.size === KEPT) transforms.clear();
    transforms.set(n, transform);
  }
  transform(x, inner, out);
}

/** The factors of Bluestein's algorithm: for the elements of a padded line, for its transform, and for the results. */
interface Chirp {
  readonly before: ComplexNumbers;
  readonly filter: ComplexNumbers;
  readonly after: ComplexNumbers;
}

/**
 * Mixed radix: transforms several lines at a time in an interleaved copy.
 * @param n elements of a line
 * @param length of the transform. With `chirp`, zeros separate the elements of negative frequencies, which are at the end of a line
 * @param size elements of a result
 * @param chirp for Bluestein's algorithm, which transforms twice
 */
function byFactors(n: number, length: number, size: number, chirp?: Chirp): LineTransform {
  const { steps, table } = passesOf(length);
  return (x, inner, out) => {
    const all = x.re.length / n;
    // wasm transforms pairs of lines
    const lines = 2 * Math.max(1, Math.min(all + 1, BLOCK / length) >> 1);
    const engine = heap();
    const entries = matchModule(engine);
    const bytes = areaBytes(DOUBLE_BYTES * length * lines);
    const base = engine.reserve(4 * bytes + DOUBLE_BYTES * table.length, 'a transform');
    const { buffer } = engine.memory;
    const tables = base + 4 * bytes;
    new Float64Array(buffer, tables, table.length).set(table);
    // two areas of real and imaginary parts
    const areas = [0, 1, 2, 3].map((i) => base + i * bytes);
    const numbers = areas.map((at) => new Float64Array(buffer, at, length * lines));
    let source = 0;
    const transform = (width: number): ComplexNumbers => {
      let inside = width;
      for (const { radix, m, at } of steps) {
        const target = 2 - source;
        entries.dftPass(areas[source], areas[target], bytes, tables + DOUBLE_BYTES * at, radix, m, inside);
        inside *= radix;
        source = target;
      }
      return { re: numbers[source], im: numbers[source + 1] };
    };
    // elements that go to the end of a padded line
    const negative = chirp ? n >> 1 : 0;
    for (let line = 0, count = 0; line < all; line += count) {
      // rows are one after another, columns side by side
      const column = line % inner;
      count = Math.min(lines, inner > 1 ? inner - column : all - line);
      const width = count + (count & 1);
      const item = line - column;
      const packed = [width, 1] as const;
      const gap = (n - negative) * width;
      [x.re, x.im].forEach((part, i) => {
        const to = numbers[source + i];
        const from = item * n + column;
        const apart = [inner, inner > 1 ? 1 : n] as const;
        copyMatrix(n - negative, count, part, from, apart, to, 0, packed);
        to.fill(0, gap, gap + (length - n) * width);
        const upper = from + (n - negative) * inner;
        copyMatrix(negative, count, part, upper, apart, to, (length - negative) * width, packed);
      });
      if (chirp) {
        const padded = { re: numbers[source], im: numbers[source + 1] };
        multiply(padded, 0, chirp.before, padded, 0, width);
        // an inverse transform is a forward transform with real and imaginary parts exchanged
        const spectrum = transform(width);
        multiply(spectrum, 0, chirp.filter, exchanged(spectrum), 0, width);
        const sums = transform(width);
        multiply(exchanged(sums), 0, chirp.after, sums, 0, width);
      } else transform(width);
      [out.re, out.im].forEach((part, i) => {
        const apart = [inner, inner > 1 ? 1 : size] as const;
        copyMatrix(size, count, numbers[source + i], 0, packed, part, item * size + column, apart);
      });
    }
  };
}

/**
 * Bluestein's algorithm: as f·d = (f² + d² - (d - f)²) / 2, a transform is a convolution with the chirp e^(iπt²/period), preceded and followed
 * by a multiplication by its conjugate. The convolution uses transforms of a fast length.
 */
function byChirp(n: number, size: number, first: number, period: number): LineTransform {
  const length = fastLength(n + size - 1);
  const before = complexZeros(length);
  const filter = complexZeros(length);
  const after = complexZeros(size);
  /** to[at] = scale · e^(-iπt²/period), or its conjugate */
  const setChirp = (to: ComplexNumbers, at: number, t: number, scale: number, sign: number) => {
    to.re[at] = scale * cosine(t * t, 2 * period);
    to.im[at] = -sign * scale * sine(t * t, 2 * period);
  };
  const negative = n >> 1;
  for (let f = -negative; f < n - negative; f++) setChirp(before, modulo(f, length), f, 1, 1);
  for (let d = 0; d < size; d++) setChirp(after, d, first + d, 1, 1);
  // divided by the length, for the inverse transform
  for (let t = 1 + negative - n; t < size + negative; t++)
    setChirp(filter, modulo(t, length), first + t, 1 / length, -1);
  dft(filter, [length]);
  return byFactors(n, length, size, { before, filter, after });
}
