// unfold (im2col) and fold (col2im) of torch.nn.functional.

import { optionsObject, perAxis } from '../core/arguments.js';
import { copyRange } from '../core/copy.js';
import { asList, describe, refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { countOfSizes, type Shape, type Tensor, type TensorLike } from '../core/tensor.js';
import { inputTensor } from '../layers/call.js';
import { recording } from '../layers/recording.js';
import type { KernelSizes } from '../problem/sizes.js';
import { outputTensor } from './call.js';

/** Options of `unfold` and `fold`, with torch's defaults. */
export interface UnfoldOptions {
  /** distance between neighbouring elements of a window; default 1 */
  dilation?: KernelSizes<2> | undefined;
  /** zero padding on both sides of each axis; default 0 */
  padding?: KernelSizes<2> | undefined;
  /** distance between neighbouring windows; default 1 */
  stride?: KernelSizes<2> | undefined;
  /** a tensor of the output's shape to write the result to, so that nothing is allocated */
  out?: Tensor | undefined;
}

/** The windows over an image, height first. */
interface Grid {
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly number[];
  readonly stride: readonly number[];
  /** windows along each axis */
  readonly windows: readonly number[];
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
  const grid = { ...sizes, size: shape.slice(-2), windows: windowsOn(shape.slice(-2), sizes) };
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
  const grid = { ...sizes, size, windows: windowsOn(size, sizes) };
  const { kernel, dilation, padding, stride, windows } = grid;
  const [rows, columns] = shape.slice(-2);
  const taps = product(kernel);
  if (rows % taps !== 0) {
    refuse(
      where,
      `Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)=${rows} and kernel_size=${tuple(kernel)}.`,
    );
  }
  const blocks = product(windows);
  if (columns !== blocks || windows.some((count) => count < 1)) {
    refuse(
      where,
      `Given output_size=${tuple(size)}, kernel_size=${tuple(kernel)}, dilation=${tuple(dilation)}, padding=${tuple(padding)}, stride=${tuple(stride)}, ` +
        // two negative counts have a positive product
        (columns === blocks
          ? `calculated shape of the array of sliding blocks as ${tuple(windows)}, which is too small (non-positive).`
          : `expected size of input's dimension 2 to match the calculated number of sliding blocks ${windows.join(' * ')} = ${blocks}, but got input.size(2)=${columns}.`),
    );
  }
  const channels = rows / taps;
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

/**
 * For each kernel element and row of windows, visits the windows for which the element is inside of the image: `count` elements of the
 * columns, beginning at index `column`, and the index of the first pixel; pixels are `step` apart.
 */
function eachRun(
  { size, kernel, dilation, padding, stride, windows }: Grid,
  maps: number,
  visit: (pixel: number, column: number, count: number, step: number) => void,
): void {
  const [height, width] = size;
  const [rows, columns] = windows;
  for (let map = 0, column = 0; map < maps; map++) {
    for (let i = 0; i < kernel[0]; i++) {
      for (let j = 0; j < kernel[1]; j++) {
        const left = dilation[1] * j - padding[1];
        const first = Math.max(0, Math.ceil(-left / stride[1]));
        const end = Math.min(columns, Math.ceil((width - left) / stride[1]));
        for (let row = 0; row < rows; row++, column += columns) {
          const y = stride[0] * row + dilation[0] * i - padding[0];
          if (y < 0 || y >= height || end <= first) continue;
          const pixel = (map * height + y) * width + left + first * stride[1];
          visit(pixel, column + first, end - first, stride[1]);
        }
      }
    }
  }
}

/** The checked sizes of windows. */
function sizesOf(
  kernelSize: unknown,
  options: UnfoldOptions | undefined,
  where: Where,
): Omit<Grid, 'size' | 'windows'> {
  optionsObject(options, ['dilation', 'padding', 'stride', 'out'], where);
  const kernel = pair('kernel_size', kernelSize, where);
  const dilation = pair('dilation', options?.dilation ?? 1, where);
  const padding = pair('padding', options?.padding ?? 0, where);
  const stride = pair('stride', options?.stride ?? 1, where);
  checkPositive('kernel size', 'kernel', kernel, where);
  checkPositive('dilation', 'dilation', dilation, where);
  if (padding.some((count) => count < 0))
    refuse(where, `padding should be non-negative, but got ${named('pad', padding)}`);
  checkPositive('stride', 'stride', stride, where);
  return { kernel, dilation, padding, stride };
}

function checkPositive(what: string, name: string, sizes: readonly number[], where: Where): void {
  if (sizes.some((size) => size <= 0))
    refuse(where, `${what} should be greater than zero, but got ${named(name, sizes)}`);
}

/** One number per axis, from a number or a tuple of two. Unlike for convolutions, torch rejects a tuple of one. */
function pair(name: string, value: unknown, where: Where): number[] {
  if (Array.isArray(value) && value.length !== 2)
    refuse(where, `It is expected ${name} equals to 2, but got size ${value.length}`);
  return perAxis(value, name, 2, where);
}

/** The number of windows along each axis of an image; less than 1 if a window is too large. */
function windowsOn(
  size: readonly number[],
  { kernel, dilation, padding, stride }: Omit<Grid, 'size' | 'windows'>,
): number[] {
  return size.map((pixels, axis) => {
    const reach = dilation[axis] * (kernel[axis] - 1) + 1;
    return Math.floor((pixels + 2 * padding[axis] - reach) / stride[axis]) + 1;
  });
}

/** Checks the rank, and that only the batch is empty. */
function checkShape(shape: Shape, rank: number, where: Where, sentence: string): void {
  const isRight = shape.length === rank || shape.length === rank + 1;
  if (!isRight || shape.slice(-rank).some((size) => size === 0))
    refuse(where, `${sentence}, but got: ${asList(shape)}`);
}

const tuple = (sizes: readonly number[]) => `(${sizes.join(', ')})`;

const named = (name: string, [height, width]: readonly number[]) =>
  `${name}_height: ${height} ${name}_width: ${width}`;
