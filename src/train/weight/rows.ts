// Rows of a weight gradient: where each row of a block's outputs lies in the gradient, and where the window of the input does that it
// meets at offset 0. Rows are gathered in runs, whose sums are short enough for float32.

import type { PerAxis } from '../../geometry/axis.js';

/** Words of an entry; the classes of their tasks say what they are. */
export const ROW_WORDS = 4;

/** Bytes from one image, depth, row and column to the next. */
export interface RowStrides {
  readonly image: number;
  readonly depth: number;
  readonly row: number;
  readonly column: number;
}

/** How rows are gathered and cut. */
export interface RowOrder {
  /** positions that are counted together, as lanes of a vector or one by one */
  readonly step: number;
  /** steps of a run, at most; rows are cut where a run is full */
  readonly mostSteps: number;
}

/** The rows of a block. */
export interface BlockRows {
  readonly table: readonly number[];
  /** the first row of each run, and last the number of all rows */
  readonly runs: readonly number[];
}

/**
 * The rows of so many images and outputs along each axis.
 * @param gradient where each depth and row begins in a map of the gradient, and bytes from image to image and from column to column
 * @param ends the last two words of a row of so many positions
 */
export function rowsOf(
  images: number,
  [depths, heights, width]: Readonly<PerAxis>,
  gradient: { readonly image: number; readonly column: number; at(depth: number, row: number): number },
  window: RowStrides,
  { step, mostSteps }: RowOrder,
  ends: (count: number) => readonly [number, number],
): BlockRows {
  const words: number[] = [];
  const runs = [0];
  let steps = 0;
  for (let image = 0; image < images; image++)
    for (let depth = 0; depth < depths; depth++)
      for (let row = 0; row < heights; row++) {
        const from = image * gradient.image + gradient.at(depth, row);
        const input = image * window.image + depth * window.depth + row * window.row;
        for (let begin = 0; begin < width; ) {
          if (steps === mostSteps) {
            runs.push(words.length / ROW_WORDS);
            steps = 0;
          }
          const count = Math.min(width - begin, step * (mostSteps - steps));
          words.push(from + gradient.column * begin, input + window.column * begin, ...ends(count));
          steps += Math.ceil(count / step);
          begin += count;
        }
      }
  runs.push(words.length / ROW_WORDS);
  return { table: words, runs };
}

/** At most so many rows come of `runs` runs' boundaries and the rows themselves. */
export function mostRows(
  images: number,
  [depths, heights, width]: Readonly<PerAxis>,
  order: RowOrder,
): number {
  const { step, mostSteps } = order;
  const rows = images * depths * heights;
  return rows + Math.ceil((rows * Math.ceil(width / step)) / mostSteps);
}

/** The masks of one, two and three lanes. */
export const restMasks: readonly number[] = [-1, 0, 0, 0, -1, -1, 0, 0, -1, -1, -1, 0];
