// Divides a request of independent sums into single ones, for methods that compute one at a time.

import { product } from '../../core/lists.js';
import { directSums } from '../direct/direct.js';
import { eachFirst } from '../direct/lines.js';
import { copyOut } from '../direct/outputs.js';
import { computeInOrder } from '../orders.js';
import { type AxisSum, outputShape, type SumRequest, type Written } from '../request.js';
import { type NumberArray, type Samples, withShape, zeros } from '../samples.js';
import { type OutputRange, type SpectralPlan, spectralSums } from '../spectral/spectral.js';

/** The axes and shapes of one of a request's independent sums, and the number of these. */
export interface Slices {
  readonly axes: readonly AxisSum[];
  readonly signal: number[];
  readonly kernel: number[];
  readonly count: number;
}

/** How a request is computed by FFT. Independent sums with a shared kernel are one sum with an axis more, if a block has as many axes. */
export function slicesOf(
  { axes }: Pick<SumRequest, 'axes'>,
  signal: readonly number[],
  kernel: readonly number[],
): Slices {
  const summed = axes.filter((axis) => axis !== 'each');
  const sizes = (shape: readonly number[], apart: boolean) =>
    shape.filter((_, i) => (axes[i] === 'each') === apart);
  const count = product(sizes(outputShape({ axes }, signal, kernel), true));
  const one = { axes: summed, signal: sizes(signal, false), kernel: sizes(kernel, false), count };
  if (count === 1 || summed.length > 2 || product(sizes(kernel, true)) > 1) return one;
  return {
    axes: [{ first: 0, count, direction: 1 }, ...summed],
    signal: [count, ...one.signal],
    kernel: [1, ...one.kernel],
    count: 1,
  };
}

/** Computes a request by FFT, each of its independent sums by the same plan. */
export function spectralSlices(plan: SpectralPlan, operands: Written, request: SumRequest): void {
  computeInOrder(operands, request, eachFirst(request), ({ signal, kernel, out }, turned) => {
    const { axes, count, ...one } = slicesOf(turned, signal.shape, kernel.shape);
    const same = { ...turned, axes };
    const shapes = [one.signal, one.kernel, outputShape(same, one.signal, one.kernel)];
    for (let at = 0; at < count; at++) {
      const [x, h, y] = [signal, kernel, out].map((samples, i) => sliceAt(samples, shapes[i], out.shape, at));
      computeSlice(plan, { signal: x, kernel: h, out: y }, same);
    }
  });
}

/** The part of an operand that belongs to one of the independent sums. Its outer axes have the given sizes or size 1. */
function sliceAt(samples: Samples, shape: number[], sizes: readonly number[], at: number): Samples {
  const outer = samples.shape.length - shape.length;
  const length = product(shape);
  let index = 0;
  let step = 1;
  for (let axis = outer - 1; axis >= 0; axis--) {
    const size = samples.shape[axis];
    if (size > 1) index += (at % sizes[axis]) * step;
    step *= size;
    at = Math.floor(at / sizes[axis]);
  }
  // the same object, because a signal may have a source; the same data for all sums, so that a kernel's spectrum is cached
  if (step === 1) return outer > 0 ? withShape(samples, shape) : samples;
  return {
    // a getter, because growing memory detaches the views of resident tensors
    get data(): NumberArray {
      return samples.data.subarray(index * length, (index + 1) * length);
    },
    shape,
  };
}

/** Computes one sum by FFT; outputs that FFT cannot compute are summed directly. */
function computeSlice(plan: SpectralPlan, operands: Written, request: SumRequest): void {
  spectralSums(plan, operands, request, (range) => directRange(operands, request, range));
}

/** Computes a range of outputs directly. */
function directRange(operands: Written, request: SumRequest, { first, count }: OutputRange): void {
  // FFT computes no independent sums and no strides
  const axes = (request.axes as readonly AxisSum[]).map((axis, i) => ({
    ...axis,
    first: axis.first + first[i],
    count: count[i],
  }));
  const out = zeros(count, request.dtype);
  directSums({ ...operands, out }, { ...request, axes });
  const { shape } = operands.out;
  const written = shape.map((size, i) => ({ size, from: first[i], count: count[i], step: 1 }));
  copyOut(out.data, operands.out.data, written, false);
}
