// Convolution: what is computed, whoever asks for it. Plans are made from it and from nothing else: torch's problem makes one, and
// so can a correlation (dilation -1), a gradient (batch and channels exchanged) or a causal stream (padding before only).

import { product } from '../core/lists.js';
import { type Axis, adjoint, lift, type PerAxis } from '../geometry/axis.js';
import type { Outside } from '../geometry/padding.js';
import { formatProblem } from './line.js';
import type { Problem } from './problem.js';

/**
 * Where the maps of a tensor lie: elements from one image, one group and one map to the next. A map is what one channel of an input, or
 * one filter of an output, has of one image. It is dense, its width innermost. The maps fill their tensor without gaps, in any order:
 * that the images of a resident tensor lie further apart, as channels of a larger one, only the addresses of a call say.
 */
export interface MapStrides {
  readonly image: number;
  readonly group: number;
  readonly map: number;
}

/** Where the kernels lie: elements from one group, filter and channel to the next. A kernel itself is dense. */
export interface KernelStrides {
  readonly group: number;
  readonly filter: number;
  readonly channel: number;
}

/** A convolution along three axes. */
export interface Convolution {
  /** names it in errors and explanations. Convolutions of one line must be equal: plans are kept by it */
  readonly line: string;
  readonly batch: number;
  readonly groups: number;
  /** channels and filters of one group */
  readonly channels: number;
  readonly filters: number;
  /**
   * Depth, height and width. `padding` of an axis is the number of positions before its input. How many are read behind the input
   * follows from `output`, so the two sides are independent.
   */
  readonly axes: Readonly<PerAxis<Axis>>;
  /**
   * What stands at positions outside of the input. Zeros are numbers like any other: a weight that is not finite gives NaN there.
   * Where nothing stands, an output sums over the inputs that it meets; so does a transposed layer, and a gradient.
   */
  readonly outside: Outside;
  /** where the numbers of each tensor lie */
  readonly input: MapStrides;
  readonly output: MapStrides;
  readonly weight: KernelStrides;
}

/** The convolution of torch's problem: tensors are (batch, channels, ...sizes), dense. */
export function convolutionOf(problem: Problem): Convolution {
  const { batch, groups, transposed, paddingMode } = problem;
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

/** The strides of maps that follow one another: [image][group][map]. */
export function denseMaps(groups: number, maps: number, size: number): MapStrides {
  return { image: groups * maps * size, group: maps * size, map: size };
}

/** Whether the maps of the input follow one another, and those of the output too. */
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

/** The problem's spatial axes, as three. */
function axesOf(problem: Problem): PerAxis<Axis> {
  return lift(
    problem.input.map((input, axis) => {
      const conv = {
        kernel: problem.kernel[axis],
        stride: problem.stride[axis],
        dilation: problem.dilation[axis],
        upsample: 1,
        padding: problem.paddingBegin[axis],
        ...(problem.upsample[axis] > 1 && { repeat: problem.upsample[axis] }),
      };
      const output = problem.output[axis];
      // a transposed convolution is a plain one from its output to its input, read the other way
      return problem.transposed
        ? adjoint({ ...conv, input: output, output: input })
        : { ...conv, input, output };
    }),
  );
}
