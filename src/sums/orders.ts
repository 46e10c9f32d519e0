// Permutes the axes of samples, and computes sums with permuted axes.

import type { SumRequest, Written } from './request.js';
import { type Samples, zeros } from './samples.js';
import { stepsOf } from './steps.js';

/** Permutes axes: axis i of the result is axis order[i]. */
export function permuted({ data, shape }: Samples, order: readonly number[]): Samples {
  const steps = stepsOf(shape);
  const sizes = order.map((axis) => shape[axis]);
  const moved = order.map((axis) => steps[axis]);
  const result = data.slice();
  let written = 0;
  const last = order.length - 1;
  const walk = (axis: number, at: number): void => {
    const step = moved[axis];
    if (axis === last) for (let i = 0; i < sizes[axis]; i++, at += step) result[written++] = data[at];
    else for (let i = 0; i < sizes[axis]; i++, at += step) walk(axis + 1, at);
  };
  walk(0, 0);
  return { data: result, shape: sizes };
}

/** Computes a request with permuted axes: axis i of the computation is axis order[i]. */
export function computeInOrder(
  operands: Written,
  request: SumRequest,
  order: readonly number[],
  compute: (operands: Written, request: SumRequest) => void,
): void {
  if (order.every((axis, i) => axis === i)) {
    compute(operands, request);
    return;
  }
  const { signal, kernel, out } = operands;
  const sizes = order.map((axis) => out.shape[axis]);
  const turned = {
    signal: permuted(signal, order),
    kernel: permuted(kernel, order),
    out: zeros(sizes, request.dtype),
  };
  compute(turned, { ...request, axes: order.map((axis) => request.axes[axis]) });
  const back = order.map((_, axis) => order.indexOf(axis));
  out.data.set(permuted(turned.out, back).data);
}
