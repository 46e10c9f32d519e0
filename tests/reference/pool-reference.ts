// The naive reference of pooling, unfold and fold: in float64 by loops straight from torch's documentation. Shares nothing with src.

import { product } from './reference.js';

/** A function over windows, with an entry for each axis. */
export interface PoolProblem {
  name: 'max' | 'avg';
  maps: number;
  input: number[];
  kernel: number[];
  stride: number[];
  padding: number[];
  dilation: number[];
  ceilMode: boolean;
  countIncludePad: boolean;
  divisorOverride: number | null;
}

/** Outputs, and for each the sum of absolute values over its divisor, and how many numbers went into it. */
export interface PoolReference {
  shape: number[];
  output: Float64Array;
  absSum: Float64Array;
  terms: Int32Array;
}

/** How many windows an axis has. */
export function windowCount(p: PoolProblem, axis: number): number {
  const [size, kernel, stride, padding, dilation] = [p.input, p.kernel, p.stride, p.padding, p.dilation].map(
    (all) => all[axis],
  );
  const exact = (size + 2 * padding - dilation * (kernel - 1) - 1) / stride;
  if (!p.ceilMode) return Math.floor(exact) + 1;
  const count = Math.ceil(exact) + 1;
  return (count - 1) * stride >= size + padding ? count - 1 : count;
}

/** All index tuples below some sizes, the last index fastest. */
export function* places(sizes: readonly number[]): Generator<number[]> {
  for (let n = 0; n < product(sizes); n++) {
    let rest = n;
    yield [...sizes]
      .reverse()
      .map((size) => {
        const index = rest % size;
        rest = (rest - index) / size;
        return index;
      })
      .reverse();
  }
}

const indexOf = (place: readonly number[], sizes: readonly number[]) =>
  place.reduce((index, at, axis) => index * sizes[axis] + at, 0);

const isInside = (place: readonly number[], sizes: readonly number[]) =>
  place.every((at, axis) => at >= 0 && at < sizes[axis]);

export function poolReference(p: PoolProblem, x: Float32Array): PoolReference {
  const shape = p.input.map((_, axis) => windowCount(p, axis));
  const count = p.maps * product(shape);
  const output = new Float64Array(count);
  const absSum = new Float64Array(count);
  const terms = new Int32Array(count);
  const size = product(p.input);
  const taps = [...places(p.kernel)];
  let at = 0;
  for (let map = 0; map < p.maps; map++) {
    for (const place of places(shape)) {
      let most = Number.NEGATIVE_INFINITY;
      let sum = 0;
      let magnitudes = 0;
      let numbers = 0;
      let positions = 0;
      for (const tap of taps) {
        const position = place.map(
          (o, axis) => o * p.stride[axis] - p.padding[axis] + tap[axis] * p.dilation[axis],
        );
        if (position.every((i, axis) => i < p.input[axis] + p.padding[axis])) positions++;
        if (!isInside(position, p.input)) continue;
        const value = x[map * size + indexOf(position, p.input)];
        numbers++;
        sum += value;
        magnitudes += Math.abs(value);
        if (value > most || Number.isNaN(value)) most = value;
        if (Number.isNaN(most)) most = Number.NaN;
      }
      const divisor = p.divisorOverride ?? (p.countIncludePad ? positions : numbers);
      output[at] = p.name === 'max' ? most : sum / divisor;
      absSum[at] = magnitudes / Math.abs(divisor);
      terms[at++] = numbers;
    }
  }
  return { shape, output, absSum, terms };
}

/** For each output of max pooling, the index of the largest number of its window in the map: of equal ones the first, of several NaN the last. */
export function poolPlaces(p: PoolProblem, x: Float32Array): number[] {
  const size = product(p.input);
  const taps = [...places(p.kernel)];
  const found: number[] = [];
  for (let map = 0; map < p.maps; map++)
    for (const place of places(p.input.map((_, axis) => windowCount(p, axis)))) {
      let most = Number.NEGATIVE_INFINITY;
      let best = -1;
      for (const tap of taps) {
        const position = place.map(
          (o, axis) => o * p.stride[axis] - p.padding[axis] + tap[axis] * p.dilation[axis],
        );
        if (!isInside(position, p.input)) continue;
        const at = indexOf(position, p.input);
        const value = x[map * size + at];
        if (best < 0 || value > most || Number.isNaN(value)) [best, most] = [at, value];
      }
      found.push(best);
    }
  return found;
}

