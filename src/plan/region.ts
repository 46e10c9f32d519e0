// Region: the part of a plan's work that a block covers.

import type { PerAxis } from '../geometry/axis.js';
import type { Slice } from '../geometry/slice.js';
import type { Plan } from './plan.js';

/** A slice of each axis, and some images. */
export interface Region {
  readonly slices: Readonly<PerAxis<Slice>>;
  readonly firstImage: number;
  readonly images: number;
}

/** The region of a block. Blocks are numbered along the width first, then height, depth and images. */
export function regionOf(plan: Pick<Plan, 'convolution' | 'slices' | 'images'>, index: number): Region {
  let rest = index;
  const next = (list: readonly Slice[]) => {
    const slice = list[rest % list.length];
    rest = Math.floor(rest / list.length);
    return slice;
  };
  const [depths, heights, widths] = plan.slices;
  const width = next(widths);
  const height = next(heights);
  const depth = next(depths);
  const firstImage = rest * plan.images;
  const images = Math.min(plan.images, plan.convolution.batch - firstImage);
  return { slices: [depth, height, width], firstImage, images };
}
