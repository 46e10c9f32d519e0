// Overwriting: plans whose output takes the place of their input, map for map. When outputs may be written there.

import { mapAxes } from '../geometry/axis.js';
import type { Interval } from '../geometry/intervals.js';
import { isAlwaysStaged, type Slice } from '../geometry/slice.js';
import type { Plan } from './plan.js';

/**
 * How many blocks after a block none reads any more what its outputs are written over. One where blocks are cut along an axis and
 * kernels reach no farther than the next; many where the last block reads what the first does, as with circular padding.
 */
export function outputDelay({ slices, blocks }: Pick<Plan, 'slices' | 'blocks'>): number {
  if (blocks === 1) return 0;
  const [, heights, widths] = slices;
  const [depth, height, width] = mapAxes(slices, delayAlong);
  return (depth * heights.length + height) * widths.length + width;
}

/** The same along one axis. */
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
 * Whether a block reads all that it needs of an input, or an item all that it needs of its map, before it writes an output. Where items are
 * parts of a map they do not: two threads may compute two of them at a time.
 */
export function readsBeforeWriting(plan: Plan): boolean {
  const { variant, slices, bytes, convolution, filterTiles } = plan;
  // outputs of classes, and those of a turned plan, are put together elsewhere first
  if (bytes.parts > 0) return true;
  if (!isAlwaysStaged(slices)) return false;
  if (variant.input === 'window') return true;
  const isWhole =
    variant.items(
      1,
      mapAxes(slices, ([{ count }]) => count),
    ) === filterTiles.length;
  return (
    (variant.input === 'plane' || variant.input === 'lanes') &&
    isWhole &&
    convolution.filters === convolution.channels
  );
}
