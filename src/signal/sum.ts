// The common path of correlations and convolutions: from a caller's arguments to a sum request and its result.

import { describe, type Where } from '../core/errors.js';
import { type AxisSum, outputShape, type SumRequest } from '../sums/request.js';
import { checkOut } from '../sums/result.js';
import { asSamples, type Dtype, type Samples, type SamplesLike } from '../sums/samples.js';
import { sums } from '../sums/sums.js';
import { axesOf, checkMode, checkRank, checkRanks, checkSizes, type Labels } from './axes.js';
import { lagRanges } from './lags.js';
import { axisOfMode, type Centre, type Direction } from './modes.js';
import type { Checked } from './options.js';

/** The properties of a function that correlates or convolves. */
export interface Kind {
  readonly name: string;
  readonly direction: Direction;
  readonly centre: Centre;
  /** the required number of axes of both inputs; default any */
  readonly rank?: number;
}

/** The names of inputs in errors of correlations and convolutions. */
const INPUTS: Labels = ['in1', 'in2'];

/** Names the function and both shapes in error messages. */
export function whereOf(
  name: string,
  shape1: readonly number[],
  shape2: readonly number[],
  [label1, label2] = INPUTS,
): Where {
  return () => `${name} of ${label1} ${describe([...shape1])}, ${label2} ${describe([...shape2])}`;
}

/**
 * The sum request for inputs of two shapes.
 * @throws RangeError for invalid sizes, TypeError for invalid types
 */
export function requestOf(
  kind: Kind,
  checked: Checked,
  shape1: readonly number[],
  shape2: readonly number[],
  where: Where,
): SumRequest {
  const { direction, centre, rank } = kind;
  const { mode, method, dtype, border } = checked;
  for (const [i, shape] of [shape1, shape2].entries()) checkRank(shape, rank, INPUTS[i], where);
  checkRanks(shape1, shape2, INPUTS, where);
  const along = axesOf(checked.axes, shape1.length, where);
  checkSizes(shape1, shape2, along, INPUTS, where);
  const ranges = lagRanges(checked.lags, checked.maxLag, along.length, where);
  if (!ranges) checkMode(mode, shape1, shape2, along, where);
  const axisSum = (axis: number): AxisSum => {
    if (!ranges) return axisOfMode(mode, shape1[axis], shape2[axis], direction, centre);
    const [from, to] = ranges[along.indexOf(axis)];
    return { first: from, count: to - from + 1, direction };
  };
  const axes = shape1.map((_, axis) => (along.includes(axis) ? axisSum(axis) : 'each'));
  // mode 'valid' needs no border; if in2 is the larger input, a border of in1 would change results that SciPy computes without one
  const meets = !ranges && mode === 'valid' ? 'nothing' : border;
  return { axes, border: meets, method, dtype, where };
}

/** Checks and computes a call. */
export function compute<D extends Dtype>(
  kind: Kind,
  in1: SamplesLike,
  in2: SamplesLike,
  checked: Checked<D>,
): Samples<D> {
  const { name } = kind;
  const { dtype, out } = checked;
  const first = asSamples(in1, dtype, 'in1', () => name);
  const second = asSamples(in2, dtype, 'in2', () => name);
  const where = whereOf(name, first.shape, second.shape);
  const request = requestOf(kind, checked, first.shape, second.shape, where);
  if (out !== undefined)
    checkOut(out, outputShape(request, first.shape, second.shape), dtype, [first, second], where);
  return sums({ signal: first, kernel: second, out }, request);
}