/**
 * The gradient of the input: each of the output's goes to the largest number of its window, of equal ones the first and of several NaN the
 * last, or in equal parts to all of it.
 */
export function poolGradient(p: PoolProblem, x: Float32Array, g: Float32Array): PoolReference {
  const shape = p.input.map((_, axis) => windowCount(p, axis));
  const size = product(p.input);
  const output = new Float64Array(p.maps * size);
  const absSum = new Float64Array(p.maps * size);
  const terms = new Int32Array(p.maps * size);
  const give = (at: number, value: number) => {
    output[at] += value;
    absSum[at] += Math.abs(value);
    terms[at]++;
  };
  const taps = [...places(p.kernel)];
  let o = 0;
  for (let map = 0; map < p.maps; map++) {
    for (const place of places(shape)) {
      const positions = taps
        .map((tap) =>
          place.map((at, axis) => at * p.stride[axis] - p.padding[axis] + tap[axis] * p.dilation[axis]),
        )
        .filter((position) => position.every((i, axis) => i < p.input[axis] + p.padding[axis]));
      const inside = positions
        .filter((position) => isInside(position, p.input))
        .map((position) => map * size + indexOf(position, p.input));
      const [first] = inside;
      if (p.name === 'max' && first !== undefined)
        give(
          inside.reduce((best, at) => (x[at] > x[best] || Number.isNaN(x[at]) ? at : best), first),
          g[o],
        );
      const divisor = p.divisorOverride ?? (p.countIncludePad ? positions.length : inside.length);
      if (p.name === 'avg') for (const at of inside) give(at, g[o] / divisor);
      o++;
    }
  }
  return { shape: p.input, output, absSum, terms };
}

/** Means or maxima of parts. The maximum of a part with a NaN is NaN. */
export function adaptiveReference(
  name: 'max' | 'avg',
  maps: number,
  input: number[],
  shape: number[],
  x: Float32Array,
): PoolReference {
  const count = maps * product(shape);
  const output = new Float64Array(count);
  const absSum = new Float64Array(count);
  const terms = new Int32Array(count);
  const size = product(input);
  let at = 0;
  for (let map = 0; map < maps; map++) {
    for (const place of places(shape)) {
      const begin = place.map((o, axis) => Math.floor((o * input[axis]) / shape[axis]));
      const lengths = place.map((o, axis) => Math.ceil(((o + 1) * input[axis]) / shape[axis]) - begin[axis]);
      let sum = 0;
      let magnitudes = 0;
      let largest = Number.NEGATIVE_INFINITY;
      for (const step of places(lengths)) {
        const value =
          x[
            map * size +
              indexOf(
                step.map((i, axis) => begin[axis] + i),
                input,
              )
          ];
        sum += value;
        magnitudes += Math.abs(value);
        largest = Math.max(largest, value);
      }
      terms[at] = product(lengths);
      absSum[at] = magnitudes / terms[at];
      output[at] = name === 'max' ? largest : sum / terms[at];
      at++;
    }
  }
  return { shape, output, absSum, terms };
}

/** How columns lie on a picture, height first. */
interface Steps {
  dilation: number[];
  padding: number[];
  stride: number[];
}

/** For each place of the columns of a map of a picture: the pixel that it shows, or -1. */
export function unfoldedPixels(
  size: number[],
  kernel: number[],
  { dilation, padding, stride }: Steps,
): number[] {
  const windows = size.map((pixels, axis) =>
    Math.floor((pixels + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis] + 1),
  );
  return [...places(kernel)].flatMap((tap) =>
    [...places(windows)].map((window) => {
      const pixel = window.map((o, axis) => o * stride[axis] + tap[axis] * dilation[axis] - padding[axis]);
      return isInside(pixel, size) ? indexOf(pixel, size) : -1;
    }),
  );
}

/** The sums of columns at their pixels. */
export function foldReference(
  x: Float32Array,
  maps: number,
  size: number[],
  kernel: number[],
  steps: Steps,
): PoolReference {
  const pixels = unfoldedPixels(size, kernel, steps);
  const plane = product(size);
  const output = new Float64Array(maps * plane);
  const absSum = new Float64Array(maps * plane);
  const terms = new Int32Array(maps * plane);
  for (let map = 0; map < maps; map++) {
    pixels.forEach((pixel, column) => {
      if (pixel < 0) return;
      const value = x[map * pixels.length + column];
      output[map * plane + pixel] += value;
      absSum[map * plane + pixel] += Math.abs(value);
      terms[map * plane + pixel]++;
    });
  }
  return { shape: size, output, absSum, terms };
}
