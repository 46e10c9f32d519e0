// Copies: between plain tensors and wasm memory, where a plan has several blocks.

import { mapAxes, type PerAxis, turnedIf } from '../geometry/axis.js';
import { positionsOf } from '../geometry/intervals.js';
import type { Slice } from '../geometry/slice.js';
import type { Plan } from '../plan/plan.js';
import type { MapStrides } from '../problem/convolution.js';

/** What a block copies of a tensor: the same pieces of each of some maps. In the block they follow one another, map by map. */
export interface Pieces {
  /** of each piece, where it begins in a map, and how many elements it has */
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
  /** where the maps begin in the tensor */
  readonly firsts: readonly number[];
}

/** What a block covers of a plan's work. */
export interface Part {
  readonly slices: Readonly<PerAxis<Slice>>;
  readonly firstImage: number;
  readonly images: number;
}

/** What a block covers, by its number. Blocks are numbered along the width first, then height, depth and images. */
export function partOf(plan: Pick<Plan, 'convolution' | 'slices' | 'images'>, index: number): Part {
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

/** What matters of a plan here. */
type CopyingPlan = Pick<Plan, 'convolution' | 'axes' | 'turned'>;

/** What a block loads of the input. */
export function loadedPieces(plan: CopyingPlan, part: Part): Pieces {
  return piecesOf(plan, part, 'input', 'loads', plan.convolution.channels);
}

/** What a block stores of the output. */
export function storedPieces(plan: CopyingPlan, part: Part): Pieces {
  return piecesOf(plan, part, 'output', 'stores', plan.convolution.filters);
}

/** The pieces of each map, in order and as long as they can be. */
function piecesOf(
  { axes, turned, convolution }: CopyingPlan,
  part: Part,
  side: 'input' | 'output',
  intervals: 'loads' | 'stores',
  maps: number,
): Pieces {
  const [depths, heights, widths] = turnedIf(
    turned,
    mapAxes(part.slices, (slice) => slice[intervals]),
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
  return { starts, lengths, firsts: mapsOf(part, convolution.groups, maps, convolution[side]) };
}

/** Where the maps of a block begin in their tensor, in the order in which they lie in the block. */
function mapsOf({ firstImage, images }: Part, groups: number, maps: number, strides: MapStrides): number[] {
  const firsts: number[] = [];
  for (let image = firstImage; image < firstImage + images; image++)
    for (let group = 0; group < groups; group++)
      for (let map = 0; map < maps; map++)
        firsts.push(image * strides.image + group * strides.group + map * strides.map);
  return firsts;
}

/**
 * Visits the pieces, map by map.
 * @param copy is told where a piece begins in the tensor, how many numbers it has, and which of the block's numbers is its first
 */
export function eachPiece(
  { starts, lengths, firsts }: Pieces,
  copy: (start: number, count: number, at: number) => void,
): void {
  let at = 0;
  for (const first of firsts) {
    for (let piece = 0; piece < starts.length; piece++) {
      copy(first + starts[piece], lengths[piece], at);
      at += lengths[piece];
    }
  }
}

/** Copies pieces of a tensor into memory, from an index on. */
export function load(pieces: Pieces, tensor: Float32Array, memory: Float32Array, index: number): void {
  eachPiece(pieces, (start, count, at) => memory.set(tensor.subarray(start, start + count), index + at));
}
