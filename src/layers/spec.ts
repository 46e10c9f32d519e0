// Description: what a layer is constructed from, checked as torch checks it.

import { perAxis, whole } from '../core/arguments.js';
import { refuse, type Where } from '../core/errors.js';
import { type LayerOptions, type Operator, operator, type Rank } from '../problem/options.js';

/** What a layer is, before its options. */
export interface Kind {
  readonly name: string;
  readonly transposed: boolean;
  readonly rank: Rank;
  /** undefined for a lazy layer, which learns its channels from the first input */
  readonly inChannels: number | undefined;
  readonly outChannels: number;
  readonly kernelSize: unknown;
}

/** A checked layer. */
export interface Description {
  readonly operator: Operator;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly hasBias: boolean;
}

/**
 * Checks what a layer is constructed from.
 * @throws RangeError for values, TypeError for kinds that torch refuses, in its words
 */
export function describeLayer(kind: Kind, options: LayerOptions | undefined): Description {
  const { name, transposed, rank, outChannels } = kind;
  const lazy = name.startsWith('Lazy');
  const inChannels = lazy ? 0 : (kind.inChannels as number);
  const where = () =>
    `${name}(${lazy ? '' : `${inChannels}, `}${outChannels}, kernelSize=${String(kind.kernelSize)})`;
  const op = operator(transposed, rank, options, true, where);
  const { groups } = op;
  for (const [what, channels] of [
    ['in_channels', inChannels],
    ['out_channels', outChannels],
  ] as const) {
    if (typeof channels === 'number' && channels % groups !== 0) {
      refuse(where, `${what} must be divisible by groups, but got ${what}=${channels}, groups=${groups}`);
    }
    if (whole(channels, what, where) < 0) {
      refuse(where, `Trying to create tensor with negative dimension ${channels}: ${what}`);
    }
    if (channels === 0 && (what === 'out_channels' || (transposed && !lazy))) {
      const sentence = `Given groups=${groups}, expected weight to be at least ${groups} at dimension 0`;
      refuse(where, `${sentence}, but got ${what}=0`);
    }
  }
  const sizes = kernelSize(kind.kernelSize, rank, where);
  const hasBias = options?.bias ?? true;
  if (typeof hasBias !== 'boolean') {
    throw new TypeError(`bias must be a boolean, but got ${String(hasBias)} [${where()}]`);
  }
  return { operator: op, inChannels, outChannels, kernelSize: sizes, hasBias };
}

/** Shape of the weight of a layer for a number of input channels. */
export function weightShapeOf(
  { operator, outChannels, kernelSize }: Description,
  inChannels: number,
): number[] {
  const { groups, transposed } = operator;
  return transposed
    ? [inChannels, outChannels / groups, ...kernelSize]
    : [outChannels, inChannels / groups, ...kernelSize];
}

function kernelSize(given: unknown, rank: Rank, where: Where): number[] {
  const sizes = perAxis(given, 'kernel_size', rank, where);
  if (Array.isArray(given) && given.length !== rank) {
    // unlike other options, torch does not repeat this one
    refuse(
      where,
      `expected kernel_size to be a single integer or a tuple of ${rank}, but got kernel_size=[${given.join(', ')}]`,
    );
  }
  if (sizes.some((size) => size < 0))
    refuse(where, `Trying to create tensor with negative dimension: kernel_size=(${sizes.join(', ')})`);
  if (sizes.some((size) => size === 0))
    refuse(where, `kernel size should be greater than zero, but got kernel_size=(${sizes.join(', ')})`);
  return sizes;
}
