// Permutes the axes of samples, and computes sums with permuted axes.

import type { SumRequest, Written } from './request.js';
import { type NumberArray, type Samples, zeros } from './samples.js';
import { stepsOf } from './steps.js';

/** Columns that are copied at a time, so that a transposition uses whole cache lines of both matrices. */
const SIDE = 16;

/** Permutes axes: axis i of the result is axis order[i]. */
export function permuted(
  { data, shape }: Samples,
  order: readonly number[],
  result = data.slice() as NumberArray,
): Samples {
  const sizes = order.map((axis) => shape[axis]);
  const steps = stepsOf(shape);
  const read = order.map((axis) => steps[axis]);
  const write = stepsOf(sizes);
  // the last axis is contiguous in the result, and this one in the data
  const last = order.length - 1;
  const near = order.indexOf(last);
  const rows = near === last ? 1 : sizes[near];
  const walk = (axis: number, from: number, to: number): void => {
    if (axis > last) copyMatrix(rows, sizes[last], data, from, [1, read[last]], result, to, [write[near], 1]);
    else if (axis === near || axis === last) walk(axis + 1, from, to);
    else for (let i = 0; i < sizes[axis]; i++) walk(axis + 1, from + i * read[axis], to + i * write[axis]);
  };
  walk(0, 0, 0);
  return { data: result, shape: sizes };
}

/** The distances between rows and between columns of a matrix, in numbers. */
type MatrixSteps = readonly [row: number, column: number];

/** Copies a matrix to a place with other distances. */
export function copyMatrix(
  rows: number,
  columns: number,
  data: NumberArray,
  from: number,
  [readRow, readColumn]: MatrixSteps,
  result: NumberArray,
  to: number,
  [writeRow, writeColumn]: MatrixSteps,
): void {
  for (let left = 0; left < columns; left += SIDE) {
    const count = Math.min(columns - left, SIDE);
    for (let row = 0; row < rows; row++) {
      let read = from + row * readRow + left * readColumn;
      let write = to + row * writeRow + left * writeColumn;
      for (let i = 0; i < count; i++) {
        result[write] = data[read];
        read += readColumn;
        write += writeColumn;
      }
    }
  }
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
  permuted(turned.out, back, out.data);
}
