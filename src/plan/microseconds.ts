// Microseconds: estimates of the time of one thread, from which a runner decides whether to wake other threads, and how large chunks are.

import { most, product, sum } from '../core/lists.js';
import type { PerAxis } from '../geometry/axis.js';
import { largest, smallest } from '../geometry/slice.js';
import type { Plan } from './plan.js';
import type { TapSet } from './tap-sets.js';

/**
 * Quarter cycles, the unit of the rows' proposals, in a microsecond at 4.5 GHz. This estimates 31 of 35 layers of the suite that take less than
 * 5 ms to within a fifth (AMD Zen 5, Node 20); depthwise maps that are staged one by one take up to twice as long.
 */
const QUARTER_CYCLES = 18_000;

/**
 * Estimates the outputs of one tap set.
 * @param sizes outputs of a map along each axis
 */
export function microsecondsOf(plan: Plan, set: TapSet, images: number, sizes: Readonly<PerAxis>): number {
  const { choice, variant, classes, tapSets, convolution } = plan;
  // the proposal is for the smallest block and the most terms
  const fewest = smallest(plan.slices, ({ count }) => count);
  const blocks = variant.items(images, sizes) / Math.max(1, variant.items(plan.images, fewest));
  const terms = set.terms / Math.max(1, most(tapSets.map((each) => each.terms)));
  const cost = choice.proposal.cost * plan.images * convolution.groups * classes;
  return (cost * blocks * terms) / QUARTER_CYCLES;
}

/**
 * Estimates staging. A single thread stages 5000 numbers in a microsecond. The estimate is twice the time, so that staging is divided earlier,
 * because each thread then stages mostly what it will read. With two threads, n1 g32 c512 f512 i14x14 k3x3 p1x1 takes 0.85 of the time,
 * n1 g1 c64 f64 i56x56 k3x3 p1x1 0.97.
 */
export function microsecondsOfStaging(numbers: number): number {
  return numbers / 2500;
}

/** Estimates interleaving. */
export function microsecondsOfInterleaving(numbers: number): number {
  return numbers / 4000;
}

/** Estimates all blocks of a plan. */
export function microsecondsOfPlan(plan: Plan): number {
  const { convolution, images, slices, tapSets } = plan;
  const sizes = largest(slices, ({ count }) => count);
  // blocks, of which the last ones may be smaller
  const blocks = slices.map((list, axis) => sum(list.map(({ count }) => count)) / sizes[axis]);
  const block = sum(tapSets.map((set) => microsecondsOf(plan, set, images, sizes)));
  return (block * product(blocks) * convolution.batch) / images;
}
