// Pieces: which parts of a map a block loads or stores, where they lie in one piece both in the tensor and in the block.

import type { Slice, Stretch } from './slice.js';

/** A stretch of a map that lies in one piece both in the tensor and in the block. */
interface Piece {
  readonly offset: number;
  readonly length: number;
}

/** The pieces of one map that a block loads or stores, as long as they can be. */
export function piecesOf(
  slices: readonly [Slice, Slice, Slice],
  stretches: (slice: Slice) => readonly Stretch[],
  sizes: readonly number[],
): Piece[] {
  const [depths, heights, widths] = slices.map(stretches) as [
    readonly Stretch[],
    readonly Stretch[],
    readonly Stretch[],
  ];
  const [, height, width] = sizes as [number, number, number];
  const pieces: Piece[] = [];
  const wholeRows = widths[0]?.count === width;
  const wholeMaps = wholeRows && heights[0]?.count === height;
  for (const { first, count } of depths) {
    if (wholeMaps) {
      pieces.push({ offset: first * height * width, length: count * height * width });
      continue;
    }
    for (let d = first; d < first + count; d++) {
      for (const rows of heights) {
        if (wholeRows) {
          pieces.push({ offset: (d * height + rows.first) * width, length: rows.count * width });
          continue;
        }
        for (let h = rows.first; h < rows.first + rows.count; h++) {
          for (const { first, count } of widths)
            pieces.push({ offset: (d * height + h) * width + first, length: count });
        }
      }
    }
  }
  return pieces;
}
