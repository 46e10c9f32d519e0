// The kind of ConvTranspose1d, ConvTranspose2d and ConvTranspose3d: its options and output sizes, with torch's checks.

import { checkShape } from '../core/arguments.js';
import { asList, describe, refuse, refuseKind, type Where } from '../core/errors.js';
import type { Shape } from '../core/tensor.js';
import { adjoint } from '../geometry/axis.js';
import type { Kind, OutputSizes, Sized } from './kind.js';
import { sizesFrom } from './sizes.js';

export const transposedKind: Kind = {
  transposed: true,
  layer: 'ConvTranspose',
  functional: 'conv_transpose',
  options: ['stride', 'padding', 'outputPadding', 'groups', 'dilation'],
  checkPaddingMode(given, rank, where) {
    if (given !== 'zeros') {
      refuse(
        where,
        `Only "zeros" padding mode is supported for ConvTranspose${rank}d, but got ${describe(given)}`,
      );
    }
    return given;
  },
  checkNamedPadding(given, { rank }, _stride, where) {
    return refuseKind(
      where,
      `conv_transpose${rank}d(): argument 'padding' must be tuple of ints, but got '${given}'`,
    );
  },
  checkOutputPadding(given = 0, rank, stride, dilation, where) {
    const refusal = 'negative output_padding is not supported, got';
    const outputPadding = sizesFrom(given, 'output_padding', rank, 0, refusal, where);
    limitOutputPadding(outputPadding, stride, dilation, where);
    return outputPadding;
  },
  refuseUpsample: (where) =>
    refuseKind(where, 'upsample: not supported by transposed layers, which upsample by their stride'),
  weightShape: (channels, filters, groups, kernel) => [channels, filters / groups, ...kernel],
  mapsOf: ([channels, perGroup], groups) => ({ channels, filters: perGroup * groups }),
  outputSizes: transposedOutput,
  // a transposed convolution is the adjoint of a plain one from its output to its input
  axis: (plain) => adjoint({ ...plain, input: plain.output, output: plain.input }),
};

function limitOutputPadding(
  outputPadding: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
  where: Where,
): void {
  if (outputPadding.every((size, axis) => size < Math.max(stride[axis], dilation[axis]))) return;
  const sizes = [
    byName('output_padding', outputPadding, 0),
    byName('stride', stride, 1),
    byName('dilation', dilation, 1),
  ];
  refuse(where, `output padding must be smaller than either stride or dilation, but got ${sizes.join(' ')}`);
}

/** Formats sizes as in torch's message, which treats one axis as two: `missing` stands for the other. */
function byName(name: string, sizes: readonly number[], missing: number): string {
  const axes = sizes.length === 1 ? [missing, ...sizes] : sizes;
  return axes
    .map((size, axis) => `${name}_${['depth', 'height', 'width'].slice(-axes.length)[axis]}: ${size}`)
    .join(' ');
}

/**
 * The output sizes of a transposed convolution: the smallest for which a convolution gives the input's sizes, plus the output padding.
 * @param outputPadding the option of the layer; `outputSize` replaces it
 * @param outputSize the requested sizes: spatial, or with channels and batch
 * @param input the input's whole shape
 * @throws RangeError if a size would be negative, or the requested sizes are not possible
 */
function transposedOutput(
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
