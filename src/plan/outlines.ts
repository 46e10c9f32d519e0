// Outlines: the ways in which a plan may see a convolution: with which kernel elements, and which axis as the width.

import { fold, isPlain, type PerAxis, point, type StridedAxis, turnedIf } from '../geometry/axis.js';
import { allTaps, kernelPart, liveTaps } from '../geometry/live-taps.js';
import { isBlank } from '../geometry/padding.js';
import type { Convolution } from '../problem/convolution.js';
import { LANES, ROW_PIXELS } from '../shared/sizes.js';
import { readsPlanes } from './algorithms/depthwise.js';

/** A convolution as a plan sees it. */
export interface Outline {
  readonly convolution: Convolution;
  /** those of the convolution with the kernel elements that count, folded */
  readonly axes: Readonly<PerAxis<StridedAxis>>;
  /** height and width are exchanged: rows of the plan are columns of the maps */
  readonly turned: boolean;
  /** the first kernel element that counts */
  readonly firstElement: number;
  /** no kernel element is left out because it only meets zeros */
  readonly everyTap: boolean;
}

/** A convolution as it is. */
export function outlineOf(convolution: Convolution, everyTap: boolean): Outline {
  const { outside } = convolution;
  // a finite weight that only meets zeros adds nothing
  const { axes, first } = kernelPart(convolution.axes, isBlank(outside) && !everyTap ? liveTaps : allTaps);
  return { convolution, axes: fold(axes, outside), turned: false, firstElement: first, everyTap };
}

/** The ways to see a convolution that may pay: as it is, turned, or with the height for the depth. */
export function waysOf(outline: Outline): Outline[] {
  const { convolution, axes } = outline;
  const [depth, height, width] = axes;
  const ways = [outline];
  const arePlain = axes.every(isPlain);
  // narrow and long, and without a better way for that
  const isNarrow = width.output < LANES && height.output >= ROW_PIXELS;
  if (arePlain && isNarrow && !readsPlanes(convolution, axes))
    ways.push({ ...outline, axes: turnedIf(true, axes), turned: true });
  // A transform along the width shares the rows that it transforms along the depth only; two axes in memory are one with a third before
  // or between them. 1.16 for n1 g1 c64 f3 i128x128 k7x7 p3x3; with three rows of taps no gain, 1.02 for n1 g1 c16 f16 i112x112 k3x3 p1x1.
  if (arePlain && depth === point && height.kernel > 3 && width.kernel > 2)
    ways.push({ ...outline, axes: [height, depth, width] });
  return ways;
}
