// The row `inside`: sums only over inputs that exist. For few inputs beside the taps and outputs, and in exact plans for weights that are not
// finite where nothing is outside of the input.

import { FLOAT_BYTES } from '../../core/bytes.js';
import { product } from '../../core/lists.js';
import { largest } from '../../geometry/slice.js';
import { LANES } from '../../shared/sizes.js';
import { InsideTask } from '../../shared/task.js';
import type { Algorithm } from './algorithm.js';

/** Bytes of the sums of a piece of a row, of all filters: half of a second-level cache. */
const PIECE_BYTES = 256 << 10;

/** Quarter cycles to look at a tap of a row; for an input that it meets there, and in addition for each four filters; to store four outputs. */
const TAP = 16;
const INPUT = 24;
const PRODUCTS = 8;
const OUTPUTS = 24;

/** Vectors of neighbouring filters. */
function vectorsOf(filters: number): number {
  return Math.ceil(filters / LANES);
}

export const inside: Algorithm<'inside'> = {
  name: 'inside',
  reason: 'other products meet padding',
  mostTerms: Number.POSITIVE_INFINITY,
  compares: true,
  // if more of them do, the other rows compute all in less time
  mostMeeting: 0.25,
  propose: ({ channels, filters, terms, meeting, depth, height, width }) => {
    const vectors = vectorsOf(filters);
    const rows = depth * height;
    const looking = (TAP * rows * terms) / Math.max(1, channels);
    const adding = (INPUT + PRODUCTS * vectors) * rows * width * terms * product(meeting);
    return { cost: looking + adding + OUTPUTS * rows * width * vectors };
  },
  filterTiles: (filters) => [LANES * vectorsOf(filters)],
  variant: ({ filterTiles: [packed], slices }) => {
    const bytes = FLOAT_BYTES * packed;
    const piece = Math.max(1, Math.floor(PIECE_BYTES / Math.max(1, bytes)));
    const [, , width] = largest(slices, ({ count }) => count);
    return {
      entry: 'inside',
      input: 'window',
      workspace: { spareRows: bytes * Math.min(piece, width) },
      items: (images, [depth, height, width]) => images * depth * height * Math.ceil(width / piece),
      task: ({ taps, along: [depthTaps, rowTaps, columnTaps] }) =>
        Object.assign(new InsideTask(), { taps, piece, depthTaps, rowTaps, columnTaps }),
    };
  },
};
