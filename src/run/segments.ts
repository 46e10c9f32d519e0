// Segments: what a block copies between a tensor and its own memory.

import { LONG_COPY } from '../core/copy.js';
import { product, sum } from '../core/lists.js';
import { mapAxes, turnedIf } from '../geometry/axis.js';
import { positionsOf } from '../geometry/intervals.js';
import type { Plan } from '../plan/plan.js';
import type { Region } from '../plan/region.js';
import type { Convolution } from '../problem/convolution.js';

/** Numbers of a tensor that a block copies: the same segments of each of some maps. In the block they follow one another, map by map. */
export interface Segments {
  /** of each segment, where it begins in a map, and how many elements it has */
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
  /** where the maps begin in the tensor */
  readonly firsts: readonly number[];
}

/** The tensor that is copied from, or the one that is copied to. */
export type Side = 'input' | 'output';

/** The plan of a region, as far as it matters here. */
type CopyingPlan = Pick<Plan, 'convolution' | 'axes' | 'turned'>;

/** What a plan's single block copies: a whole tensor, in one segment. */
export function wholeTensor({ batch, groups, channels, filters, axes }: Convolution, side: Side): Segments {
  const maps = batch * groups * (side === 'input' ? channels : filters);
  return oneSegment(0, maps * product(axes.map((axis) => axis[side])));
}

/** Numbers of a tensor that follow one another. */
export function oneSegment(first: number, count: number): Segments {
  return { starts: [0], lengths: [count], firsts: [first] };
}

/** What one of several blocks copies: segments in order, each as long as it can be. */
export function segmentsOf({ axes, turned, convolution }: CopyingPlan, region: Region, side: Side): Segments {
  const [depths, heights, widths] = turnedIf(
    turned,
    mapAxes(region.slices, ({ loads, stores }) => (side === 'input' ? loads : stores)),
  );
  const [, height, width] = turnedIf(
    turned,
    mapAxes(axes, (axis) => axis[side]),
  );
  const starts: number[] = [];
  const lengths: number[] = [];
  let end = -1;
  for (const d of positionsOf(depths)) {
    for (const h of positionsOf(heights)) {
      for (const { first, count } of widths) {
        const start = (d * height + h) * width + first;
        if (start === end) {
          lengths[lengths.length - 1] += count;
        } else {
          starts.push(start);
          lengths.push(count);
        }
        end = start + count;
      }
    }
  }
  return { starts, lengths, firsts: mapsOf(convolution, region, side) };
}

/** Where the maps of a region begin in their tensor, in the order in which they lie in the block. */
function mapsOf(convolution: Convolution, { firstImage, images }: Region, side: Side): number[] {
  const { groups, channels, filters } = convolution;
  const strides = convolution[side];
  const maps = side === 'input' ? channels : filters;
  const firsts: number[] = [];
  for (let image = firstImage; image < firstImage + images; image++)
    for (let group = 0; group < groups; group++)
      for (let map = 0; map < maps; map++)
        firsts.push(image * strides.image + group * strides.group + map * strides.map);
  return firsts;
}

/**
 * Visits the segments, map by map.
 * @param copy takes where a segment begins in the tensor, how many numbers it has, and where it begins in the block
 */
export function eachSegment(
  { starts, lengths, firsts }: Segments,
  copy: (start: number, count: number, at: number) => void,
): void {
  let at = 0;
  for (const first of firsts) {
    for (let segment = 0; segment < starts.length; segment++) {
      copy(first + starts[segment], lengths[segment], at);
      at += lengths[segment];
    }
  }
}

/**
 * Whether a map has several segments, so short that what is done to each of them takes most of the time. A single segment may be a whole
 * tensor, with gaps between its images.
 */
export function areShort({ lengths }: Segments): boolean {
  return lengths.length > 1 && sum(lengths) < LONG_COPY * lengths.length;
}
