// The naive reference: convolution in float64 by loops straight from its definition. Shares nothing with src.

export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular';

/** One convolution of a whole batch; one entry per spatial dimension. */
export interface Problem {
  transposed: boolean;
  batch: number;
  groups: number;
  /** Channels and filters of the whole layer, not of a group. */
  channels: number;
  filters: number;
  input: number[];
  kernel: number[];
  stride: number[];
  /** What is added before and after each dimension; a transposed convolution takes it away. */
  padding: [number, number][];
  dilation: number[];
  outputPadding: number[];
  mode: PaddingMode;
}

/** The result, and for every element what its rounding error is bounded by. */
export interface Reference {
  shape: number[];
  output: Float64Array;
  /** Sum of |x| |w| and |bias|. */
  absSum: Float64Array;
  /** Number of products. */
  terms: Int32Array;
}

export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

export function outputSizes(p: Problem): number[] {
  return p.input.map((size, a) => {
    const [begin, end] = p.padding[a];
    const reach = p.dilation[a] * (p.kernel[a] - 1) + 1;
    if (p.transposed) return (size - 1) * p.stride[a] + reach - begin - end + p.outputPadding[a];
    return Math.floor((size + begin + end - reach) / p.stride[a]) + 1;
  });
}

export const inputShape = (p: Problem): number[] => [p.batch, p.channels, ...p.input];
export const outputShape = (p: Problem): number[] => [p.batch, p.filters, ...outputSizes(p)];

export function weightShape(p: Problem): number[] {
  return p.transposed
    ? [p.channels, p.filters / p.groups, ...p.kernel]
    : [p.filters, p.channels / p.groups, ...p.kernel];
}

/** The element of the input that stands at `position`, which may lie outside; -1 where a zero, or nothing, stands. */
export function elementAt(position: number, size: number, mode: PaddingMode): number {
  if (position >= 0 && position < size) return position;
  if (mode === 'reflect') return position < 0 ? -position : 2 * (size - 1) - position;
  if (mode === 'replicate') return position < 0 ? 0 : size - 1;
  if (mode === 'circular') return (position + size) % size;
  return -1;
}

/** For element `first` of an axis and kernel element k, at `first * kernel + k`: the element of the other side, or -1. */
function partners(p: Problem, axis: number, first: number, second: number): Int32Array {
  const kernel = p.kernel[axis];
  const [begin] = p.padding[axis];
  const table = new Int32Array(first * kernel);
  for (let i = 0; i < first; i++) {
    for (let k = 0; k < kernel; k++) {
      const position = i * p.stride[axis] + k * p.dilation[axis] - begin;
      table[i * kernel + k] = elementAt(position, second, p.mode);
    }
  }
  return table;
}

/** Adds axes of size 1 in front until there are three. */
function lifted(p: Problem): Problem {
  const missing = 3 - p.input.length;
  const front = <T>(value: T, values: T[]): T[] => [...Array<T>(missing).fill(value), ...values];
  return {
    ...p,
    input: front(1, p.input),
    kernel: front(1, p.kernel),
    stride: front(1, p.stride),
    padding: front([0, 0], p.padding),
    dilation: front(1, p.dilation),
    outputPadding: front(0, p.outputPadding),
  };
}

/**
 * Sums every product into its output. A convolution goes through the outputs and gathers, a transposed one goes through
 * the inputs and scatters. So a convolution multiplies the zeros of its padding, which gives NaN with a weight that is not finite;
 * a transposed one meets no zeros.
 */
