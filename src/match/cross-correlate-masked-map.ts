// CrossCorrelateMaskedMap: Padfield's masked correlation: six plain correlations, by transforms of the two arrays, of their squares and of
// their masks, and the coefficient over what both masks show.

import { product } from '../core/lists.js';
import { dft, inverseDft } from '../sums/dft.js';
import { complexZeros, fastLength } from '../sums/dft-length.js';
import type { ComplexNumbers } from '../sums/dft-passes.js';
import { magnitudeOf } from './pattern.js';
import { opposites } from './phase-cross-correlation-spectrum.js';
import { boxOf, elementsOf } from './places.js';

/** Numbers, of which those count where the cover is 1. */
export interface Covered {
  readonly data: Float64Array;
  readonly shape: readonly number[];
  readonly cover: Uint8Array;
}

/** The coefficient at every shift of the second array over the first, and over how many elements it was taken. */
export interface MaskedMap {
  readonly shape: number[];
  readonly scores: Float64Array;
  readonly overlaps: Float64Array;
}

/**
 * The map of all shifts, or in mode 'same' of as many as the first array has elements, from the middle. Of shifts with fewer than
 * `overlapRatio` times the most elements of any shift in the map, and of flat overlaps, the score is 0.
 */
export function maskedMap(
  first: Covered,
  second: Covered,
  overlapRatio: number,
  mode: 'full' | 'same' = 'full',
): MaskedMap {
  const all = first.shape.map((n, axis) => n + second.shape[axis] - 1);
  const shape = mode === 'full' ? all : [...first.shape];
  const padded = all.map(fastLength);
  const [a, b] = [standard(first), standard(second)];
  // each plane is a real array, two of them share a transform
  const values = complexZeros(product(padded));
  const covers = complexZeros(product(padded));
  const squares = complexZeros(product(padded));
  const [placesOfFirst, placesOfSecond] = [boxOf(padded, first.shape), boxOf(padded, second.shape)];
  put(values.re, a, placesOfFirst);
  put(values.im, b, placesOfSecond);
  put(covers.re, first.cover, placesOfFirst);
  put(covers.im, second.cover, placesOfSecond);
  put(squares.re, a.map(square), placesOfFirst);
  put(squares.im, b.map(square), placesOfSecond);
  for (const plane of [values, covers, squares]) dft(plane, padded);
  multiply(values, covers, squares, opposites(padded));
  for (const plane of [values, covers, squares]) inverseDft(plane, padded);

  const sums: Sums = {
    products: values.re,
    overlap: values.im,
    ofFirst: covers.re,
    ofSecond: covers.im,
    squaresOfFirst: squares.re,
    squaresOfSecond: squares.im,
  };
  // the first of all shifts is 1 - size of the second array, and shifts below 0 stand at the end
  const places = elementsOf(padded, shape, (o, axis) => {
    const shift = o + ((all[axis] - shape[axis]) >> 1) + 1 - second.shape[axis];
    return shift < 0 ? shift + padded[axis] : shift;
  });
  const floors = [floorOf(a, second.cover), floorOf(b, first.cover)] as const;
  return { shape, ...coefficients(sums, places, product(padded), floors, overlapRatio) };
}

/** What is known of each shift, times the number of elements of a transform: sums over the elements that both masks show. */
interface Sums {
  readonly products: Float64Array;
  readonly overlap: Float64Array;
  readonly ofFirst: Float64Array;
  readonly ofSecond: Float64Array;
  readonly squaresOfFirst: Float64Array;
  readonly squaresOfSecond: Float64Array;
}

