// Sum: one call of a correlation or convolution, from what the caller handed over to the request that answers it.

import { describe, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { type AxisSum, outputShape, type SumRequest } from '../sums/request.js';
import { checkOut, refuseComplex } from '../sums/result.js';
import { asSamples, type Dtype, type Samples, type SamplesLike } from '../sums/samples.js';
import { sums } from '../sums/sums.js';
import { axesOf, checkMode, checkRanks, checkSizes, type Labels } from './axes.js';
import { lagRanges } from './lags.js';
import { axisOfMode, type Centre, type Direction } from './modes.js';
import type { Checked } from './options.js';

/** What a function of this entry is. */
export interface Kind {
  readonly name: string;
  readonly direction: Direction;
  readonly centre: Centre;
}

/** What errors of correlations and convolutions call their inputs. */
const INPUTS: Labels = ['in1', 'in2'];

/** Refuses a shape of an input. */
export type CheckShape = (shape: readonly number[], label: string, where: Where) => void;

/** Names the function and both shapes in errors. */
export function whereOf(
  name: string,
  shape1: readonly number[],
  shape2: readonly number[],
  [label1, label2] = INPUTS,
): Where {
  return () => `${name} of ${label1} ${describe([...shape1])}, ${label2} ${describe([...shape2])}`;
}

/** A request, and which operand is its kernel: the shorter where it can be, for a kernel's elements are all that a sum has to walk. */
export interface Question {
  readonly request: SumRequest;
  /** whether in1 is the kernel and in2 the signal */
  readonly exchanged: boolean;
  /** whether the sums come in the other order: those of a correlation whose inputs are exchanged */
  readonly backwards: boolean;
}

/**
 * What is asked for, for inputs of two shapes.
 * @throws RangeError for sizes, TypeError for kinds
 */
export function questionOf(
  kind: Kind,
  checked: Checked,
  shape1: readonly number[],
  shape2: readonly number[],
  where: Where,
): Question {
  const { direction, centre } = kind;
  const { mode, method, dtype, border } = checked;
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
  // nothing outside is met there, and where in2 is the larger, a border of in1 would be multiplied that no source has
  const meets = !ranges && mode === 'valid' ? 'nothing' : border;
  const request: SumRequest = { axes, border: meets, method, dtype, where };
  const taps = (shape: readonly number[]) => product(along.map((axis) => shape[axis]));
  const isShorter = meets === 'nothing' && taps(shape1) < taps(shape2);
  if (direction === -1) return { request, exchanged: isShorter, backwards: false };
  // numbers are put in order for all axes at once, so none may be left out
  if (!isShorter || axes.includes('each')) return { request, exchanged: false, backwards: false };
  const turned = axes.map((axis) => (axis === 'each' ? axis : fromTheEnd(axis)));
  return { request: { ...request, axes: turned }, exchanged: true, backwards: true };
}

/** The outputs of a correlation whose inputs are exchanged: lag l is lag -l. */
function fromTheEnd({ first, count, direction }: AxisSum): AxisSum {
  return { first: 1 - first - count, count, direction };
}

/**
 * Computes one call.
 * @param checkShape what a function asks of each input's shape
 */
export function compute<D extends Dtype>(
  kind: Kind,
  in1: SamplesLike,
  in2: SamplesLike,
  checked: Checked,
  checkShape?: CheckShape,
): Samples<D> {
  const { name } = kind;
  const { dtype, out } = checked;
  const first = samplesOf(in1, 'in1', dtype, name);
  const second = samplesOf(in2, 'in2', dtype, name);
  const where = whereOf(name, first.shape, second.shape);
  checkShape?.(first.shape, INPUTS[0], where);
  checkShape?.(second.shape, INPUTS[1], where);
  const { request, exchanged, backwards } = questionOf(kind, checked, first.shape, second.shape, where);
  if (out !== undefined)
    checkOut(out, outputShape(request, first.shape, second.shape), dtype, [first, second], where);
  const [signal, kernel] = exchanged ? [second, first] : [first, second];
  const result = sums({ signal, kernel, out: out as Samples | undefined }, request) as Samples<D>;
  if (backwards) result.data.reverse();
  return result;
}

/** An input as samples of that type. */
export function samplesOf<D extends Dtype>(
  given: SamplesLike,
  label: string,
  dtype: D,
  name: string,
): Samples<D> {
  const where = () => name;
  refuseComplex(given, label, where);
  return asSamples(given, dtype, label, where);
}
