// Live taps: the kernel elements of an axis that read an input for at least one output. The others read only padding.

import { product } from '../core/lists.js';
import { type Axis, mapAxes, type PerAxis, type StridedAxis, shownSize } from './axis.js';
import type { Interval } from './intervals.js';

/** A part of a kernel: a range of elements along each axis. */
export interface KernelPart {
  readonly axes: Readonly<PerAxis<StridedAxis>>;
  /** the index of its first element in the kernel */
  readonly first: number;
}

/**
 * Restricts the kernel to a range of elements along each axis.
 * @param tapsOf the range of an axis: `allTaps` or `liveTaps`
 */
export function kernelPart(axes: Readonly<PerAxis<Axis>>, tapsOf: (axis: Axis) => Interval): KernelPart {
  let first = 0;
  const parts = mapAxes(axes, (axis, index) => {
    const elements = product(axes.slice(index + 1).map(({ kernel }) => kernel));
    const taps = tapsOf(axis);
    first += elements * taps.first;
    return { ...withTaps(axis, taps), elements };
  });
  return { axes: parts, first };
}

/** All kernel elements of an axis. */
export function allTaps({ kernel }: Axis): Interval {
  return { first: 0, count: kernel };
}

/** The range from the first to the last live tap of an axis; one element if there is none, because an axis must not be empty. */
export function liveTaps(axis: Axis): Interval {
  let first = 0;
  let end = axis.kernel;
  while (first < end && !meetsInput(axis, first)) first++;
  if (first === end) return { first: 0, count: 1 };
  while (!meetsInput(axis, end - 1)) end--;
  return { first, count: end - first };
}

/** Whether a kernel element reads a position inside the input for some output. On an upsampled axis that may be between two inputs. */
function meetsInput(axis: Axis, kernel: number): boolean {
  const { output, stride, dilation, upsample, padding } = axis;
  // outputs o for which 0 <= stride * o + offset <= end
  const offset = dilation * kernel - padding;
  const bounds = [-offset / stride, (upsample * (shownSize(axis) - 1) - offset) / stride];
  const first = Math.max(0, Math.ceil(Math.min(...bounds)));
  return first <= Math.min(output - 1, Math.floor(Math.max(...bounds)));
}

/** The axis with a part of its kernel. The stride is 1 if there is only one output and tap, so that the axis counts as pointwise. */
function withTaps(axis: Axis, { first, count }: Interval): Axis {
  const stride = axis.output * count * axis.upsample === 1 ? 1 : axis.stride;
  return { ...axis, kernel: count, padding: axis.padding - axis.dilation * first, stride };
}
