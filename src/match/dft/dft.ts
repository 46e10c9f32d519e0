// The discrete Fourier transform of arrays of any size along all axes, in float64: mixed radix, or Bluestein's algorithm for a length with a
// prime factor above 7. Registration needs it, because its period is the size of the picture. Convolutions can choose their length and use
// a faster one.

import { DOUBLE_BYTES } from '../../core/bytes.js';
import { product } from '../../core/lists.js';
import { heap } from '../../engine/heap.js';
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

/** Transforms lines of some length whose elements are `inner` numbers apart. */
type LineTransform = (x: ComplexNumbers, inner: number, out: ComplexNumbers) => void;

/** The transforms of the lengths used last. */
const transforms = new Map<number, LineTransform>();

/** Transforms lines of n elements that are `inner` numbers apart. */
function transformAxis(x: ComplexNumbers, n: number, inner: number, out = x): void {
  if (n === 1 && out === x) return;
  let transform = transforms.get(n);
  if (!transform) {
    transform = isSmooth(n) ? byFactors(n) : byChirp(n);
    if (transforms.size === KEPT) transforms.clear();
    transforms.set(n, transform);
  }
  transform(x, inner, out);
}

/** Mixed radix: transforms several lines at a time in an interleaved copy. */
function byFactors(n: number): LineTransform {
  const { steps, table } = passesOf(n);
  return (x, inner, out) => {
    const all = x.re.length / n;
    // wasm transforms pairs of lines
    const lines = 2 * Math.max(1, Math.min(all + 1, BLOCK / n) >> 1);
    const engine = heap();
    const entries = matchModule(engine);
    const bytes = areaBytes(DOUBLE_BYTES * n * lines);
    const base = engine.reserve(4 * bytes + DOUBLE_BYTES * table.length, 'a transform');
    const { buffer } = engine.memory;
    const tables = base + 4 * bytes;
    new Float64Array(buffer, tables, table.length).set(table);
    // two areas of real and imaginary parts
    const areas = [0, 1, 2, 3].map((i) => base + i * bytes);
    const numbers = areas.map((at) => new Float64Array(buffer, at, n * lines));
    for (let line = 0, count = 0; line < all; line += count) {
      // rows are one after another, columns side by side
      const column = line % inner;
      count = Math.min(lines, inner > 1 ? inner - column : all - line);
      const width = count + (count & 1);
      const from = (line - column) * n + column;
      const apart = [inner, inner > 1 ? 1 : n] as const;
      const packed = [width, 1] as const;
      let [source, target, size] = [0, 2, width];
      [x.re, x.im].forEach((part, i) => {
        copyMatrix(n, count, part, from, apart, numbers[i], 0, packed);
      });
      for (const { radix, m, at } of steps) {
        entries.dftPass(areas[source], areas[target], bytes, tables + DOUBLE_BYTES * at, radix, m, size);
        size *= radix;
        [source, target] = [target, source];
      }
      [out.re, out.im].forEach((part, i) => {
        copyMatrix(n, count, numbers[source + i], 0, packed, part, from, apart);
      });
    }
  };
}

/**
 * Bluestein's algorithm: as j·k = (j² + k² - (k - j)²) / 2, a transform is a convolution with the chirp e^(iπj²/n), preceded and followed by a
 * multiplication by its conjugate. The convolution uses transforms of a fast length.
 */
function byChirp(n: number): LineTransform {
  const length = fastLength(2 * n - 1);
  // e^(-iπj²/n)
  const chirp = complexZeros(n);
  // the transform of the conjugate chirp, divided by its length
  const filter = complexZeros(length);
  // j² modulo 2n, from differences, so that it stays an exact integer for any length
  for (let j = 0, square = 0; j < n; square = (square + 2 * j + 1) % (2 * n), j++) {
    chirp.re[j] = cosine(square, 2 * n);
    chirp.im[j] = -sine(square, 2 * n);
    for (const at of [j, (length - j) % length]) {
      filter.re[at] = chirp.re[j] / length;
      filter.im[at] = -chirp.im[j] / length;
    }
  }
  dft(filter, [length]);
  return (x, inner, out) => {
    const size = n * inner;
    const room = length * inner;
    const items = x.re.length / size;
    const group = Math.min(items, Math.max(1, Math.floor(BLOCK / room)));
    const padded = complexZeros(group * room);
    for (let first = 0; first < items; first += group) {
      const count = Math.min(group, items - first);
      padded.re.fill(0);
      padded.im.fill(0);
      for (let i = 0; i < count; i++) multiply(x, (first + i) * size, chirp, padded, i * room, inner);
      transformAxis(padded, length, inner);
      for (let i = 0; i < count; i++) multiply(padded, i * room, filter, padded, i * room, inner);
      // an inverse transform is a forward transform with real and imaginary parts exchanged
      transformAxis(exchanged(padded), length, inner);
      for (let i = 0; i < count; i++) multiply(padded, i * room, chirp, out, (first + i) * size, inner);
    }
  };
}
