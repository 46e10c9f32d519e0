// Overwriting: when outputs of an in-place call may overwrite the input.

import { mapAxes } from '../geometry/axis.js';
import type { Interval } from '../geometry/intervals.js';
import { isAlwaysStaged, type Slice } from '../geometry/slice.js';
import type { Plan } from './plan.js';

/**
 * For how many blocks the outputs of a block must be delayed, because later blocks still read the inputs that they overwrite. One where
 * blocks are cut along one axis and kernels reach no farther than the next; many where the last block reads inputs of the first, as with
 * circular padding.
 */
export function outputDelay({ slices, blocks }: Pick<Plan, 'slices' | 'blocks'>): number {
  if (blocks === 1) return 0;
  const [, heights, widths] = slices;
  const [depth, height, width] = mapAxes(slices, delayAlong);
  return (depth * heights.length + height) * widths.length + width;
}

/** The delay along one axis, in slices. */
function delayAlong(slices: readonly Slice[]): number {
  let longest = 0;
  slices.forEach(({ stores }, index) => {
    let reader = slices.length - 1;
    while (reader > index + longest && !meet(stores, slices[reader].loads)) reader--;
    longest = Math.max(longest, reader - index);
  });
  return longest;
}

/** Whether two lists of intervals, each in order, have a position in common. */
function meet(some: readonly Interval[], others: readonly Interval[]): boolean {
  for (let i = 0, j = 0; i < some.length && j < others.length; ) {
    const [a, b] = [some[i], others[j]];
    if (a.first + a.count <= b.first) i++;
    else if (b.first + b.count <= a.first) j++;
    else return true;
  }
  return false;
}

/**
 * Whether a block reads all of its input, or an item all of its map, before it writes an output. Items that are parts of a map do not: two
 * threads may compute two of them at a time.
 */
export function readsBeforeWriting(plan: Plan): boolean {
  const { variant, slices, bytes, convolution, filterTiles } = plan;
  // classes of outputs, and the outputs of a turned plan, are stored in parts first
  if (bytes.parts > 0) return true;
  if (!isAlwaysStaged(slices)) return false;
  if (variant.input === 'window') return true;
  const isWhole =
    variant.items(
      1,
      mapAxes(slices, ([{ count }]) => count),
    ) === filterTiles.length;
  return (
    (variant.input === 'stagedPlane' || variant.input === 'stagedLanes') &&
    isWhole &&
    convolution.filters === convolution.channels
  );
}
