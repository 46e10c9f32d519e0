// Segments: what a block copies between a tensor and its own memory.

import { mapAxes, turnedIf } from '../geometry/axis.js';
import { positionsOf } from '../geometry/intervals.js';
import type { Plan } from '../plan/plan.js';
import type { Region } from '../plan/region.js';
import type { MapStrides } from '../problem/convolution.js';

/** Numbers that a block copies of a tensor: the same segments of each of some maps. In the block they follow one another, map by map. */
export interface Segments {
  /** of each segment, where it begins in a map, and how many elements it has */
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
  /** where the maps begin in the tensor */
  readonly firsts: readonly number[];
}

/** Numbers of a tensor that follow one another. */
export function oneSegment(first: number, count: number): Segments {
  return { starts: [0], lengths: [count], firsts: [first] };
}

/** What matters of a plan here. */
type CopyingPlan = Pick<Plan, 'convolution' | 'axes' | 'turned'>;

/** What a block loads of the input. */
export function loadedSegments(plan: CopyingPlan, region: Region): Segments {
  return segmentsOf(plan, region, 'input', 'loads', plan.convolution.channels);
}

/** What a block stores of the output. */
export function storedSegments(plan: CopyingPlan, region: Region): Segments {
  return segmentsOf(plan, region, 'output', 'stores', plan.convolution.filters);
}

/** The segments of each map, in order and as long as they can be. */
function segmentsOf(
  { axes, turned, convolution }: CopyingPlan,
  region: Region,
  side: 'input' | 'output',
  intervals: 'loads' | 'stores',
  maps: number,
): Segments {
  const [depths, heights, widths] = turnedIf(
    turned,
    mapAxes(region.slices, (slice) => slice[intervals]),
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
  return { starts, lengths, firsts: mapsOf(region, convolution.groups, maps, convolution[side]) };
}

/** Where the maps of a block begin in their tensor, in the order in which they lie in the block. */
function mapsOf({ firstImage, images }: Region, groups: number, maps: number, strides: MapStrides): number[] {
  const firsts: number[] = [];
  for (let image = firstImage; image < firstImage + images; image++)
    for (let group = 0; group < groups; group++)
      for (let map = 0; map < maps; map++)
        firsts.push(image * strides.image + group * strides.group + map * strides.map);
  return firsts;
}

/**
 * Visits the segments, map by map.
 * @param copy is told where a segment begins in the tensor, how many numbers it has, and which of the block's numbers is its first
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
