// Computes the padding and the output size of a convolution, with torch's checks.

import { checkShape } from '../core/arguments.js';
import { asList, refuse, type Where } from '../core/errors.js';
import type { Shape } from '../core/tensor.js';
import { mostPadding, type PaddingMode } from '../geometry/padding.js';
import type { CheckedOptions } from './options.js';
import type { Rank } from './sizes.js';

/** A problem without its output size. Channels and filters are those of all groups together. */
export interface Sized {
  readonly transposed: boolean;
  readonly rank: Rank;
  readonly batch: number;
  readonly groups: number;
  readonly channels: number;
  readonly filters: number;
  readonly input: readonly number[];
  /** the factor of each axis by which the input is upsampled before the convolution */
  readonly upsample: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly paddingBegin: readonly number[];
  readonly paddingEnd: readonly number[];
  readonly paddingMode: PaddingMode;
}

/** The output sizes, and the output padding that they follow from. */
export interface OutputSizes {
  readonly outputPadding: readonly number[];
  readonly output: readonly number[];
}

/** The padding at the beginning and at the end of each axis. */
export function paddingOf(
  options: CheckedOptions,
  kernel: readonly number[],
): { paddingBegin: readonly number[]; paddingEnd: readonly number[] } {
  const { padding, dilation } = options;
  if (padding === 'valid') {
    const none = kernel.map(() => 0);
    return { paddingBegin: none, paddingEnd: none };
  }
  if (padding === 'same') {
    const total = kernel.map((size, axis) => dilation[axis] * (size - 1));
    const paddingBegin = total.map((size) => Math.floor(size / 2));
    // if the total is odd, the end has one more
    return { paddingBegin, paddingEnd: total.map((size, axis) => size - paddingBegin[axis]) };
  }
  return { paddingBegin: padding, paddingEnd: options.paddingEnd ?? padding };
}

/**
 * The output sizes of a convolution that is not transposed: floor((input + padding - reach) / stride) + 1 along each axis, with the reach
 * of the kernel, dilation * (kernel - 1) + 1.
 * @throws RangeError if the padding is too large for its mode, or the kernel is larger than the padded input
 */
export function convOutput(p: Sized, where: Where): number[] {
  checkPaddingLimits(p, where);
  const padded = upsampledInput(p).map((size, axis) => size + p.paddingBegin[axis] + p.paddingEnd[axis]);
  const reach = p.kernel.map((size, axis) => p.dilation[axis] * (size - 1) + 1);
  if (padded.some((size, axis) => size < reach[axis])) {
    refuse(
      where,
      `Calculated padded input size per channel: (${padded.join(' x ')}). Kernel size: (${reach.join(' x ')}). ` +
        "Kernel size can't be greater than actual input size",
    );
  }
  return padded.map((size, axis) => Math.floor((size - reach[axis]) / p.stride[axis]) + 1);
}

/** Torch's messages for padding that is too large for the mode. */
const TOO_MUCH_PADDING = {
  reflect: 'Padding size should be less than the corresponding input dimension, but got: padding',
  circular: 'Padding value causes wrapping around more than once. Got padding',
};

/** The sizes of the upsampled input. */
function upsampledInput({ input, upsample }: Sized): number[] {
  return input.map((size, axis) => size * upsample[axis]);
}

function checkPaddingLimits(p: Sized, where: Where): void {
  const { paddingBegin, paddingEnd, paddingMode } = p;
  // the other modes have no limit
  if (paddingMode !== 'reflect' && paddingMode !== 'circular') return;
  const input = upsampledInput(p);
  for (const [axis, size] of input.entries()) {
    const [begin, end] = [paddingBegin[axis], paddingEnd[axis]];
    if (Math.max(begin, end) <= mostPadding(size, paddingMode)) continue;
    refuse(
      where,
      `${TOO_MUCH_PADDING[paddingMode]} (${begin}, ${end}) at spatial dimension ${axis} of input ${asList(input)}`,
    );
  }
}

/**
 * The output sizes of a transposed convolution: the smallest for which a convolution gives the input's sizes, plus the output padding.
 * @param outputPadding the option of the layer; `outputSize` replaces it
 * @param outputSize the requested sizes: spatial, or with channels and batch
 * @param input the input's whole shape
 * @throws RangeError if a size would be negative, or the requested sizes are not possible
 */
export function transposedOutput(
  p: Sized,
  outputPadding: readonly number[],
  outputSize: readonly number[] | undefined,
  input: Shape,
  where: Where,
): OutputSizes {
  const smallest = p.input.map(
    (size, axis) =>
      (size - 1) * p.stride[axis] -
      p.paddingBegin[axis] -
      p.paddingEnd[axis] +
      p.dilation[axis] * (p.kernel[axis] - 1) +
      1,
  );
  const added = outputSize ? outputPaddingFor(outputSize, smallest, p, input, where) : outputPadding;
  const output = smallest.map((size, axis) => size + added[axis]);
  if (output.some((size) => size < 0)) {
    refuse(
      where,
      `Given input size per channel: (${p.input.join(' x ')}). Calculated output size per channel: (${output.join(' x ')}). ` +
        'Output size is too small',
    );
  }
  return { outputPadding: added, output };
}

/** The output padding that gives the requested output sizes. */
function outputPaddingFor(
  wanted: readonly number[],
  smallest: readonly number[],
  p: Sized,
  input: Shape,
  where: Where,
): number[] {
  const { rank } = p;
  checkShape(wanted, 'output_size', where);
  const full = input.length;
  if (wanted.length !== rank && wanted.length !== full) {
    refuse(
      where,
      `ConvTranspose${rank}D: for ${full}D input, output_size must have ${rank} or ${full} elements (got ${wanted.length})`,
    );
  }
  const sizes = wanted.slice(-rank);
  const largest = smallest.map((size, axis) => size + p.stride[axis] - 1);
  if (sizes.some((size, axis) => size < smallest[axis] || size > largest[axis])) {
    refuse(
      where,
      `requested an output size of ${asList(sizes)}, but valid sizes range from ${asList(smallest)} to ${asList(largest)} ` +
        `(for an input of torch.Size(${asList(p.input)}))`,
    );
  }
  return sizes.map((size, axis) => size - smallest[axis]);
}
