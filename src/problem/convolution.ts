// Convolution: the general description that plans are made from. Layers convert a torch problem to it; the gradients of inputs are
// adjoints.

import { product } from '../core/lists.js';
import { type Axis, lift, type PerAxis } from '../geometry/axis.js';
import type { Outside } from '../geometry/padding.js';
import { formatProblem } from './line.js';
import type { Problem } from './problem.js';

/**
 * The strides of a tensor's maps, in elements. A map has the elements of one channel (or filter) of one image. It is dense, with the width
 * innermost. Maps may be in any order, without gaps. (The larger image stride of a view of some channels is a property of the call, not
 * of the convolution.)
 */
export interface MapStrides {
  readonly image: number;
  readonly group: number;
  readonly map: number;
}

/** The strides of a weight's kernels, in elements. A kernel itself is dense. */
interface KernelStrides {
  readonly group: number;
  readonly filter: number;
  readonly channel: number;
}

/** A convolution along three axes. */
export interface Convolution {
  /** names the convolution in messages. Also the key of plan caches, so convolutions with the same line must be equal */
  readonly line: string;
  readonly batch: number;
  readonly groups: number;
  /** channels and filters of one group */
  readonly channels: number;
  readonly filters: number;
  /**
   * Depth, height and width. `padding` of an axis is that before the input. The padding after it follows from `output`, so the two sides
   * are independent.
   */
  readonly axes: Readonly<PerAxis<Axis>>;
  /**
   * The padding. Zeros are multiplied like any other number, so a weight that is not finite gives NaN. With 'nothing', as in transposed
   * layers and gradients, outputs sum only over inputs that exist.
   */
  readonly outside: Outside;
  readonly input: MapStrides;
  readonly output: MapStrides;
  readonly weight: KernelStrides;
}

/** The convolution of a torch problem, with dense tensors (batch, channels, ...sizes). */
export function convolutionOf(problem: Problem): Convolution {
  const { batch, groups, kind, paddingMode } = problem;
  const { transposed } = kind;
  const channels = problem.channels / groups;
  const filters = problem.filters / groups;
  const kernel = product(problem.kernel);
  return {
    line: formatProblem(problem),
    batch,
    groups,
    channels,
    filters,
    axes: axesOf(problem),
    outside: transposed ? 'nothing' : paddingMode,
    input: denseMaps(groups, channels, product(problem.input)),
    output: denseMaps(groups, filters, product(problem.output)),
    // a transposed weight is (channels, filters / groups, ...kernel)
    weight: {
      group: filters * channels * kernel,
      filter: transposed ? kernel : channels * kernel,
      channel: transposed ? filters * kernel : kernel,
    },
  };
}

/** The strides of dense maps [image][group][map]. */
export function denseMaps(groups: number, maps: number, size: number): MapStrides {
  return { image: groups * maps * size, group: maps * size, map: size };
}

/** Whether the maps of input and output are in the order [image][group][map]. */
export function isDense({ groups, channels, filters, axes, input, output }: Convolution): boolean {
  const isInOrder = (strides: MapStrides, maps: number, sizes: readonly number[]) => {
    const { image, group, map } = denseMaps(groups, maps, product(sizes));
    return strides.image === image && strides.group === group && strides.map === map;
  };
  return (
    isInOrder(
      input,
      channels,
      axes.map((axis) => axis.input),
    ) &&
    isInOrder(
      output,
      filters,
      axes.map((axis) => axis.output),
    )
  );
}

/** The problem's spatial axes, extended to three. */
function axesOf(problem: Problem): PerAxis<Axis> {
  return lift(
    problem.input.map((input, axis) =>
      problem.kind.axis({
        input,
        kernel: problem.kernel[axis],
        output: problem.output[axis],
        stride: problem.stride[axis],
        dilation: problem.dilation[axis],
        upsample: 1,
        padding: problem.paddingBegin[axis],
        ...(problem.upsample[axis] > 1 && { repeat: problem.upsample[axis] }),
      }),
    ),
  );
}
