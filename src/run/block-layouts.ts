// Block layouts: where the input and the output of a block lie: in their tensors, or in copies.

import { mapAxes, type PerAxis } from '../geometry/axis.js';
import type { Plan } from '../plan/plan.js';
import type { Region } from '../plan/region.js';
import { apart, denseLayout, type Layout, layoutOf, movedBy, startOf } from './layout.js';

/** Where the numbers of a call lie, as addresses in wasm memory. */
export interface Places {
  /** where the areas of a plan are counted from; below the scratch's memory, even below 0, by what a call does not use at the beginning */
  readonly scratch: number;
  readonly weights: number;
  /** the whole input and output; -1 where kernels use a copy */
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
  /** where outputs go that are not stored in the output, if not to their place in the scratch (-1) */
  readonly target?: number;
}

/** A block that is being built. */
export interface Placed extends Region {
  readonly plan: Plan;
  readonly addresses: Addresses;
  /** outputs along each axis that are computed for each class */
  readonly counts: PerAxis;
}

/** Where the kernels read the input: in the input tensor, or a copy. The copy of a single block keeps the strides, those of several are dense. */
export function inputLayout(block: Placed): Layout {
  const { input, inputStep, scratch } = block.addresses;
  return layoutOn(block, 'input', input, inputStep, [0, 0, 0], scratch);
}

/** Where the kernels store the output: in the output tensor if `target` is -1, else at `target`, from where it is copied. */
export function outputLayout(block: Placed, target: number): Layout {
  const { output, outputStep } = block.addresses;
  const start = startOf(block.slices.map(({ stores }) => stores));
  return layoutOn(block, 'output', target < 0 ? output : -1, outputStep, start, target);
}

/** A block of a plan, as far as the layout of its operands depends on it. */
interface LaidOut extends Region {
  readonly plan: Pick<Plan, 'convolution' | 'axes' | 'blocks' | 'turned'>;
}

/**
 * The layout of a block's input or output: in the whole tensor, or in a copy.
 * @param tensor the address of the whole tensor if kernels use it directly, from position `start` on; else -1
 * @param step as `inputStep` of `Places`
 * @param copied the address of the copy
 */
export function layoutOn(
  { plan, slices, firstImage }: LaidOut,
  side: 'input' | 'output',
  tensor: number,
  step: number,
  start: readonly number[],
  copied: number,
): Layout {
  const { convolution, axes, blocks, turned } = plan;
  const sizes = mapAxes(axes, (axis) => axis[side]);
  const strides = convolution[side];
  if (tensor >= 0) return movedBy(layoutOf(tensor, apart(strides, step), sizes, turned), firstImage, start);
  if (blocks === 1) return layoutOf(copied, strides, sizes, turned);
  const isInput = side === 'input';
  const maps = isInput ? convolution.channels : convolution.filters;
  const own = mapAxes(slices, ({ loaded, stored }) => (isInput ? loaded : stored));
  return denseLayout(copied, convolution.groups, maps, own, turned);
}
