// The row `inside`: sums only over inputs that exist, for weights that are not finite where nothing is outside of the input. Only exact plans
// use it.

import { FLOAT_BYTES, VECTOR_BYTES } from '../../core/bytes.js';
import { most } from '../../core/lists.js';
import { TILE_PIXELS } from '../../shared/sizes.js';
import { InsideTask } from '../../shared/task.js';
import type { Algorithm } from './algorithm.js';

/** Filters of its only register tile. */
const TILE = 4;

export const inside: Algorithm<'inside'> = {
  name: 'inside',
  reason: 'no product with what lies outside, for weights that are not finite',
  mostTerms: Number.POSITIVE_INFINITY,
  compares: false,
  propose: () => ({ cost: 0 }),
  filterTiles: (filters) => new Array<number>(Math.ceil(filters / TILE)).fill(TILE),
  variant: ({ tapSets }) => ({
    entry: 'inside',
    about: '',
    pixels: TILE_PIXELS,
    input: 'window',
    workspace: {
      spareTile: FLOAT_BYTES * TILE * TILE_PIXELS,
      termList: VECTOR_BYTES * most(tapSets.map(({ terms }) => terms)),
    },
    items: (images, [depth, height]) => images * depth * height,
    task: ({ taps }) => Object.assign(new InsideTask(), { taps }),
  }),
};
