// Checks the constructor arguments of a layer like torch, and keeps them as a LayerSpec.

import { flag, perAxis, whole } from '../core/arguments.js';
import { describe, refuse, type Where } from '../core/errors.js';
import type { Kind } from '../problem/kind.js';
import { type AnyOptions, type CheckedOptions, checkOptions } from '../problem/options.js';
import type { Rank } from '../problem/sizes.js';

/** The unchecked constructor arguments of a layer, without its options. */
export interface LayerArguments {
  readonly kind: Kind;
  readonly rank: Rank;
  /** takes its input channels from the first input or state dict; `inChannels` is 0 */
  readonly lazy: boolean;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: unknown;
}

/** The arguments that a class of layers passes on: its kind is that of its base class. */
export type RankedArguments<R extends Rank> = Omit<LayerArguments, 'kind'> & { readonly rank: R };

/** The checked configuration of a layer. Unchanged when a lazy layer is initialised. */
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
 * Checks the constructor arguments of a layer.
 * @throws RangeError for values and TypeError for types that torch rejects, with its message
 */
export function layerSpec(given: LayerArguments, options: AnyOptions | undefined): LayerSpec {
  const { kind, rank, lazy, inChannels, outChannels } = given;
  const where = () =>
    `${className(given, lazy)}(${lazy ? '' : `${describe(inChannels)}, `}${describe(outChannels)}, kernelSize=${describe(given.kernelSize)})`;
  const checked = checkOptions({ kind, rank, isLayer: true }, options, where);
  if (!lazy) checkInChannels(inChannels, checked, where);
  checkChannels('out_channels', outChannels, checked.groups, 1, where);
  const kernelSize = checkKernelSize(given.kernelSize, rank, where);
  const { bias = true } = options ?? {};
  const hasBias = flag(bias, 'bias', where);
  // cached plans depend on them, so they must not change
  const { stride, padding, dilation, outputPadding } = checked;
  for (const sizes of [kernelSize, stride, padding, dilation, outputPadding]) Object.freeze(sizes);
  return { lazy, inChannels, outChannels, kernelSize, hasBias, options: checked };
}

/** The class name of a layer, as in torch. */
export function className({ kind, rank }: { kind: Kind; rank: Rank }, lazy: boolean): string {
  return `${lazy ? 'Lazy' : ''}${kind.layer}${rank}d`;
}

/** The shape of a layer's weight for a number of input channels. */
export function weightShapeOf({ options, outChannels, kernelSize }: LayerSpec, inChannels: number): number[] {
  return options.kind.weightShape(inChannels, outChannels, options.groups, kernelSize);
}

/**
 * Checks a number of input channels. They are the first size of a transposed weight, which must not be 0.
 * @throws as `checkChannels`
 */
export function checkInChannels(channels: number, { kind, groups }: CheckedOptions, where: Where): void {
  checkChannels('in_channels', channels, groups, kind.transposed ? 1 : 0, where);
}

/**
 * Checks a number of channels: an integer of at least `least`, and a multiple of the groups.
 * @throws RangeError or TypeError with torch's message
 */
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
    // torch broadcasts a tuple of one for other options, but not for kernel_size
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
