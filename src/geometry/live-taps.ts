// Live taps: the kernel elements of an axis that meet an input, for some output at least. The others meet padding only.

import { product } from '../core/lists.js';
import { type Axis, mapAxes, type PerAxis, type StridedAxis, shownSize } from './axis.js';
import type { Interval } from './intervals.js';

/** Some elements of a kernel along each axis. */
export interface KernelPart {
  readonly axes: Readonly<PerAxis<StridedAxis>>;
  /** the first of them, counted in the kernel */
  readonly first: number;
}

/**
 * The axes with fewer kernel elements.
 * @param tapsOf neighbouring elements of an axis that stay; `allTaps` or `liveTaps`
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

/** From the first to the last kernel element of an axis that meets an input; one where none does, as an axis has one at least. */
export function liveTaps(axis: Axis): Interval {
  let first = 0;
  let end = axis.kernel;
  while (first < end && !meetsInput(axis, first)) first++;
  if (first === end) return { first: 0, count: 1 };
  while (!meetsInput(axis, end - 1)) end--;
  return { first, count: end - first };
}

/** Whether a kernel element meets an input for some output, or lies between inputs of an upsampled axis that it meets. */
function meetsInput(axis: Axis, kernel: number): boolean {
  const { output, stride, dilation, upsample, padding } = axis;
  // outputs o for which 0 <= stride * o + offset <= end
  const offset = dilation * kernel - padding;
  const bounds = [-offset / stride, (upsample * (shownSize(axis) - 1) - offset) / stride];
  const first = Math.max(0, Math.ceil(Math.min(...bounds)));
  return first <= Math.min(output - 1, Math.floor(Math.max(...bounds)));
}

/** The axis with some of its kernel elements only. One output with one of them has no stride. */
function withTaps(axis: Axis, { first, count }: Interval): Axis {
  const stride = axis.output * count * axis.upsample === 1 ? 1 : axis.stride;
  return { ...axis, kernel: count, padding: axis.padding - axis.dilation * first, stride };
}
