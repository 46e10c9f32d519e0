// The window of a block of a weight gradient: its strides once it is packed, and where each weight reads it.

import { FLOAT_BYTES } from '../../core/bytes.js';
import { mapAxes, type PerAxis } from '../../geometry/axis.js';
import { type Slice, startsIn } from '../../geometry/slice.js';
import type { Layout } from '../../run/layout.js';
import type { WeightPlan } from './plan.js';
import type { RowStrides } from './rows.js';
import type { Way } from './ways.js';

/** The strides of the packed window in bytes. */
export function packedStrides(
  { image, depth, row, column }: RowStrides,
  { panelImage, side }: Way,
): RowStrides {
  return {
    image: panelImage || image,
    depth: side * depth,
    row: side * row,
    column: side * column,
  };
}

/** The byte offset of each weight of a filter (or of one channel of it) in the window of a group, in the order of the weights. */
export function tapsIn(
  { way, convolution }: Pick<WeightPlan, 'way' | 'convolution'>,
  slices: Readonly<PerAxis<Slice>>,
  window: Layout,
): Int32Array {
  const bytes = [window.depth, window.row, window.column];
  const [depths, heights, widths] = mapAxes(slices, (slice, axis) => {
    const starts = Array.from(startsIn(slice, 0), (start) => start * bytes[axis]);
    // `startsIn` is in the order of input positions
    return slice.split.kernelStep < 0 ? starts.reverse() : starts;
  });
  const table = new Int32Array(way.taps);
  const channels = way.isByChannel ? 1 : convolution.channels;
  let filled = 0;
  for (let channel = 0; channel < channels; channel++)
    for (const depth of depths)
      for (const height of heights)
        for (const width of widths) table[filled++] = channel * window.map + depth + height + width;
  // pads the table, which is rounded up, with the last tap
  return table.fill(table[filled - 1] ?? 0, filled);
}

/** The number of elements of a channel up to the last one that is read. */
export function numbersIn(slices: Readonly<PerAxis<Slice>>, strides: RowStrides, taps: Int32Array): number {
  const [depths, heights, width] = mapAxes(slices, ({ count }) => count);
  const last = taps.reduce((a, b) => Math.max(a, b), 0);
  return ((depths - 1) * strides.depth + (heights - 1) * strides.row + last) / FLOAT_BYTES + width;
}
