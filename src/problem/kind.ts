// Kind: what differs between convolutions and transposed convolutions. plain.ts and transposed.ts are the two kinds. Layers and functionals
// say which they are, so that a bundle of Conv2d does not contain transposed.ts.

import type { Where } from '../core/errors.js';
import type { Shape } from '../core/tensor.js';
import type { Axis } from '../geometry/axis.js';
import type { PaddingMode } from '../geometry/padding.js';
import type { Rank } from './sizes.js';

/** One of the two kinds of convolutions. */
export interface Kind {
  readonly transposed: boolean;
  /** torch's names of the layer and of the functional, without the number of axes */
  readonly layer: string;
  readonly functional: string;
  /** the option names of functionals */
  readonly options: readonly string[];
  /** Checks the option `paddingMode`, with torch's message. */
  checkPaddingMode(given: unknown, rank: Rank, where: Where): PaddingMode;
  /** Checks a `padding` that is a string, with torch's message. */
  checkNamedPadding(
    given: string,
    owner: OptionsOwner,
    stride: readonly number[],
    where: Where,
  ): 'same' | 'valid';
  /** Checks the option `outputPadding`, with torch's messages. */
  checkOutputPadding(
    given: unknown,
    rank: Rank,
    stride: readonly number[],
    dilation: readonly number[],
    where: Where,
  ): number[];
  /** Refuses an `upsample` other than 1, if layers do not support it. */
  refuseUpsample?(where: Where): never;
  /** The shape of a weight, for the channels and filters of all groups. */
  weightShape(channels: number, filters: number, groups: number, kernel: readonly number[]): number[];
  /** The channels and filters of all groups. */
  mapsOf(weight: Shape, groups: number): { channels: number; filters: number };
  /**
   * The output sizes, checked like torch.
   * @param outputPadding the option
   * @param outputSize the requested sizes, which replace it: spatial, or with channels and batch
   * @param input the input's whole shape
   * @throws RangeError with torch's message
   */
  outputSizes(
    sizes: Sized,
    outputPadding: readonly number[],
    outputSize: readonly number[] | undefined,
    input: Shape,
    where: Where,
  ): OutputSizes;
  /** The equation of an axis, given that of a convolution from its input to its output. */
  axis(plain: Axis): Axis;
}

/** The layer or functional that options are for: torch's layers and functionals have different options and messages. */
export interface OptionsOwner {
  readonly kind: Kind;
  readonly rank: Rank;
  readonly isLayer: boolean;
}

/** A problem without its output size. Channels and filters are those of all groups together. */
export interface Sized {
  readonly kind: Kind;
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
