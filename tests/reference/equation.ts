// The one equation of a convolution, `stride * o + dilation * k = upsample * x + padding`, evaluated in float64 for every product
// that it asks for, and its two gradients by the same products. Takes nothing from src but types.

import type { Axis } from '#src/geometry/axis.js';
import type { Convolution, MapStrides } from '#src/problem/convolution.js';
import type { Reference } from './reference.js';

/** How many numbers input, weight and output have. */
export function numbersOf(c: Convolution): { input: number; weight: number; output: number } {
  const all = (pick: (axis: Axis) => number) => c.axes.reduce((size, axis) => size * pick(axis), 1);
  return {
    input: c.batch * c.groups * c.channels * all(({ input }) => input),
    weight: c.groups * c.filters * c.channels * all(({ kernel }) => kernel),
    output: c.batch * c.groups * c.filters * all(({ output }) => output),
  };
}

/** Every (-1, k, o) of an axis for which the equation has a whole x outside of the input. */
function outsideAlong({ input, kernel, output, stride, dilation, upsample, padding }: Axis): number[] {
  const triples: number[] = [];
  for (let k = 0; k < kernel; k++) {
    for (let o = 0; o < output; o++) {
      const x = (stride * o + dilation * k - padding) / upsample;
      if (Number.isInteger(x) && (x < 0 || x >= input)) triples.push(-1, k, o);
    }
  }
  return triples;
}

/** Every (x, k, o) of an axis that satisfies the equation, one after another. */
export function triplesAlong({ input, kernel, output, stride, dilation, upsample, padding }: Axis): number[] {
  const triples: number[] = [];
  for (let x = 0; x < input; x++) {
    for (let k = 0; k < kernel; k++) {
      const strides = upsample * x + padding - dilation * k;
      const o = strides / stride;
      if (Number.isInteger(o) && o >= 0 && o < output) triples.push(x, k, o);
    }
  }
  return triples;
}

/** Products that the equation asks for. */
export function productsOf(c: Convolution): number {
  const triples = c.axes.reduce((count, axis) => (count * triplesAlong(axis).length) / 3, 1);
  return triples * c.batch * c.groups * c.channels * c.filters;
}

/**
 * Visits every product: the places of its input, its weight and its output.
 * @param withZeros also those with a zero of padding, whose input has the place -1
 */
function eachProduct(
  c: Convolution,
  visit: (x: number, w: number, y: number) => void,
  withZeros = false,
): void {
  const [depths, rows, columns] = c.axes.map((axis) => [
    ...triplesAlong(axis),
    ...(withZeros ? outsideAlong(axis) : []),
  ]);
  const place = (source: number, [d, h, w]: number[], [, height, width]: readonly Axis[]) =>
    d < 0 || h < 0 || w < 0 ? -1 : source + (d * height.input + h) * width.input + w;
  const [, h, w] = c.axes;
  eachMap(c.batch, c.groups, c.filters, c.output, (target, image, group, filter) => {
    for (let channel = 0; channel < c.channels; channel++) {
      const source = image * c.input.image + group * c.input.group + channel * c.input.map;
      const kernel = group * c.weight.group + filter * c.weight.filter + channel * c.weight.channel;
      for (let i = 0; i < depths.length; i += 3) {
        for (let j = 0; j < rows.length; j += 3) {
          const k = kernel + (depths[i + 1] * h.kernel + rows[j + 1]) * w.kernel;
          const o = target + (depths[i + 2] * h.output + rows[j + 2]) * w.output;
          for (let t = 0; t < columns.length; t += 3)
            visit(
              place(source, [depths[i], rows[j], columns[t]], c.axes),
              k + columns[t + 1],
              o + columns[t + 2],
            );
        }
      }
    }
  });
}

function eachMap(
  batch: number,
  groups: number,
  maps: number,
  strides: MapStrides,
  visit: (first: number, image: number, group: number, map: number) => void,
): void {
  for (let image = 0; image < batch; image++)
    for (let group = 0; group < groups; group++)
      for (let map = 0; map < maps; map++)
        visit(image * strides.image + group * strides.group + map * strides.map, image, group, map);
}

/** The outputs, and for each the sum of its products' sizes and how many there are. */
export function outputsOf(
  c: Convolution,
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number> | null = null,
): Reference {
  const size = numbersOf(c).output;
  const output = new Float64Array(size);
  const absSum = new Float64Array(size);
  const terms = new Int32Array(size);
  const map = c.axes.reduce((count, axis) => count * axis.output, 1);
  eachMap(c.batch, c.groups, c.filters, c.output, (first, _, group, filter) => {
    const value = bias?.[group * c.filters + filter] ?? 0;
    output.fill(value, first, first + map);
    absSum.fill(Math.abs(value), first, first + map);
  });
  eachProduct(
    c,
    (i, k, o) => {
      const value = (i < 0 ? 0 : x[i]) * weight[k];
      output[o] += value;
      absSum[o] += Math.abs(value);
      if (i >= 0) terms[o]++;
    },
    c.outside === 'zeros' && !Array.prototype.every.call(weight, Number.isFinite),
  );
  return { shape: [size], output, absSum, terms };
}

/** What a change of each input does to the outputs, `g` being what a change of each output is worth. */
export function inputGradientsOf(c: Convolution, g: ArrayLike<number>, weight: ArrayLike<number>): Reference {
  return gathered(c, numbersOf(c).input, (i, k, o) => [i, g[o] * weight[k]]);
}

/** The same of each weight. */
export function weightGradientsOf(c: Convolution, x: ArrayLike<number>, g: ArrayLike<number>): Reference {
  return gathered(c, numbersOf(c).weight, (i, k, o) => [k, x[i] * g[o]]);
}

function gathered(
  c: Convolution,
  size: number,
  product: (x: number, w: number, y: number) => [place: number, value: number],
): Reference {
  const output = new Float64Array(size);
  const absSum = new Float64Array(size);
  const terms = new Int32Array(size);
  eachProduct(c, (i, k, o) => {
    const [place, value] = product(i, k, o);
    output[place] += value;
    absSum[place] += Math.abs(value);
    terms[place]++;
  });
  return { shape: [size], output, absSum, terms };
}

/** The sum of products of two lists. */
export function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
