// Block layouts: where the input and the output of a block lie, in place or where they are copied.

import { mapAxes } from '../geometry/axis.js';
import type { Plan } from '../plan/plan.js';
import type { Region } from '../plan/region.js';
import { apart, denseLayout, type Layout, layoutOf, movedBy, startOf } from './layout.js';

/** Where the numbers of a call lie, as addresses in wasm memory. */
export interface Places {
  readonly scratch: number;
  readonly weights: number;
  /** the whole input and output, each -1 where it does not lie in wasm memory */
  readonly input: number;
  readonly output: number;
  /** numbers from one image to the next where these are channels of a larger tensor, else -1 */
  readonly inputStep: number;
  readonly outputStep: number;
}

/** Where the numbers of a block lie. */
export interface Addresses extends Places {
  /** where the block's tasks and tables go */
  readonly tables: number;
  readonly bias: number;
  /** where outputs go that are copied from there, if not to their place in the scratch; -1 likewise */
  readonly target?: number;
}

/** What a block computes, and where. */
interface Placed extends Region {
  readonly plan: Plan;
  readonly addresses: Addresses;
}

/** Where the input lies: in place, or copied. A single block is copied as a whole and keeps its strides; others are copied densely. */
export function inputLayout(block: Placed): Layout {
  const { input, inputStep, scratch } = block.addresses;
  return layoutOn(block, 'input', input, inputStep, [0, 0, 0], scratch);
}

/** Where the output goes: in place, or to `target` where it is copied from, which is -1 where it is not. Likewise. */
export function outputLayout(block: Placed, target: number): Layout {
  const { output, outputStep } = block.addresses;
  const start = startOf(block.slices.map(({ stores }) => stores));
  return layoutOn(block, 'output', target < 0 ? output : -1, outputStep, start, target);
}

/**
 * @param inPlace the address of the whole tensor where it is used as it lies there, from a position on; else -1
 * @param copied the address of what is copied
 */
function layoutOn(
  { plan, slices, firstImage }: Placed,
  side: 'input' | 'output',
  inPlace: number,
  step: number,
  start: readonly number[],
  copied: number,
): Layout {
  const { convolution, axes, blocks, turned } = plan;
  const sizes = mapAxes(axes, (axis) => axis[side]);
  const strides = convolution[side];
  if (inPlace >= 0) return movedBy(layoutOf(inPlace, apart(strides, step), sizes, turned), firstImage, start);
  if (blocks === 1) return layoutOf(copied, strides, sizes, turned);
  const isInput = side === 'input';
  const maps = isInput ? convolution.channels : convolution.filters;
  const own = mapAxes(slices, ({ loaded, stored }) => (isInput ? loaded : stored));
  return denseLayout(copied, convolution.groups, maps, own, turned);
}