function coefficients(
  sums: Sums,
  places: Int32Array,
  scale: number,
  [floorOfFirst, floorOfSecond]: readonly [number, number],
  overlapRatio: number,
): Pick<MaskedMap, 'scores' | 'overlaps'> {
  const scores = new Float64Array(places.length);
  const norms = new Float64Array(places.length);
  const overlaps = new Float64Array(places.length);
  for (let o = 0; o < places.length; o++) {
    const at = places[o];
    const count = Math.round(sums.overlap[at] / scale);
    overlaps[o] = count;
    if (count === 0) continue;
    const first = sums.ofFirst[at] / scale;
    const second = sums.ofSecond[at] / scale;
    const ofFirst = sums.squaresOfFirst[at] / scale - (first * first) / count;
    const ofSecond = sums.squaresOfSecond[at] / scale - (second * second) / count;
    if (ofFirst <= floorOfFirst || ofSecond <= floorOfSecond) continue;
    norms[o] = Math.sqrt(ofFirst * ofSecond);
    scores[o] = sums.products[at] / scale - (first * second) / count;
  }
  const limit = 1e3 * Number.EPSILON * magnitudeOf(norms);
  const fewest = overlapRatio * magnitudeOf(overlaps);
  for (let o = 0; o < places.length; o++) {
    const counts = norms[o] > limit && overlaps[o] >= fewest;
    scores[o] = counts ? Math.min(1, Math.max(-1, scores[o] / norms[o])) : 0;
  }
  return { scores, overlaps };
}

/** The elements that count less their mean, in units of their deviation, and 0 for the others: no coefficient changes. */
function standard({ data, cover }: Covered): Float64Array {
  let [count, sum, squares] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    if (cover[i] === 0) continue;
    count++;
    sum += data[i];
  }
  const mean = sum / count;
  for (let i = 0; i < data.length; i++) if (cover[i] !== 0) squares += (data[i] - mean) ** 2;
  const deviation = Math.sqrt(squares / count) || 1;
  return data.map((value, i) => (cover[i] === 0 ? 0 : (value - mean) / deviation));
}

/**
 * What a variance may be by rounding alone: the squares' correlation with the other mask is off by log2 of the size times 2^-53 times
 * both norms, and the products of the sums by no more.
 */
function floorOf(x: Float64Array, otherCover: Uint8Array): number {
  let [fourth, count] = [0, 0];
  for (let i = 0; i < x.length; i++) fourth += x[i] ** 4;
  for (let i = 0; i < otherCover.length; i++) count += otherCover[i];
  return 32 * Number.EPSILON * Math.sqrt(fourth * count);
}

function put(to: Float64Array, from: ArrayLike<number>, places: Int32Array): void {
  for (let i = 0; i < places.length; i++) to[places[i]] = from[i];
}

const square = (x: number) => x * x;

/**
 * Takes each transform apart into those of its two real arrays, multiplies those of the first with the conjugates of those of the second,
 * and puts two and two products together: in place, frequency k and its opposite at once.
 */
function multiply(
  values: ComplexNumbers,
  covers: ComplexNumbers,
  squares: ComplexNumbers,
  opposite: Int32Array,
): void {
  const [a, b, ma, mb, aa, bb] = Array.from({ length: 6 }, () => new Float64Array(2));
  for (let k = 0; k < opposite.length; k++) {
    const o = opposite[k];
    if (o < k) continue;
    split(values, k, o, a, b);
    split(covers, k, o, ma, mb);
    split(squares, k, o, aa, bb);
    join(values, k, o, a, b, ma, mb);
    join(covers, k, o, a, mb, ma, b);
    join(squares, k, o, aa, mb, ma, bb);
  }
}

/** The two real arrays' transforms at k, out of those of one plus i times the other at k and at -k. */
function split(
  { re, im }: ComplexNumbers,
  k: number,
  o: number,
  one: Float64Array,
  other: Float64Array,
): void {
  one[0] = (re[k] + re[o]) / 2;
  one[1] = (im[k] - im[o]) / 2;
  other[0] = (im[k] + im[o]) / 2;
  other[1] = (re[o] - re[k]) / 2;
}

/** P = p·q* and R = r·s* are transforms of real arrays: P + iR at k, and P* + iR* at -k. */
function join(
  { re, im }: ComplexNumbers,
  k: number,
  o: number,
  p: Float64Array,
  q: Float64Array,
  r: Float64Array,
  s: Float64Array,
): void {
  const pr = p[0] * q[0] + p[1] * q[1];
  const pi = p[1] * q[0] - p[0] * q[1];
  const rr = r[0] * s[0] + r[1] * s[1];
  const ri = r[1] * s[0] - r[0] * s[1];
  re[k] = pr - ri;
  im[k] = pi + rr;
  re[o] = pr + ri;
  im[o] = rr - pi;
}