function sumProducts(p: Problem, x: Float64Array, weights: Float64Array, result: Reference): void {
  const q = lifted(p);
  const output = outputSizes(q);
  const [many, few] = q.transposed ? [q.input, output] : [output, q.input];
  const [table0, table1, table2] = many.map((size, axis) => partners(q, axis, size, few[axis]));
  const [k0, k1, k2] = q.kernel;
  const [, few1, few2] = few;
  const [inputMap, outputMap] = [product(q.input), product(output)];
  const termsOfMap = new Int32Array(outputMap);
  // the element of the other side's map that each kernel element meets, or -1: at one place it is the same for all maps
  const met = new Int32Array(k0 * k1 * k2);
  const maps = { x, weights, result, met, inputMap, outputMap };
  let here = 0;
  for (let i0 = 0; i0 < many[0]; i0++) {
    for (let i1 = 0; i1 < many[1]; i1++) {
      for (let i2 = 0; i2 < many[2]; i2++) {
        let j = 0;
        for (let j0 = 0; j0 < k0; j0++) {
          const e0 = table0[i0 * k0 + j0];
          for (let j1 = 0; j1 < k1; j1++) {
            const e1 = table1[i1 * k1 + j1];
            for (let j2 = 0; j2 < k2; j2++) {
              const e2 = table2[i2 * k2 + j2];
              const element = e0 < 0 || e1 < 0 || e2 < 0 ? -1 : (e0 * few1 + e1) * few2 + e2;
              if (element >= 0) termsOfMap[q.transposed ? element : here] += q.channels / q.groups;
              met[j++] = element;
            }
          }
        }
        if (q.transposed) scatter(q, maps, here);
        else gather(q, maps, here);
        here++;
      }
    }
  }
  for (let first = 0; first < result.terms.length; first += outputMap) result.terms.set(termsOfMap, first);
}

/** What all places share: the numbers, the elements that the kernel meets at the current place, and the elements of a map. */
interface Maps {
  readonly x: Float64Array;
  readonly weights: Float64Array;
  readonly result: Reference;
  readonly met: Int32Array;
  readonly inputMap: number;
  readonly outputMap: number;
}

/** Sums the outputs at a place of all maps. */
function gather(
  { batch, groups, channels, filters }: Problem,
  { x, weights, result: { output, absSum }, met, inputMap, outputMap }: Maps,
  here: number,
): void {
  const [inner, outer] = [channels / groups, filters / groups];
  for (let image = 0; image < batch; image++) {
    for (let filter = 0; filter < filters; filter++) {
      const y = (image * filters + filter) * outputMap + here;
      const first = image * channels + Math.floor(filter / outer) * inner;
      let sum = output[y];
      let abs = absSum[y];
      for (let channel = 0; channel < inner; channel++) {
        const map = (first + channel) * inputMap;
        const kernel = (filter * inner + channel) * met.length;
        for (let j = 0; j < met.length; j++) {
          const element = met[j];
          const value = (element < 0 ? 0 : x[map + element]) * weights[kernel + j];
          sum += value;
          abs += Math.abs(value);
        }
      }
      output[y] = sum;
      absSum[y] = abs;
    }
  }
}

/** Adds the products of the inputs at a place of all maps to their outputs. */
function scatter(
  { batch, groups, channels, filters }: Problem,
  { x, weights, result: { output, absSum }, met, inputMap, outputMap }: Maps,
  here: number,
): void {
  const [inner, outer] = [filters / groups, channels / groups];
  for (let image = 0; image < batch; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const input = x[(image * channels + channel) * inputMap + here];
      const first = image * filters + Math.floor(channel / outer) * inner;
      for (let filter = 0; filter < inner; filter++) {
        const map = (first + filter) * outputMap;
        const kernel = (channel * inner + filter) * met.length;
        for (let j = 0; j < met.length; j++) {
          const element = met[j];
          if (element < 0) continue;
          const value = input * weights[kernel + j];
          output[map + element] += value;
          absSum[map + element] += Math.abs(value);
        }
      }
    }
  }
}

/** The convolution of `x` with `weight`, in torch's layouts. */
export function reference(
  p: Problem,
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number> | null = null,
): Reference {
  const shape = outputShape(p);
  const size = product(shape);
  const output = new Float64Array(size);
  const absSum = new Float64Array(size);
  const terms = new Int32Array(size);
  const plane = product(outputSizes(p));
  for (let first = 0; bias && first < size; first += plane) {
    const value = bias[(first / plane) % p.filters];
    output.fill(value, first, first + plane);
    absSum.fill(Math.abs(value), first, first + plane);
  }
  const result = { shape, output, absSum, terms };
  sumProducts(p, new Float64Array(x), new Float64Array(weight), result);
  return result;
}
