// Microseconds: about how long one thread computes, by which a runner decides whether others are worth waking. An estimate: it need not be
// right by more than a factor of two.

import { product } from '../core/lists.js';
import type { WinogradTile } from './algorithms/algorithm.js';
import type { Plan } from './plan.js';

/** Products in a microsecond. */
const PRODUCTS = 15_000;

/** Those of so many outputs with so many terms each. */
export function microsecondsOf(outputs: number, terms: number, tile: WinogradTile | undefined): number {
  return (outputs * terms * (tile ? tile.elements / product(tile.outputs) : 1)) / PRODUCTS;
}

/** Those of all blocks of a plan. */
export function microsecondsOfPlan({ convolution, axes, tapSets, tile }: Plan): number {
  const { batch, groups, filters } = convolution;
  const outputs = batch * groups * filters * product(axes.map(({ output }) => output));
  const terms = tapSets.reduce((sum, set) => sum + set.terms, 0) / Math.max(1, tapSets.length);
  return microsecondsOf(outputs, terms, tile);
}
