// Grid: the windows of unfold and fold over an image, and the checks of their sizes.

import { optionsObject, perAxis } from '../core/arguments.js';
import { asList, refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { Shape } from '../core/tensor.js';
import type { KernelSizes } from '../problem/sizes.js';

/** The distances of windows, with torch's defaults. */
export interface GridOptions {
  /** distance between neighbouring elements of a window; default 1 */
  dilation?: KernelSizes<2> | undefined;
  /** zero padding on both sides of each axis; default 0 */
  padding?: KernelSizes<2> | undefined;
  /** distance between neighbouring windows; default 1 */
  stride?: KernelSizes<2> | undefined;
}

/** The sizes of windows, height first. */
interface WindowSizes {
  readonly kernel: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly number[];
  readonly stride: readonly number[];
}

/** The windows over an image. */
interface Grid extends WindowSizes {
  readonly size: readonly number[];
  /** windows along each axis */
  readonly windows: readonly number[];
}

/**
 * The channels of the image that columns are summed into.
 * @throws RangeError for sizes that don't match the grid, with torch's message
 */
export function channelsOf(shape: readonly number[], grid: Grid, where: Where): number {
  const { size, kernel, dilation, padding, stride, windows } = grid;
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
  return rows / taps;
}

/**
 * For each kernel element and row of windows, visits the windows for which the element is inside of the image: `count` elements of the
 * columns, beginning at index `column`, and the index of the first pixel; pixels are `step` apart.
 */
export function eachRun(
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
export function sizesOf(kernelSize: unknown, options: GridOptions | undefined, where: Where): WindowSizes {
  optionsObject(options, ['dilation', 'padding', 'stride', 'out'], where);
  const kernel = pair('kernel_size', kernelSize, where);
  const dilation = pair('dilation', options?.dilation ?? 1, where);
  const padding = pair('padding', options?.padding ?? 0, where);
  const stride = pair('stride', options?.stride ?? 1, where);
  checkPositive('kernel size', 'kernel', kernel, where);
  checkPositive('dilation', 'dilation', dilation, where);
  if (padding.some((count) => count < 0))
    refuse(where, `padding should be non-negative, but got ${byAxis('pad', padding)}`);
  checkPositive('stride', 'stride', stride, where);
  return { kernel, dilation, padding, stride };
}

function checkPositive(what: string, name: string, sizes: readonly number[], where: Where): void {
  if (sizes.some((size) => size <= 0))
    refuse(where, `${what} should be greater than zero, but got ${byAxis(name, sizes)}`);
}

/** One number per axis, from a number or a tuple of two. Unlike for convolutions, torch rejects a tuple of one. */
export function pair(name: string, value: unknown, where: Where): number[] {
  if (Array.isArray(value) && value.length !== 2)
    refuse(where, `It is expected ${name} equals to 2, but got size ${value.length}`);
  return perAxis(value, name, 2, where);
}

/** The windows over an image; less than one along an axis if a window is too large. */
export function gridOn(size: readonly number[], sizes: WindowSizes): Grid {
  const { kernel, dilation, padding, stride } = sizes;
  const windows = size.map((pixels, axis) => {
    const reach = dilation[axis] * (kernel[axis] - 1) + 1;
    return Math.floor((pixels + 2 * padding[axis] - reach) / stride[axis]) + 1;
  });
  return { ...sizes, size, windows };
}

/** Checks the rank, and that only the batch is empty. */
export function checkShape(shape: Shape, rank: number, where: Where, sentence: string): void {
  const isRight = shape.length === rank || shape.length === rank + 1;
  if (!isRight || shape.slice(-rank).some((size) => size === 0))
    refuse(where, `${sentence}, but got: ${asList(shape)}`);
}

/** Formats a tuple as Python does. */
export const tuple = (sizes: readonly number[]) => `(${sizes.join(', ')})`;

/** Formats sizes as in torch's messages. */
const byAxis = (name: string, [height, width]: readonly number[]) =>
  `${name}_height: ${height} ${name}_width: ${width}`;
