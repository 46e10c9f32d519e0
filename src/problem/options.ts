// Operator: what a convolution is before any input is seen: its kind and its options, checked as torch checks them.

import { optionsObject, perAxis, whole } from '../core/arguments.js';
import { describe, refuse, type Where } from '../core/errors.js';
import type { PaddingMode } from '../geometry/padding.js';

/** Number of spatial axes. */
export type Rank = 1 | 2 | 3;

/** A number for all axes, or one for each (a tuple of one counts for all). */
export type Sizes<R extends Rank> =
  | number
  | readonly [number]
  | (R extends 2 ? readonly [number, number] : R extends 3 ? readonly [number, number, number] : never);

/** A kernel's sizes: a number for all axes, or one for each. */
export type KernelSizes<R extends Rank> =
  | number
  | (R extends 1
      ? readonly [number]
      : R extends 2
        ? readonly [number, number]
        : readonly [number, number, number]);

/** Options of the functionals `conv1d`, `conv2d`, `conv3d`, with torch's defaults. */
export interface FunctionalOptions<R extends Rank> {
  /** step between neighbouring outputs, default 1 */
  stride?: Sizes<R>;
  /** zeros on both sides of each axis, or 'same' (output as large as the input, stride 1) or 'valid' (none); default 0 */
  padding?: Sizes<R> | 'same' | 'valid';
  /** distance between neighbouring kernel elements, default 1 */
  dilation?: Sizes<R>;
  /** number of separate convolutions the channels are split into, default 1 */
  groups?: number;
}

/** Options of the functionals `convTranspose1d`, `convTranspose2d`, `convTranspose3d`, with torch's defaults. */
export interface FunctionalTransposeOptions<R extends Rank> {
  /** step between the outputs of neighbouring inputs, default 1 */
  stride?: Sizes<R>;
  /** outputs cut off on both sides of each axis, default 0 */
  padding?: Sizes<R>;
  /** outputs added at the end of each axis, smaller than stride or dilation; default 0 */
  outputPadding?: Sizes<R>;
  /** number of separate convolutions the channels are split into, default 1 */
  groups?: number;
  /** distance between neighbouring kernel elements, default 1 */
  dilation?: Sizes<R>;
}

/** A convolution without sizes of input and kernel. */
export interface Operator {
  readonly transposed: boolean;
  readonly rank: Rank;
  readonly groups: number;
  readonly stride: readonly number[];
  readonly padding: readonly number[] | 'same' | 'valid';
  /** at the end of each axis, where it is not as at the beginning */
  readonly paddingEnd?: readonly number[];
  readonly dilation: readonly number[];
  readonly outputPadding: readonly number[];
  readonly paddingMode: PaddingMode;
}

const MODES: readonly PaddingMode[] = ['zeros', 'reflect', 'replicate', 'circular'];
const CONV_OPTIONS = ['stride', 'padding', 'dilation', 'groups'];
const TRANSPOSE_OPTIONS = ['stride', 'padding', 'outputPadding', 'groups', 'dilation'];

/** What a layer's options have beyond a functional's. */
export interface LayerOptions {
  bias?: boolean;
  paddingMode?: PaddingMode;
}

/** All options that any of them may have. */
export type AnyOptions = FunctionalOptions<Rank> & Pick<FunctionalTransposeOptions<Rank>, 'outputPadding'>;

/** Checks options and gives them torch's defaults. `layer` says that the options are a layer's. */
export function operator(
  transposed: boolean,
  rank: Rank,
  options: (AnyOptions & LayerOptions) | undefined,
  layer: boolean,
  where: Where,
): Operator {
  const known = transposed ? TRANSPOSE_OPTIONS : CONV_OPTIONS;
  optionsObject(options, layer ? [...known, 'bias', 'paddingMode'] : known, where);
  const {
    stride: strides = 1,
    padding: paddings = 0,
    dilation: dilations = 1,
    outputPadding: outputPaddings = 0,
    groups: groupCount = 1,
    paddingMode = 'zeros',
  } = options ?? {};

  const groups = whole(groupCount, 'groups', where);
  if (groups <= 0)
    refuse(where, layer ? 'groups must be a positive integer' : 'non-positive groups is not supported');

  if (transposed && paddingMode !== 'zeros') {
    refuse(
      where,
      `Only "zeros" padding mode is supported for ConvTranspose${rank}d, but got ${describe(paddingMode)}`,
    );
  }
  if (!MODES.includes(paddingMode)) {
    refuse(
      where,
      `padding_mode must be one of {'replicate', 'reflect', 'zeros', 'circular'}, but got padding_mode=${describe(paddingMode)}`,
    );
  }

  const stride = perAxis(strides, 'stride', rank, where);
  if (stride.some((size) => size <= 0))
    refuse(where, `non-positive stride is not supported, got [${stride.join(', ')}]`);

  const dilation = perAxis(dilations, 'dilation', rank, where);
  if (dilation.some((size) => size <= 0)) {
    refuse(where, `dilation should be greater than zero, but got [${dilation.join(', ')}]`);
  }

  const outputPadding = perAxis(outputPaddings, 'output_padding', rank, where);
  if (outputPadding.some((size) => size < 0)) {
    refuse(where, `negative output_padding is not supported, got [${outputPadding.join(', ')}]`);
  }
  outputPadding.forEach((size, axis) => {
    if (transposed && size >= Math.max(stride[axis], dilation[axis])) {
      refuse(
        where,
        'output padding must be smaller than either stride or dilation, but got ' +
          [
            byName('output_padding', outputPadding, 0),
            byName('stride', stride, 1),
            byName('dilation', dilation, 1),
          ].join(' '),
      );
    }
  });

  return {
    transposed,
    rank,
    groups,
    stride,
    padding: padding(paddings, transposed, rank, stride, paddingMode, layer, where),
    dilation,
    outputPadding,
    paddingMode,
  };
}

function padding(
  given: unknown,
  transposed: boolean,
  rank: Rank,
  stride: readonly number[],
  mode: PaddingMode,
  layer: boolean,
  where: Where,
): readonly number[] | 'same' | 'valid' {
  if (typeof given === 'string') {
    if (transposed) {
      throw new TypeError(
        `conv_transpose${rank}d(): argument 'padding' must be tuple of ints, but got '${given}' [${where()}]`,
      );
    }
    if (given !== 'same' && given !== 'valid') {
      refuse(
        where,
        `Invalid padding string${layer ? '' : ':'} '${given}', should be one of {'same', 'valid'}`,
      );
    }
    if (given === 'same' && stride.some((size) => size !== 1)) {
      refuse(
        where,
        `padding='same' is not supported for strided convolutions, got stride [${stride.join(', ')}]`,
      );
    }
    return given;
  }
  const sizes = perAxis(given, 'padding', rank, where);
  if (mode === 'zeros' && sizes.some((size) => size < 0)) {
    refuse(where, `negative padding is not supported, got [${sizes.join(', ')}]`);
  }
  return sizes;
}

/** Sizes as torch names them in an error; it views one axis as two. */
function byName(name: string, sizes: readonly number[], missing: number): string {
  const axes = sizes.length === 1 ? [missing, ...sizes] : sizes;
  return axes
    .map((size, axis) => `${name}_${['depth', 'height', 'width'].slice(-axes.length)[axis]}: ${size}`)
    .join(' ');
}
