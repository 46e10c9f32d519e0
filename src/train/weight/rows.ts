// The row table of a weight gradient: for each row of a block's outputs, its address in the gradient and the address in the window that
// tap 0 reads. Rows are grouped into runs, whose sums are short enough for float32.

import type { PerAxis } from '../../geometry/axis.js';

/** Words of a table entry; src/shared/gradient-task.ts describes them. */
export const ROW_WORDS = 4;

/** Strides in bytes. */
export interface RowStrides {
  readonly image: number;
  readonly depth: number;
  readonly row: number;
  readonly column: number;
}

/** How rows are divided into runs. */
export interface RowOrder {
  /** positions per step: the lanes of a vector, or 1 */
  readonly step: number;
  /** the most steps of a run. Only rows that are longer are split, where a run is full */
  readonly mostSteps: number;
}

/** The rows of a block. */
interface BlockRows {
  readonly table: readonly number[];
  /** the index of the first row of each run, then the number of rows */
  readonly runs: readonly number[];
}

/**
 * Builds the table.
 * @param gradient `at`: the byte offset of a row in a map of the gradient; `image` and `column`: strides in bytes
 * @param ends the last two words of an entry, for the number of its positions
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
  const rowSteps = Math.ceil(width / step);
  let steps = 0;
  for (let image = 0; image < images; image++)
    for (let depth = 0; depth < depths; depth++)
      for (let row = 0; row < heights; row++) {
        const from = image * gradient.image + gradient.at(depth, row);
        const input = image * window.image + depth * window.depth + row * window.row;
        for (let begin = 0; begin < width; ) {
          if (rowSteps > mostSteps ? steps === mostSteps : steps + rowSteps > mostSteps) {
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

/** An upper bound for the number of entries: the rows, and one more for each split at the end of a run. */
export function mostRows(
  images: number,
  [depths, heights, width]: Readonly<PerAxis>,
  order: RowOrder,
): number {
  const { step, mostSteps } = order;
  const rows = images * depths * heights;
  return rows + Math.ceil((rows * Math.ceil(width / step)) / mostSteps);
}

/** Lane masks for one, two and three remaining positions. */
export const restMasks: readonly number[] = [-1, 0, 0, 0, -1, -1, 0, 0, -1, -1, -1, 0];
