// The row `inside`: sums only over inputs that exist, for weights that are not finite where nothing is outside of the input. Only exact plans
// use it.

import { InsideTask } from '../../shared/task.js';
import { oneByOne } from '../filter-tiles.js';
import type { Algorithm } from './algorithm.js';

export const inside: Algorithm<'inside'> = {
  name: 'inside',
  reason: 'no product with what lies outside, for weights that are not finite',
  mostTerms: Number.POSITIVE_INFINITY,
  compares: false,
  propose: () => ({ cost: 0 }),
  filterTiles: oneByOne,
  variant: () => ({
    entry: 'inside',
    input: 'window',
    workspace: {},
    items: (images, [depth, height]) => images * depth * height,
    task: ({ taps }) => Object.assign(new InsideTask(), { taps }),
  }),
};
