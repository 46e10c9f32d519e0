// Computes the output sizes of pooling, with torch's checks and messages.

import { asList, refuse, type Where } from '../core/errors.js';
import type { Shape } from '../core/tensor.js';
import type { Axis } from '../geometry/axis.js';
import type { CheckedPool, Kind } from './options.js';

/**
 * The axes of a pooling function for an input shape.
 * @throws RangeError where torch throws, with its message
 */
export function axesOf(kind: Kind, checked: CheckedPool, input: Shape, where: Where): Axis[] {
  const { name, rank } = kind;
  const isLine = rank === 1 && name === 'max';
  checkRank(kind, input, where);
  if (isLine) checkLine(checked, where);
  const axes = input.slice(-rank).map((size, axis) => axisOf(size, checked, axis, where));
  if (isLine) {
    if (axes[0].output < 1) refuse(where, `max_pool1d() Invalid computed output size: ${axes[0].output}`);
  } else checkSizes(kind, checked, input, axes, where);
  return axes;
}

function axisOf(input: number, checked: CheckedPool, axis: number, where: Where): Axis {
  const [kernel, stride, padding, dilation] = [
    checked.kernel,
    checked.stride,
    checked.padding,
    checked.dilation,
  ].map((sizes) => sizes[axis]);
  if (stride === 0) refuse(where, 'stride should not be zero');
  if (padding < 0) refuse(where, `pad must be non-negative, but got pad: ${padding}`);
  if (padding > Math.trunc((dilation * (kernel - 1) + 1) / 2)) {
    refuse(
      where,
      `pad should be at most half of effective kernel size, but got pad=${padding}, kernel_size=${kernel} and dilation=${dilation}`,
    );
  }
  const room = input + 2 * padding - dilation * (kernel - 1) - 1;
  let output = Math.floor((room + (checked.ceilMode ? stride - 1 : 0)) / stride) + 1;
  // the last window must begin in the input or in the padding before it
  if (checked.ceilMode && (output - 1) * stride >= input + padding) output--;
  return { input, kernel, output, stride, dilation, upsample: 1, padding };
}

function checkRank(kind: Kind, input: Shape, where: Where): void {
  const { name, rank } = kind;
  const isRight = input.length === rank + 1 || input.length === rank + 2;
  const isFull = isRight && input.slice(-rank - 1).every((size) => size > 0);
  if (isFull) return;
  const ranks = (least: number) => `${least}D or ${least + 1}D (batch mode) tensor`;
  if (rank === 1) {
    if (name === 'avg' && !isRight) {
      refuse(
        where,
        `Expected 2 to 3 dimensions, but got ${input.length}-dimensional tensor for argument #1 'self' (while checking arguments for avg_pool1d)`,
      );
    }
    // torch adds an axis of size 1 in avg_pool1d
    const shape = name === 'avg' ? [...input.slice(0, -1), 1, ...input.slice(-1)] : input;
    const begin = name === 'avg' ? `Expected ${ranks(3)}` : `max_pool1d: Expected ${ranks(2)}`;
    refuse(where, `${begin} with optional 0 dim batch size for input, but got:${asList(shape)}`);
  }
  if (!isRight && !(name === 'avg' && rank === 2))
    refuse(where, `non-empty ${ranks(rank + 1)} expected for input, but got ${asList(input)}`);
  if (rank === 2)
    refuse(where, `Expected ${ranks(3)} with optional 0 dim batch size for input, but got:${asList(input)}`);
  const owner = name === 'max' ? 'max_pool3d_with_indices_out_cpu_template' : 'avg_pool3d';
  refuse(
    where,
    `${owner}(): Expected input's non-batch dimensions to have positive length, but input has a shape of ${asList(input)} and non-batch dimension 0 has length zero!`,
  );
}

/** The checks of max_pool1d, which has its own messages. */
function checkLine(
  { kernel: [kernel], stride: [stride], padding: [padding], dilation: [dilation] }: CheckedPool,
  where: Where,
): void {
  for (const [name, size] of Object.entries({ kernel_size: kernel, stride }))
    if (size <= 0) refuse(where, `max_pool1d() ${name} must be greater than zero, but got ${size}`);
  if (padding < 0) refuse(where, `max_pool1d() padding must be non-negative, but got ${padding}`);
  if (padding > kernel / 2) {
    refuse(
      where,
      `max_pool1d() padding should be at most half of kernel size, but got padding=${padding} and kernel_size=${kernel}`,
    );
  }
  if (dilation <= 0) refuse(where, `max_pool1d() dilation must be greater than zero, but got ${dilation}`);
}

/** The checks of all other functions. */
function checkSizes(
  kind: Kind,
  checked: CheckedPool,
  input: Shape,
  axes: readonly Axis[],
  where: Where,
): void {
  const { kernel, stride, padding, dilation } = checked;
  const isPositive = (sizes: readonly number[]) => sizes.every((size) => size > 0);
  if (!isPositive(kernel))
    refuse(where, `kernel size should be greater than zero, but got ${lettered('k', kernel)}`);
  if (!isPositive(stride))
    refuse(where, `stride should be greater than zero, but got ${lettered('d', stride)}`);
  if (!isPositive(dilation))
    refuse(where, `dilation should be greater than zero, but got ${lettered('dilation', dilation)}`);
  const sizes = axes.map((axis) => axis.input);
  if (kind.name === 'avg' && kind.rank === 3 && sizes.some((size, axis) => size < kernel[axis])) {
    refuse(where, `input image (${lettered('', sizes)}) smaller than kernel size (${lettered('k', kernel)})`);
  }
  if (padding.some((size, axis) => size > kernel[axis] / 2)) {
    refuse(
      where,
      `pad should be smaller than or equal to half of kernel size, but got ${lettered('pad', padding)} ${lettered('k', kernel)}`,
    );
  }
  const outputs = axes.map((axis) => axis.output);
  if (!isPositive(outputs)) {
    const channels = input[input.length - kind.rank - 1];
    const shown = (all: readonly number[]) => [channels, ...asPlane(all, 1)].join('x');
    refuse(
      where,
      `Given input size: (${shown(sizes)}). Calculated output size: (${shown(outputs)}). Output size is too small`,
    );
  }
}

/** Adds an axis, as torch's 1-D functions do. */
function asPlane(sizes: readonly number[], missing: number): readonly number[] {
  return sizes.length === 1 ? [missing, ...sizes] : sizes;
}

/** Formats sizes as in torch's messages. */
function lettered(name: string, sizes: readonly number[]): string {
  const all = asPlane(sizes, name === 'pad' ? 0 : 1);
  return all.map((size, axis) => `${name}${'THW'.slice(-all.length)[axis]}: ${size}`).join(' ');
}
