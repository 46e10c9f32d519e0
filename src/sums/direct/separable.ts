// Separable kernels: finds factors whose outer product is the kernel, as for Gaussians, boxes and derivatives.

import { product } from '../../core/lists.js';
import type { SumRequest } from '../request.js';
import type { Samples } from '../samples.js';
import { stepsOf } from '../steps.js';

/** The factor of a kernel for each axis. */
export type Factors = readonly Float64Array[];

/** The largest ratio of magnitudes in a kernel to be factored, so that products of factors do not underflow. */
const RANGE = 2 ** 40;

/**
 * The factors of a kernel, if each of its elements is their product rounded to its type; else undefined. Factors of an integer kernel are
 * integers times a power of two, so that sums of integers stay exact. The magnitudes of the innermost factor add up to at most one, so that
 * its sums are not larger than the signal.
 */
export function factorsOf(
  kernel: Samples,
  { axes, dtype }: Pick<SumRequest, 'axes' | 'dtype'>,
): Factors | undefined {
  const { shape } = kernel;
  if (axes.some((axis, i) => axis === 'each' && shape[i] > 1)) return undefined;
  const long = shape.filter((taps) => taps > 1);
  if (long.length < 2 || !leavesRoom(long)) return undefined;
  const data = kernel.data;
  let largest = 0;
  let least = Number.POSITIVE_INFINITY;
  let at = 0;
  let whole = true;
  for (let i = 0; i < data.length; i++) {
    const magnitude = Math.abs(data[i]);
    if (!(magnitude < 2 ** 60)) return undefined;
    if (magnitude > largest) {
      largest = magnitude;
      at = i;
    }
    if (magnitude > 0 && magnitude < least) least = magnitude;
    whole &&= Number.isInteger(magnitude);
  }
  if (largest < 2 ** -60 || largest > RANGE * least) return undefined;
  const lines = linesThrough(kernel, at);
  const tolerance = whole ? 0 : dtype === 'float64' ? 2 ** -52 : 2 ** -23;
  const near = ratios(lines, data[at]);
  // the error of an element and of a ratio's divisor is at most the tolerance: two for each axis, and one for the element itself
  const most = (4 * lines.length + 2) * Math.max(tolerance, 2 ** -50);
  if (!areFactors(near, data, most)) return undefined;
  const factors = whole ? wholeFactors(lines, data[at]) : fitted(near, kernel);
  if (!factors || !areFactors(factors, data, tolerance)) return undefined;
  return scaled(factors);
}

/** Whether separable sums keep the error bound: they need fewer roundings than the direct sum, including those of the factors. */
function leavesRoom(taps: readonly number[]): boolean {
  return taps.reduce((sum, count) => sum + count + 1, 0) <= product(taps);
}

/** For each axis, the line of kernel elements through a given one. */
function linesThrough({ data, shape }: Samples, at: number): Float64Array[] {
  const steps = stepsOf(shape);
  return shape.map((length, axis) => {
    const step = steps[axis];
    const from = at - (Math.floor(at / step) % length) * step;
    return Float64Array.from({ length }, (_, i) => data[from + i * step]);
  });
}

/** Factors from the lines through the largest element: the innermost is the line, the others are ratios. */
function ratios(lines: readonly Float64Array[], largest: number): Float64Array[] {
  return lines.map((line, i) => (i === lines.length - 1 ? line : line.map((value) => value / largest)));
}

/** Whether a kernel is the product of some factors, up to a tolerance. For most kernels that are not, a few elements are enough to tell. */
function areFactors(factors: Factors, data: Samples['data'], tolerance: number): boolean {
  const places = factors.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    let found = 1;
    for (let axis = 0; axis < factors.length; axis++) found *= factors[axis][places[axis]];
    if (!(Math.abs(found - data[i]) <= tolerance * Math.abs(data[i]))) return false;
    for (let axis = factors.length - 1; axis >= 0 && ++places[axis] === factors[axis].length; axis--)
      places[axis] = 0;
  }
  return true;
}

/** Integer factors without a common divisor, except the innermost one. */
function wholeFactors(lines: readonly Float64Array[], largest: number): Float64Array[] | undefined {
  let rest = largest;
  const factors = lines.map((line) => {
    const divisor = line.reduce((common, value) => commonDivisor(common, Math.abs(value)), 0);
    return line.map((value) => value / divisor);
  });
  for (let i = 0; i < factors.length - 1; i++) {
    const index = lines[i].indexOf(largest);
    rest /= factors[i][index];
  }
  const last = factors.length - 1;
  const factor = rest / factors[last][lines[last].indexOf(largest)];
  if (!Number.isInteger(factor)) return undefined;
  factors[last] = factors[last].map((value) => value * factor);
  return factors;
}

function commonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

/** The outer product of factors. */
function productsOf(factors: Factors): Float64Array {
  let products = Float64Array.of(1);
  for (const factor of factors) {
    const next = new Float64Array(products.length * factor.length);
    let at = 0;
    for (const product of products) for (const value of factor) next[at++] = product * value;
    products = next;
  }
  return products;
}

/** Improves the factors one after another by least squares over all elements, because each element was rounded independently. */
function fitted(factors: Float64Array[], { data, shape }: Samples): Float64Array[] {
  const steps = stepsOf(shape);
  for (let axis = 0; axis < shape.length; axis++) {
    const products = productsOf(factors.map((factor, i) => (i === axis ? factor.map(() => 1) : factor)));
    const sums = new Float64Array(shape[axis]);
    const squares = new Float64Array(shape[axis]);
    products.forEach((product, i) => {
      const element = Math.floor(i / steps[axis]) % shape[axis];
      sums[element] += product * data[i];
      squares[element] += product * product;
    });
    factors[axis] = sums.map((sum, i) => sum / squares[i]);
  }
  return factors;
}

/** Scales each factor by a power of two to a sum of magnitudes of at most one, and the factor before it by the inverse. */
function scaled(factors: readonly Float64Array[]): Float64Array[] {
  const result = factors.map((factor) => factor.slice());
  for (let i = result.length - 1; i > 0; i--) {
    const sum = result[i].reduce((total, value) => total + Math.abs(value), 0);
    const power = 2 ** -Math.ceil(Math.log2(sum));
    result[i] = result[i].map((value) => value * power);
    result[i - 1] = result[i - 1].map((value) => value / power);
  }
  return result;
}
