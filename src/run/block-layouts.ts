// Block layouts: where the input and the output of a block lie, in place or where they are copied.

import { mapAxes, type PerAxis } from '../geometry/axis.js';
import type { Slice } from '../geometry/slice.js';
import type { Plan } from '../plan/plan.js';
import type { Addresses } from './addresses.js';
import { apart, denseLayout, type Layout, layoutOf, movedBy, startOf } from './layout.js';

/** What a block computes, and where. */
interface Placed {
  readonly plan: Plan;
  readonly slices: Readonly<PerAxis<Slice>>;
  readonly firstImage: number;
  readonly addresses: Addresses;
}

/** Where the input lies: in place, or copied. A single block is copied as a whole and keeps its strides; others are copied densely. */
export function inputLayout({ plan, addresses, slices, firstImage }: Placed): Layout {
  const { convolution, axes, blocks, turned } = plan;
  const sizes = mapAxes(axes, ({ input }) => input);
  if (addresses.input >= 0) {
    const strides = apart(convolution.input, addresses.inputStep);
    return movedBy(layoutOf(addresses.input, strides, sizes, turned), firstImage, [0, 0, 0]);
  }
  if (blocks === 1) return layoutOf(addresses.scratch, convolution.input, sizes, turned);
  const loaded = mapAxes(slices, (slice) => slice.loaded);
  return denseLayout(addresses.scratch, convolution.groups, convolution.channels, loaded, turned);
}

/** Where the output goes: in place, or to `target` where it is copied from, which is -1 where it is not. Likewise. */
export function outputLayout({ plan, addresses, slices, firstImage }: Placed, target: number): Layout {
  const { convolution, axes, blocks, turned } = plan;
  const sizes = mapAxes(axes, ({ output }) => output);
  if (target < 0) {
    const start = startOf(slices.map(({ stores }) => stores));
    const strides = apart(convolution.output, addresses.outputStep);
    return movedBy(layoutOf(addresses.output, strides, sizes, turned), firstImage, start);
  }
  if (blocks === 1) return layoutOf(target, convolution.output, sizes, turned);
  const stored = mapAxes(slices, (slice) => slice.stored);
  return denseLayout(target, convolution.groups, convolution.filters, stored, turned);
}
