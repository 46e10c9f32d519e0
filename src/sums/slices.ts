// Divides a request of independent sums into single ones, for methods that compute one at a time.

import { product } from '../core/lists.js';
import { directSums } from './direct.js';
import { computeInOrder } from './orders.js';
import { copyOut } from './outputs.js';
import type { SumRequest, Written } from './request.js';
import { type NumberArray, type Samples, withShape, zeros } from './samples.js';
import { type OutputRange, type SpectralPlan, spectralSums } from './spectral.js';

/** Computes a request by FFT, each of its independent sums by the same plan. */
export function spectralSlices(plan: SpectralPlan, operands: Written, request: SumRequest): void {
  const all = request.axes.map((_, axis) => axis);
  const isApart = (axis: number) => request.axes[axis] === 'each';
  const apart = all.filter(isApart).length;
  const order = [...all.filter(isApart), ...all.filter((axis) => !isApart(axis))];
  computeInOrder(operands, request, order, ({ signal, kernel, out }, turned) => {
    const one = { ...turned, axes: turned.axes.slice(apart) };
    const count = product(out.shape.slice(0, apart));
    for (let at = 0; at < count; at++) {
      const [x, h, y] = [signal, kernel, out].map((samples) => sliceAt(samples, out.shape, apart, at));
      computeSlice(plan, { signal: x, kernel: h, out: y }, one);
    }
  });
}

/** The part of an operand that belongs to one of the independent sums. Its outer axes have the given sizes or size 1. */
function sliceAt(samples: Samples, sizes: readonly number[], outer: number, at: number): Samples {
  const shape = samples.shape.slice(outer);
  const length = product(shape);
  let index = 0;
  let step = 1;
  for (let axis = outer - 1; axis >= 0; axis--) {
    const size = samples.shape[axis];
    if (size > 1) index += (at % sizes[axis]) * step;
    step *= size;
    at = Math.floor(at / sizes[axis]);
  }
  if (step === 1) return samples.shape.length === shape.length ? samples : withShape(samples, shape);
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
  const axes = request.axes.map((axis, i) => {
    if (axis === 'each') return axis;
    return { ...axis, first: axis.first + (axis.stride ?? 1) * first[i], count: count[i] };
  });
  const out = zeros(count, request.dtype);
  directSums({ ...operands, out }, { ...request, axes });
  const { shape } = operands.out;
  const written = shape.map((size, i) => ({ size, from: first[i], count: count[i], step: 1 }));
  copyOut(out.data, operands.out.data, written, false);
}
