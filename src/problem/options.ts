// Options: of a convolution before any input is seen, checked as torch checks them.

import { optionsObject, perAxis, whole } from '../core/arguments.js';
import { asList, describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { isPaddingMode, type PaddingMode } from '../geometry/padding.js';

/** Number of spatial axes. */
export type Rank = 1 | 2 | 3;

/** A list whose length the compiler doesn't know, as `number[]`. A tuple has a first item, which this type forbids: so those stay counted. */
export type SizeList = readonly number[] & { readonly 0?: never };

/** A number for all axes, or one for each (a tuple of one element applies to all). */
export type Sizes<R extends Rank> =
  | number
  | SizeList
  | readonly [number]
  | (R extends 2 ? readonly [number, number] : R extends 3 ? readonly [number, number, number] : never);

/** Sizes of a kernel: a number for all axes, or one for each. */
export type KernelSizes<R extends Rank> =
  | number
  | SizeList
  | (R extends 1
      ? readonly [number]
      : R extends 2
        ? readonly [number, number]
        : readonly [number, number, number]);

/** Options of the functionals `conv1d`, `conv2d`, `conv3d`, with torch's defaults. */
export interface FunctionalOptions<R extends Rank> {
  /** distance between neighbouring outputs in the input, default 1 */
  stride?: Sizes<R> | undefined;
  /** zeros on both sides of each axis, or 'same' (output as large as the input, stride 1) or 'valid' (none); default 0 */
  padding?: Sizes<R> | 'same' | 'valid' | undefined;
  /** distance between neighbouring kernel elements, default 1 */
  dilation?: Sizes<R> | undefined;
  /** number of separate convolutions into which the channels are split, default 1 */
  groups?: number | undefined;
}

/** Options of the functionals `convTranspose1d`, `convTranspose2d`, `convTranspose3d`, with torch's defaults. */
export interface FunctionalTransposeOptions<R extends Rank> {
  /** step between the outputs of neighbouring inputs, default 1 */
  stride?: Sizes<R> | undefined;
  /** outputs cut off on both sides of each axis, default 0 */
  padding?: Sizes<R> | undefined;
  /** outputs added at the end of each axis, smaller than stride or dilation; default 0 */
  outputPadding?: Sizes<R> | undefined;
  /** number of separate convolutions into which the channels are split, default 1 */
  groups?: number | undefined;
  /** distance between neighbouring kernel elements, default 1 */
  dilation?: Sizes<R> | undefined;
}

/** Options that were checked, with torch's defaults in the place of those left out: a convolution without sizes of input and kernel. */
export interface CheckedOptions {
  readonly transposed: boolean;
  readonly rank: Rank;
  readonly groups: number;
  readonly stride: readonly number[];
  readonly padding: readonly number[] | 'same' | 'valid';
  /** at the end of each axis, where it is not as at the beginning */
  readonly paddingEnd?: readonly number[] | undefined;
  readonly dilation: readonly number[];
  readonly outputPadding: readonly number[];
  readonly paddingMode: PaddingMode;
}

/** Options as they come: of any kind until they are checked. */
export interface AnyOptions {
  readonly stride?: unknown;
  readonly padding?: unknown;
  readonly dilation?: unknown;
  readonly outputPadding?: unknown;
  readonly groups?: unknown;
  readonly bias?: unknown;
  readonly paddingMode?: unknown;
}

/** Whose options they are. Torch's layers know more of them than its functionals, and refuse some in other words. */
export interface OptionsOwner {
  readonly transposed: boolean;
  readonly rank: Rank;
  readonly isLayer: boolean;
}

const CONV_OPTIONS = ['stride', 'padding', 'dilation', 'groups'];
const TRANSPOSE_OPTIONS = ['stride', 'padding', 'outputPadding', 'groups', 'dilation'];
const LAYER_OPTIONS = ['bias', 'paddingMode'];

const functionalOptions = (transposed: boolean): readonly string[] =>
  transposed ? TRANSPOSE_OPTIONS : CONV_OPTIONS;

/** The names of a layer's options. */
export const layerOptions = (transposed: boolean): readonly string[] => [
  ...functionalOptions(transposed),
  ...LAYER_OPTIONS,
];

/**
 * Checks options and gives them torch's defaults; a layer's `bias` is left to the layer.
 * @param others names of options that are known too, and checked elsewhere
 * @throws RangeError for invalid values, TypeError for invalid types, with torch's messages
 */
export function checkOptions(
  owner: OptionsOwner,
  options: AnyOptions | undefined,
  where: Where,
  others: readonly string[] = [],
): CheckedOptions {
  const { transposed, rank, isLayer } = owner;
  const known = isLayer ? layerOptions(transposed) : functionalOptions(transposed);
  optionsObject(options, [...known, ...others], where);
  const {
    groups: givenGroups = 1,
    paddingMode: givenMode = 'zeros',
    stride: givenStride = 1,
    dilation: givenDilation = 1,
    outputPadding: givenOutputPadding = 0,
    padding: givenPadding = 0,
  } = options ?? {};
  // in torch's order, which decides what is refused first
  const groups = checkGroups(givenGroups, isLayer, where);
  const paddingMode = checkPaddingMode(givenMode, owner, where);
  const stride = sizesFrom(
    givenStride,
    'stride',
    rank,
    1,
    'non-positive stride is not supported, got',
    where,
  );
  const dilation = sizesFrom(
    givenDilation,
    'dilation',
    rank,
    1,
    'dilation should be greater than zero, but got',
    where,
  );
  const outputPadding = sizesFrom(
    givenOutputPadding,
    'output_padding',
    rank,
    0,
    'negative output_padding is not supported, got',
    where,
  );
  if (transposed) limitOutputPadding(outputPadding, stride, dilation, where);
  // negative padding crops, but torch lets only the modes other than zeros do so
  const leastPadding = paddingMode === 'zeros' ? 0 : Number.NEGATIVE_INFINITY;
  const padding =
    typeof givenPadding === 'string'
      ? checkNamedPadding(givenPadding, owner, stride, where)
      : sizesFrom(
          givenPadding,
          'padding',
          rank,
          leastPadding,
          'negative padding is not supported, got',
          where,
        );
  return { transposed, rank, groups, stride, padding, dilation, outputPadding, paddingMode };
}

/**
 * Checks how often each element of an input is repeated along each axis.
 * @returns undefined where it is once
 * @throws TypeError for a transposed layer and for what is not an integer, RangeError below 1
 */
export function checkUpsample(
  given: unknown,
  transposed: boolean,
  rank: Rank,
  where: Where,
): readonly number[] | undefined {
  if (given === undefined) return undefined;
  const upsample = sizesFrom(
    given,
    'upsample',
    rank,
    1,
    'upsample should be greater than zero, but got',
    where,
  );
  if (upsample.every((size) => size === 1)) return undefined;
  if (transposed)
    refuseKind(
      where,
      'upsample: only plain layers repeat their input; the stride of a transposed one spreads it',
    );
  return upsample;
}

function checkGroups(given: unknown, isLayer: boolean, where: Where): number {
  const groups = whole(given, 'groups', where);
  if (groups <= 0) {
    refuse(where, isLayer ? 'groups must be a positive integer' : 'non-positive groups is not supported');
  }
  return groups;
}

function checkPaddingMode(given: unknown, { transposed, rank }: OptionsOwner, where: Where): PaddingMode {
  if (transposed && given !== 'zeros') {
    refuse(
      where,
      `Only "zeros" padding mode is supported for ConvTranspose${rank}d, but got ${describe(given)}`,
    );
  }
  if (!isPaddingMode(given)) {
    refuse(
      where,
      `padding_mode must be one of {'replicate', 'reflect', 'zeros', 'circular'}, but got padding_mode=${describe(given)}`,
    );
  }
  return given;
}

/**
 * One size for each axis.
 * @param refusal what torch says of sizes below the least
 */
function sizesFrom(
  given: unknown,
  name: string,
  rank: Rank,
  least: number,
  refusal: string,
  where: Where,
): number[] {
  const sizes = perAxis(given, name, rank, where);
  if (sizes.some((size) => size < least)) refuse(where, `${refusal} ${asList(sizes)}`);
  return sizes;
}

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

function checkNamedPadding(
  given: string,
  { transposed, rank, isLayer }: OptionsOwner,
  stride: readonly number[],
  where: Where,
): 'same' | 'valid' {
  if (transposed) {
    refuseKind(
      where,
      `conv_transpose${rank}d(): argument 'padding' must be tuple of ints, but got '${given}'`,
    );
  }
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
}

/** Sizes as torch names them in an error: it views one axis as two, so that a size is missing. */
function byName(name: string, sizes: readonly number[], missing: number): string {
  const axes = sizes.length === 1 ? [missing, ...sizes] : sizes;
  return axes
    .map((size, axis) => `${name}_${['depth', 'height', 'width'].slice(-axes.length)[axis]}: ${size}`)
    .join(' ');
}
