// The public option types of the layer classes: of their constructors, and of `from`.

import type { PaddingMode } from '../geometry/padding.js';
import type { FunctionalOptions, FunctionalTransposeOptions } from '../problem/options.js';
import type { Rank } from '../problem/sizes.js';
import type { NormOptions } from './from.js';

/** Options of `Conv1d`, `Conv2d`, `Conv3d`, with torch's defaults. */
export interface ConvOptions<R extends Rank> extends FunctionalOptions<R> {
  /** adds a learnable bias to each output channel; default true */
  bias?: boolean | undefined;
  /** how the input is padded: 'zeros' (default), 'reflect', 'replicate' or 'circular' */
  paddingMode?: PaddingMode | undefined;
}

/** Options of `ConvTranspose1d`, `ConvTranspose2d`, `ConvTranspose3d`, with torch's defaults. */
export interface ConvTransposeOptions<R extends Rank> extends FunctionalTransposeOptions<R> {
  /** adds a learnable bias to each output channel; default true */
  bias?: boolean | undefined;
  /** only 'zeros', as in torch */
  paddingMode?: 'zeros' | undefined;
}

/** Options of `Conv1d.from`, `Conv2d.from`, `Conv3d.from`: those of the layer except `bias`, and the BatchNorm to fold. */
export interface ConvFromOptions<R extends Rank> extends Omit<ConvOptions<R>, 'bias'>, NormOptions {}

/** Options of `from` of the transposed layers: those of the layer except `bias`, and the BatchNorm to fold. */
export interface ConvTransposeFromOptions<R extends Rank>
  extends Omit<ConvTransposeOptions<R>, 'bias'>,
    NormOptions {}
