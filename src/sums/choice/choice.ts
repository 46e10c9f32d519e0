// The choice of a method by estimated nanoseconds. The estimates are for one machine; only their ratios matter.

import { product } from '../../core/lists.js';
import { areShort } from '../direct/block.js';
import { eachFirst, type Lines, linesOf, type TapAxis } from '../direct/lines.js';
import { type Factors, factorsOf } from '../direct/separable.js';
import { isDense, outputShape, type SumRequest } from '../request.js';
import type { Samples } from '../samples.js';
import { type SpectralPlan, spectralPlan } from '../spectral/spectral.js';
import { slicesOf } from './slices.js';

/** The part of a request that the choice depends on: all but the caller's name. */
export type Asked = Omit<SumRequest, 'where'>;

/** Estimated nanoseconds of each method, and the fastest. */
interface Estimate {
  readonly method: 'direct' | 'separable' | 'fft';
  readonly direct: number;
  /** along one axis after another; undefined if another method is faster or the kernel is not separable */
  readonly separable?: number;
  /** Infinity if strides, upsampling or more than three axes rule FFT out */
  readonly fft: number;
  readonly factors?: Factors;
  /** for one of the independent sums */
  readonly plan?: SpectralPlan;
}

/** Nanoseconds of a call, of a block of outputs, of copying and staging a number, and of a row. */
const CALL = 500;
const BLOCK = 6000;
const COPY = 0.35;
const ROW = 8;

/** Numbers of a block, and the limit below which a call needs no block. */
const BLOCK_NUMBERS = 2 ** 17;
const SHORT = 2 ** 13;

/** Nanoseconds of permuting a number's axes. */
const PERMUTED = 2.5;

/** Nanoseconds to plan a call by FFT and to look up the kernel's cached spectrum. */
const SPECTRAL_CALL = 6000;

/**
 * Estimates the methods for a request.
 * @param kernel its numbers, to test whether it is separable
 */
export function estimate(
  asked: Asked,
  signal: readonly number[],
  kernelShape: readonly number[],
  kernel?: Samples,
): Estimate {
  const lines = linesOf(asked, signal, kernelShape);
  const direct = directCost(asked, lines);
  const slices = slicesOf(asked, signal, kernelShape);
  const isPossible = asked.method !== 'direct' && slices.axes.every(isDense);
  const plan = isPossible ? spectralPlan({ ...asked, ...slices }, slices.signal, slices.kernel) : undefined;
  const fft = plan
    ? SPECTRAL_CALL + plan.cost * slices.count + permutation(asked, signal, kernelShape)
    : Number.POSITIVE_INFINITY;
  // the test for factors takes 0.03 ms for a kernel of 64², so it runs only if they would be faster
  const cost = kernel ? separableCost(asked, lines) : fft;
  const factors = cost < direct && cost < fft ? factorsOf(kernel!, asked) : undefined;
  const separable = factors && cost;
  return { method: fastest(asked, direct, separable, fft), direct, separable, fft, factors, plan };
}

/** Estimated nanoseconds to move axes of independent sums to the front, and back. */
function permutation(asked: Asked, signal: readonly number[], kernel: readonly number[]): number {
  if (eachFirst(asked).every((axis, i) => axis === i)) return 0;
  const numbers = product(signal) + product(outputShape(asked, signal, kernel));
  return PERMUTED * widthOf(asked.dtype) * numbers;
}

function fastest({ method }: Asked, direct: number, separable = direct, fft: number): Estimate['method'] {
  const products = separable < direct ? 'separable' : 'direct';
  if (method === 'direct' || !Number.isFinite(fft)) return products;
  return method === 'fft' || fft < Math.min(direct, separable) ? 'fft' : products;
}

/** The numbers of independent sums and of outputs, and the cost of a direct or separable sum except for its products. */
function overhead({ dtype }: Asked, { items, sums, group }: Lines) {
  const independent = group * product(items.map(({ count }) => count));
  const outputs = independent * product(sums.map(({ count }) => count));
  const read = independent * product(sums.map(readBy));
  const numbers = Math.max(outputs, read);
  // a short row needs no blocks
  const isShort = sums.length === 1 && independent === 1 && numbers < SHORT;
  const blocks = isShort ? 0 : Math.ceil(numbers / BLOCK_NUMBERS);
  const cost = CALL + blocks * BLOCK + numbers * COPY * widthOf(dtype);
  return { independent, outputs, cost };
}

/** Number of positions that an axis reads. */
function readBy({ count, taps, stride, upsample }: TapAxis): number {
  return (stride * (count - 1) + taps) / upsample;
}

/** Cost factor of the type: float64 takes as long per byte. */
const widthOf = (dtype: SumRequest['dtype']) => (dtype === 'float64' ? 2 : 1);

/** Estimated nanoseconds of direct sums. */
function directCost(asked: Asked, lines: Lines): number {
  const { sums, group } = lines;
  const { outputs, cost } = overhead(asked, lines);
  const row = sums[sums.length - 1];
  const line: TapAxis | undefined = sums[sums.length - 2];
  const length = Math.max(1, (row.count * group) / row.upsample);
  const taps = Math.max(1, row.taps / row.upsample / Math.min(row.stride, row.taps));
  const pitch = readBy(row) * group;
  const isJoined = line && areShort(line.count, length, pitch);
  const isPaired = line && !isJoined && line.count > 1 && line.taps > line.stride;
  const products = outputs * product(sums.map((axis) => axis.taps / axis.upsample));
  // the numbers between joined rows are computed as well; the last vectors of other short rows are partly unused
  const idle = isJoined ? pitch / length : length < 64 ? 1 + 8 / length : 1;
  return (
    cost +
    (outputs / length) * ROW +
    products * widthOf(asked.dtype) * idle * nanoseconds(taps, group, isPaired, length)
  );
}

/** Measured nanoseconds of a float32 product, for each kind of block. */
function nanoseconds(taps: number, group: number, isPaired: boolean | undefined, length: number): number {
  if (length <= 2 && group === 1) return 0.03 + 0.3 / taps;
  if (isPaired) return 0.037 + 0.09 / taps;
  if (group === 1 && taps >= 8) return 0.037 + 0.28 / taps;
  return 0.05 + 0.1 / taps;
}

/** Estimated nanoseconds of separable sums. */
function separableCost(asked: Asked, lines: Lines): number {
  const { sums, group } = lines;
  const { independent, cost } = overhead(asked, lines);
  let total = cost;
  sums.forEach(({ taps, upsample }, axis) => {
    if (taps === 1) return;
    const numbers = product(sums.map((other, i) => (i < axis ? readBy(other) : other.count)));
    const rate = nanoseconds(taps, axis === sums.length - 1 ? group : 2, false, 64);
    total += independent * numbers * widthOf(asked.dtype) * ((taps / upsample) * rate + 0.1);
  });
  return total;
}
