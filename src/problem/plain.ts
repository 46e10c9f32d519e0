// The kind of Conv1d, Conv2d and Conv3d: its options and output sizes, with torch's checks.

import { asList, describe, refuse, type Where } from '../core/errors.js';
import { isPaddingMode, mostPadding } from '../geometry/padding.js';
import type { Kind, Sized } from './kind.js';

export const plainKind: Kind = {
  transposed: false,
  layer: 'Conv',
  functional: 'conv',
  options: ['stride', 'padding', 'dilation', 'groups'],
  checkPaddingMode(given, _rank, where) {
    if (!isPaddingMode(given)) {
      refuse(
        where,
        `padding_mode must be one of {'replicate', 'reflect', 'zeros', 'circular'}, but got padding_mode=${describe(given)}`,
      );
    }
    return given;
  },
  checkNamedPadding(given, { isLayer }, stride, where) {
    if (given !== 'same' && given !== 'valid') {
      refuse(
        where,
        `Invalid padding string${isLayer ? '' : ':'} '${given}', should be one of {'same', 'valid'}`,
      );
    }
    if (given === 'same' && stride.some((size) => size !== 1)) {
      refuse(where, `padding='same' is not supported for strided convolutions, got stride ${asList(stride)}`);
    }
    return given;
  },
  checkOutputPadding: (_given, rank) => new Array<number>(rank).fill(0),
  weightShape: (channels, filters, groups, kernel) => [filters, channels / groups, ...kernel],
  mapsOf: ([filters, perGroup], groups) => ({ channels: perGroup * groups, filters }),
  outputSizes: (sizes, outputPadding, _outputSize, _input, where) => ({
    outputPadding,
    output: convOutput(sizes, where),
  }),
  axis: (plain) => plain,
};

/**
 * The output sizes of a convolution that is not transposed: floor((input + padding - reach) / stride) + 1 along each axis, with the reach
 * of the kernel, dilation * (kernel - 1) + 1.
 * @throws RangeError if the padding is too large for its mode, or the kernel is larger than the padded input
 */
function convOutput(p: Sized, where: Where): number[] {
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
