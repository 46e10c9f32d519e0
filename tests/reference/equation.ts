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

/** Where a product takes its factors from and goes to: the place in the input, in the weight and in the output. */
const [INPUT, WEIGHT, OUTPUT] = [0, 1, 2];

/** Numbers, and which of the three places of a product they are read at. */
type Factor = readonly [values: ArrayLike<number>, side: number];

/**
 * Adds the products of two factors, each at its third place.
 * @param withZeros also products with a zero of padding, which the first factor has where the input's place is -1
 */
function addProducts(
  c: Convolution,
  result: Reference,
  first: Factor,
  second: Factor,
  target: number,
  withZeros = false,
): void {
  const [depths, rows, columns] = c.axes.map((axis) => {
    const triples = triplesAlong(axis);
    return withZeros ? triples.concat(outsideAlong(axis)) : triples;
  });
  const [, h, w] = c.axes;
  eachMap(c.batch, c.groups, c.filters, c.output, (output, image, group, filter) => {
    for (let channel = 0; channel < c.channels; channel++) {
      const input = image * c.input.image + group * c.input.group + channel * c.input.map;
      const kernel = group * c.weight.group + filter * c.weight.filter + channel * c.weight.channel;
      for (let i = 0; i < depths.length; i += 3) {
        for (let j = 0; j < rows.length; j += 3) {
          const begins = [
            input + (depths[i] * h.input + rows[j]) * w.input,
            kernel + (depths[i + 1] * h.kernel + rows[j + 1]) * w.kernel,
            output + (depths[i + 2] * h.output + rows[j + 2]) * w.output,
          ];
          addRow(result, first, second, target, begins, columns, depths[i] < 0 || rows[j] < 0);
        }
      }
    }
  });
}

/** The products of one row of the input, of the kernel and of the output, which begin at three places. */
function addRow(
  { output, absSum, terms }: Reference,
  [first, a]: Factor,
  [second, b]: Factor,
  target: number,
  begins: readonly number[],
  columns: readonly number[],
  isOutside: boolean,
): void {
  const [firstBegin, secondBegin, targetBegin] = [begins[a], begins[b], begins[target]];
  for (let t = 0; t < columns.length; t += 3) {
    const column = columns[t + a];
    const isZero = isOutside || column < 0;
    const value = (isZero ? 0 : first[firstBegin + column]) * second[secondBegin + columns[t + b]];
    const to = targetBegin + columns[t + target];
    output[to] += value;
    absSum[to] += Math.abs(value);
    if (!isZero) terms[to]++;
  }
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

const nothing = (size: number): Reference => ({
  shape: [size],
  output: new Float64Array(size),
  absSum: new Float64Array(size),
  terms: new Int32Array(size),
});

/** The outputs, and for each the sum of its products' sizes and how many there are. */
export function outputsOf(
  c: Convolution,
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number> | null = null,
): Reference {
  const result = nothing(numbersOf(c).output);
  const map = c.axes.reduce((count, axis) => count * axis.output, 1);
  eachMap(c.batch, c.groups, c.filters, c.output, (first, _, group, filter) => {
    const value = bias?.[group * c.filters + filter] ?? 0;
    result.output.fill(value, first, first + map);
    result.absSum.fill(Math.abs(value), first, first + map);
  });
  const withZeros = c.outside === 'zeros' && !Array.prototype.every.call(weight, Number.isFinite);
  addProducts(c, result, [x, INPUT], [weight, WEIGHT], OUTPUT, withZeros);
  return result;
}

/** What a change of each input does to the outputs, `g` being what a change of each output is worth. */
export function inputGradientsOf(c: Convolution, g: ArrayLike<number>, weight: ArrayLike<number>): Reference {
  const result = nothing(numbersOf(c).input);
  addProducts(c, result, [g, OUTPUT], [weight, WEIGHT], INPUT);
  return result;
}

/** The same of each weight. */
export function weightGradientsOf(c: Convolution, x: ArrayLike<number>, g: ArrayLike<number>): Reference {
  const result = nothing(numbersOf(c).weight);
  addProducts(c, result, [x, INPUT], [g, OUTPUT], WEIGHT);
  return result;
}

/** The sum of products of two lists. */
export function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
