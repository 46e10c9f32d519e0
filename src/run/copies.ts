// Pieces: which parts of a map a block loads or stores, where they lie in one piece both in the tensor and in the block.

import { type Interval, positionsOf } from '../geometry/intervals.js';
import type { Slice } from '../geometry/slice.js';

/** A stretch of a map that lies in one piece both in the tensor and in the block. */
interface Piece {
  readonly offset: number;
  readonly length: number;
}

/** The pieces of one map that a block loads or stores, as long as they can be. */
export function piecesOf(
  slices: readonly [Slice, Slice, Slice],
  stretches: (slice: Slice) => readonly Interval[],
  sizes: readonly number[],
): Piece[] {
  const [depths, heights, widths] = slices.map(stretches) as [
    readonly Interval[],
    readonly Interval[],
    readonly Interval[],
  ];
  const [, height, width] = sizes as [number, number, number];
  const pieces: { offset: number; length: number }[] = [];
  for (const d of positionsOf(depths)) {
    for (const h of positionsOf(heights)) {
      for (const { first, count } of widths) {
        const offset = (d * height + h) * width + first;
        const last = pieces.at(-1);
        if (last && last.offset + last.length === offset) last.length += count;
        else pieces.push({ offset, length: count });
      }
    }
  }
  return pieces;
}
