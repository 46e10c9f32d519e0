// unfold (im2col) and fold (col2im) of torch.nn.functional.

import { copyRange } from '../core/copy.js';
import { describe, refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { countOfSizes, type Tensor, type TensorLike } from '../core/tensor.js';
import { inputTensor } from '../layers/call.js';
import { recording } from '../layers/recording.js';
import type { KernelSizes } from '../problem/sizes.js';
import { outputTensor } from './call.js';
import { channelsOf, checkShape, eachRun, type GridOptions, gridOn, pair, sizesOf, tuple } from './grid.js';

/** Options of `unfold` and `fold`, with torch's defaults. */
export interface UnfoldOptions extends GridOptions {
  /** a tensor of the output's shape to write the result to, so that nothing is allocated */
  out?: Tensor | undefined;
}

/**
 * Copies the sliding windows of images to columns (im2col), like torch.nn.functional.unfold.
 *
 * @param x the input, (batch, channels, height, width) or (channels, height, width)
 * @param kernelSize one number for both axes, or height and width
 * @param options dilation, padding, stride (each one number for both axes, or height and width), out
 * @returns the output, (batch, channels · kernel height · kernel width, windows), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @throws RangeError for an output with a size above 2^31 - 1
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html
 * @example
 * import { functional as F } from 'convnd';
 * const columns = F.unfold([[[1, 2, 3], [4, 5, 6]]], 2);
 * console.log(columns.shape.join(), columns.data.join()); // 4,2 1,2,2,3,4,5,5,6
 */
export function unfold(x: TensorLike, kernelSize: KernelSizes<2>, options?: UnfoldOptions): Tensor {
  const named: Where = () => 'unfold';
  const input = inputTensor(x, named);
  const { shape } = input;
  const where: Where = () => `unfold of input ${describe(shape)}`;
  const sizes = sizesOf(kernelSize, options, where);
  checkShape(
    shape,
    3,
    where,
    'Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input',
  );
  const grid = gridOn(shape.slice(-2), sizes);
  if (grid.windows.some((count) => count < 1)) {
    const { kernel, dilation, padding, size, windows } = grid;
    refuse(
      where,
      `Given input with spatial size ${tuple(size)}, kernel_size=${tuple(kernel)}, dilation=${tuple(dilation)}, padding=${tuple(padding)}, ` +
        `calculated shape of the array of sliding blocks as ${tuple(windows)}, but its components must be at least one.`,
    );
  }
  const channels = shape[shape.length - 3];
  const outer = shape.slice(0, -3);
  const columns = [...outer, channels * product(grid.kernel), product(grid.windows)];
  countOfSizes(columns, 'output', where);
  const y = outputTensor(options?.out, columns, input, where);
  const from = input.data;
  const to = y.data;
  to.fill(0);
  const maps = channels * product(outer);
  eachRun(grid, maps, (pixel, column, count, step) => {
    if (step === 1) copyRange(from, pixel, count, to, column);
    else for (let i = 0; i < count; i++) to[column + i] = from[pixel + i * step];
  });
  recording.recorder?.copyingCalled({
    ...{ name: where, x, input, output: y },
    adjoint(ofOutput, ofInput) {
      eachRun(grid, maps, (pixel, column, count, step) => {
        for (let i = 0; i < count; i++) ofInput[pixel + i * step] += ofOutput[column + i];
      });
    },
  });
  return y;
}

/**
 * Sums columns into images at the positions of their windows (col2im), like torch.nn.functional.fold.
 *
 * @param x the columns, (batch, channels · kernel height · kernel width, windows), or without batch
 * @param outputSize the size of the images: one number for both axes, or height and width
 * @param kernelSize one number for both axes, or height and width
 * @param options dilation, padding, stride (each one number for both axes, or height and width), out
 * @returns the output, (batch, channels, height, width), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.fold.html
 * @example
 * import { functional as F } from 'convnd';
 * const columns = F.unfold([[[1, 2, 3], [4, 5, 6]]], 2);
 * console.log(F.fold(columns, [2, 3], 2).data.join()); // 1,4,3,4,10,6
 */
export function fold(
  x: TensorLike,
  outputSize: KernelSizes<2>,
  kernelSize: KernelSizes<2>,
  options?: UnfoldOptions,
): Tensor {
  const named: Where = () => 'fold';
  const input = inputTensor(x, named);
  const { shape } = input;
  const where: Where = () => `fold of input ${describe(shape)}`;
  const size = pair('output_size', outputSize, where);
  const sizes = sizesOf(kernelSize, options, where);
  checkShape(
    shape,
    2,
    where,
    'Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input',
  );
  const grid = gridOn(size, sizes);
  const channels = channelsOf(shape, grid, where);
  const outer = shape.slice(0, -2);
  const y = outputTensor(options?.out, [...outer, channels, ...size], input, where);
  const from = input.data;
  const to = y.data;
  to.fill(0);
  const maps = channels * product(outer);
  eachRun(grid, maps, (pixel, column, count, step) => {
    for (let i = 0; i < count; i++) to[pixel + i * step] += from[column + i];
  });
  recording.recorder?.copyingCalled({
    ...{ name: where, x, input, output: y },
    adjoint(ofOutput, ofInput) {
      eachRun(grid, maps, (pixel, column, count, step) => {
        for (let i = 0; i < count; i++) ofInput[column + i] = ofOutput[pixel + i * step];
      });
    },
  });
  return y;
}
