// Outlines: the equivalent forms of a convolution that may be planned: without dead kernel elements, and with another axis as the width.

import { product } from '../core/lists.js';
import {
  fold,
  mapAxes,
  type PerAxis,
  point,
  type StridedAxis,
  shownSize,
  turnedIf,
} from '../geometry/axis.js';
import { allTaps, kernelPart, liveTaps } from '../geometry/live-taps.js';
import { isBlank } from '../geometry/padding.js';
import { gcd } from '../geometry/phases.js';
import type { Convolution } from '../problem/convolution.js';
import { LANES, ROW_PIXELS } from '../shared/sizes.js';
import { readsPlanes } from './algorithms/depthwise.js';

/** A convolution in the form that is planned. */
export interface Outline {
  readonly convolution: Convolution;
  /** the folded axes of the convolution, without dead kernel elements */
  readonly axes: Readonly<PerAxis<StridedAxis>>;
  /** height and width are exchanged: rows of the plan are columns of the maps */
  readonly turned: boolean;
  /** the first live kernel element */
  readonly firstElement: number;
  /** kernel elements that only meet zeros are not left out */
  readonly everyTap: boolean;
}

/** The outline of a convolution with its axes in their order. */
export function outlineOf(convolution: Convolution, everyTap: boolean): Outline {
  const { outside } = convolution;
  // a finite weight that only meets zeros adds nothing
  const skipsZeros = isBlank(outside) && !everyTap;
  const { axes, first } = kernelPart(convolution.axes, skipsZeros ? liveTaps : allTaps);
  const spread = skipsZeros ? spreadTaps(axes, convolution.channels) : axes;
  return { convolution, axes: fold(spread, outside), turned: false, firstElement: first, everyTap };
}

/** From so many channels and kernel elements on, skipping zeros saves more than interleaving the outputs takes. */
const MANY_PRODUCTS = 64;

/**
 * Upsamples an axis of one input by as much as it has live kernel elements: x in the equation is 0, so any factor gives the
 * same sums. Each output then reads the input itself, with a tap of its own, instead of zeros beside it with all taps: 3.8 for
 * T n1 g1 c100 f512 i1x1 k4x4. Not for depthwise kernels, which read zeros faster than outputs are interleaved (0.2 for
 * T n1 g32 c32 f32 i1x1 k40x40), nor for a narrow width, whose rows could not be turned (0.2 for T n1 g1 c64 f2 i300x1 k3x2).
 */
function spreadTaps(axes: Outline['axes'], channels: number): Outline['axes'] {
  const isAlone = (axis: StridedAxis) =>
    shownSize(axis) === 1 &&
    axis.stride === 1 &&
    axis.upsample < axis.kernel &&
    !(axis === axes[2] && isNarrow(axes));
  const products = channels * product(axes.filter(isAlone).map(({ kernel }) => kernel));
  if (channels === 1 || products < MANY_PRODUCTS) return axes;
  return mapAxes(axes, (axis) => (isAlone(axis) ? { ...axis, upsample: axis.kernel } : axis));
}

/** Whether rows of a class of outputs are shorter than a vector, and columns long. */
function isNarrow([, height, width]: Outline['axes']): boolean {
  return outputsOfClass(width) < LANES && outputsOfClass(height) >= ROW_PIXELS;
}

/** The largest number of outputs of an axis that meet the same kernel elements. */
function outputsOfClass({ output, upsample, stride }: StridedAxis): number {
  return Math.ceil((output * gcd(Math.abs(stride), upsample)) / upsample);
}

/** The most taps that an output has along an axis. */
function mostTaps({ kernel, upsample }: StridedAxis): number {
  return Math.ceil(kernel / upsample);
}

/** All outlines that may be the fastest: as it is, turned, or with the height as the depth. */
export function outlinesOf(outline: Outline): Outline[] {
  const { convolution, axes } = outline;
  const [depth, height, width] = axes;
  const outlines = [outline];
  // no variant is made for narrow ones
  if (axes.every(({ repeat = 1 }) => repeat === 1) && isNarrow(axes) && !readsPlanes(convolution, axes))
    outlines.push({ ...outline, axes: turnedIf(true, axes), turned: true });
  // A transform along the width shares the rows that it transforms along the depth only; two axes in memory are one with a third before
  // or between them. 1.16 for n1 g1 c64 f3 i128x128 k7x7 p3x3, 1.27 for T n1 g1 c64 f3 i112x112 k7x7 s2x2 p3x3; with three rows of taps no
  // gain, 1.02 for n1 g1 c16 f16 i112x112 k3x3 p1x1.
  if (depth === point && mostTaps(height) > 3 && mostTaps(width) > 2)
    outlines.push({ ...outline, axes: [height, depth, width] });
  return outlines;
}
