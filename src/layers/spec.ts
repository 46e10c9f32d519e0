// Spec: what a layer is constructed from, checked as torch checks it.

import { perAxis, whole } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { type AnyOptions, type CheckedOptions, checkOptions, type Rank } from '../problem/options.js';

/** What a layer is constructed from, besides its options, unchecked. */
export interface LayerArguments {
  readonly transposed: boolean;
  readonly rank: Rank;
  /** learns its channels from the first input or state dict; `inChannels` is 0 */
  readonly lazy: boolean;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: unknown;
}

/** A layer as it was asked for, checked. It stays the same when a lazy layer learns its channels. */
export interface LayerSpec {
  readonly lazy: boolean;
  /** 0 for a lazy layer */
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly hasBias: boolean;
  readonly options: CheckedOptions;
}

/**
 * Checks what a layer is constructed from.
 * @throws RangeError for invalid values, TypeError for invalid types, with torch's messages
 */
export function layerSpec(given: LayerArguments, options: AnyOptions | undefined): LayerSpec {
  const { transposed, rank, lazy, inChannels, outChannels } = given;
  const where = () =>
    `${className(given, lazy)}(${lazy ? '' : `${describe(inChannels)}, `}${describe(outChannels)}, kernelSize=${describe(given.kernelSize)})`;
  const checked = checkOptions({ transposed, rank, isLayer: true }, options, where);
  const { groups } = checked;
  // the channels of the input are a transposed weight's first size, which must not be 0
  if (!lazy) checkChannels('in_channels', inChannels, groups, transposed ? 1 : 0, where);
  checkChannels('out_channels', outChannels, groups, 1, where);
  const kernelSize = checkKernelSize(given.kernelSize, rank, where);
  const hasBias = options?.bias ?? true;
  if (typeof hasBias !== 'boolean') {
    refuseKind(where, `bias must be a boolean, but got ${describe(hasBias)}`);
  }
  // plans are made of them once
  const { stride, padding, dilation, outputPadding } = checked;
  for (const sizes of [kernelSize, stride, padding, dilation, outputPadding]) Object.freeze(sizes);
  return { lazy, inChannels, outChannels, kernelSize, hasBias, options: checked };
}

/** The name of a layer's class, as torch has it. */
export function className({ transposed, rank }: { transposed: boolean; rank: Rank }, lazy: boolean): string {
  return `${lazy ? 'Lazy' : ''}Conv${transposed ? 'Transpose' : ''}${rank}d`;
}

/** Shape of the weight of a layer for a number of input channels. */
export function weightShapeOf({ options, outChannels, kernelSize }: LayerSpec, inChannels: number): number[] {
  const { groups, transposed } = options;
  return transposed
    ? [inChannels, outChannels / groups, ...kernelSize]
    : [outChannels, inChannels / groups, ...kernelSize];
}

function checkChannels(
  name: 'in_channels' | 'out_channels',
  channels: number,
  groups: number,
  least: 0 | 1,
  where: Where,
): void {
  if (typeof channels === 'number' && channels % groups !== 0) {
    refuse(where, `${name} must be divisible by groups, but got ${name}=${channels}, groups=${groups}`);
  }
  if (whole(channels, name, where) < 0) {
    refuse(where, `Trying to create tensor with negative dimension ${channels}: ${name}`);
  }
  if (channels < least) {
    refuse(
      where,
      `Given groups=${groups}, expected weight to be at least ${groups} at dimension 0, but got ${name}=0`,
    );
  }
}

function checkKernelSize(given: unknown, rank: Rank, where: Where): number[] {
  const sizes = perAxis(given, 'kernel_size', rank, where);
  if (Array.isArray(given) && given.length !== rank) {
    // torch repeats a tuple of one for other options, not for this one
    refuse(
      where,
      `expected kernel_size to be a single integer or a tuple of ${rank}, but got kernel_size=${describe(given)}`,
    );
  }
  if (sizes.some((size) => size < 0))
    refuse(where, `Trying to create tensor with negative dimension: kernel_size=(${sizes.join(', ')})`);
  if (sizes.some((size) => size === 0))
    refuse(where, `kernel size should be greater than zero, but got kernel_size=(${sizes.join(', ')})`);
  return sizes;
}
