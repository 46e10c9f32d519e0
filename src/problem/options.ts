// The options of convolutions, and their checks, with torch's error messages.

import { checkCount, optionsObject, perAxis, whole } from '../core/arguments.js';
import { asList, describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { isPaddingMode, type PaddingMode } from '../geometry/padding.js';
import { type Padding, type Rank, type Sides, type Sizes, sizesFrom } from './sizes.js';

/** Options of the functionals `conv1d`, `conv2d`, `conv3d`, with torch's defaults. */
export interface FunctionalOptions<R extends Rank> {
  /** stride; default 1 */
  stride?: Sizes<R> | undefined;
  /**
   * padding on both sides of each axis, as pairs if the sides differ, or 'same' (the output has the input's size; only with stride 1) or
   * 'valid' (none); default 0
   */
  padding?: Padding<R> | 'same' | 'valid' | undefined;
  /** distance between neighbouring kernel elements; default 1 */
  dilation?: Sizes<R> | undefined;
  /** number of groups that input and output channels are divided into; default 1 */
  groups?: number | undefined;
}

/** Options of the functionals `convTranspose1d`, `convTranspose2d`, `convTranspose3d`, with torch's defaults. */
export interface FunctionalTransposeOptions<R extends Rank> {
  /** stride of the convolution that this is the transpose of; default 1 */
  stride?: Sizes<R> | undefined;
  /**
   * padding of the convolution that this is the transpose of: it reduces the output on both sides of each axis, as pairs if the sides
   * differ; default 0
   */
  padding?: Padding<R> | undefined;
  /** elements added at the end of each axis of the output, less than stride or dilation; default 0 */
  outputPadding?: Sizes<R> | undefined;
  /** number of groups that input and output channels are divided into; default 1 */
  groups?: number | undefined;
  /** distance between neighbouring kernel elements; default 1 */
  dilation?: Sizes<R> | undefined;
}

/** Checked options, completed with torch's defaults. */
export interface CheckedOptions {
  readonly transposed: boolean;
  readonly rank: Rank;
  readonly groups: number;
  readonly stride: readonly number[];
  readonly padding: readonly number[] | 'same' | 'valid';
  /** padding at the end of each axis, if it differs from that at the beginning on any axis */
  readonly paddingEnd?: readonly number[] | undefined;
  readonly dilation: readonly number[];
  readonly outputPadding: readonly number[];
  readonly paddingMode: PaddingMode;
}

/** Unchecked options. */
export interface AnyOptions {
  readonly stride?: unknown;
  readonly padding?: unknown;
  readonly dilation?: unknown;
  readonly outputPadding?: unknown;
  readonly groups?: unknown;
  readonly bias?: unknown;
  readonly paddingMode?: unknown;
}

/** The layer or functional that options are for: torch's layers and functionals have different options and messages. */
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

/** The option names of a layer. */
export const layerOptions = (transposed: boolean): readonly string[] => [
  ...functionalOptions(transposed),
  ...LAYER_OPTIONS,
];

/**
 * Checks options and completes them with torch's defaults. Does not check a layer's `bias`.
 * @param others names of further options, which are checked elsewhere
 * @throws RangeError for values and TypeError for types that torch rejects, with its message
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
  const sizes = (given: unknown, name: string, least: number, refusal: string) =>
    sizesFrom(given, name, rank, least, refusal, where);
  // in torch's order, which decides which error comes first
  const groups = checkGroups(givenGroups, isLayer, where);
  const paddingMode = checkPaddingMode(givenMode, owner, where);
  const stride = sizes(givenStride, 'stride', 1, 'non-positive stride is not supported, got');
  const dilation = sizes(givenDilation, 'dilation', 1, 'dilation should be greater than zero, but got');
  const outputPadding = sizes(givenOutputPadding, 'output_padding', 0, negative('output_padding'));
  if (transposed) limitOutputPadding(outputPadding, stride, dilation, where);
  // negative padding crops; torch allows it for all modes except zeros
  const leastPadding = paddingMode === 'zeros' ? 0 : Number.NEGATIVE_INFINITY;
  const padding =
    typeof givenPadding === 'string'
      ? { padding: checkNamedPadding(givenPadding, owner, stride, where) }
      : checkPadding(givenPadding, rank, leastPadding, where);
  return { transposed, rank, groups, stride, ...padding, dilation, outputPadding, paddingMode };
}

/** The option `padding`: with a pair for each axis if the sides differ on any. */
export function paddingAsGiven({ padding, paddingEnd }: CheckedOptions): readonly Sides[] | 'same' | 'valid' {
  if (typeof padding === 'string' || !paddingEnd) return padding;
  return padding.map((before, axis) => [before, paddingEnd[axis]] as const);
}

/**
 * Checks the option `upsample`.
 * @returns the factor of each axis; undefined if all are 1
 * @throws TypeError for a transposed layer and for non-integers, RangeError for factors below 1
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
    refuseKind(where, 'upsample: not supported by transposed layers, which upsample by their stride');
  return upsample;
}

/** @throws RangeError for a number below 1, TypeError for another type */
export function checkGroups(given: unknown, isLayer: boolean, where: Where): number {
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

/** Torch's message for a negative option. */
function negative(name: string): string {
  return `negative ${name} is not supported, got`;
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

/** Checks the padding of each axis, which may be a pair. */
function checkPadding(
  given: unknown,
  rank: Rank,
  least: number,
  where: Where,
): Pick<CheckedOptions, 'paddingEnd'> & { padding: number[] } {
  const refusal = negative('padding');
  if (!Array.isArray(given) || !given.some(Array.isArray))
    return { padding: sizesFrom(given, 'padding', rank, least, refusal, where) };
  checkCount(given, 'padding', rank, where);
  const pairs = given.map((axis) => (Array.isArray(axis) ? axis : [axis, axis]));
  const wrong = pairs.find((pair) => pair.length !== 2);
  if (wrong) refuse(where, `padding: expected [before, after] for an axis, but got ${describe(wrong)}`);
  const side = (end: number) =>
    perAxis(
      pairs.map((pair) => pair[end]),
      'padding',
      rank,
      where,
    );
  const [padding, paddingEnd] = [side(0), side(1)];
  const short = pairs.findIndex((pair) => pair.some((size) => size < least));
  // as given: a single number stands for both sides
  if (short >= 0) refuse(where, `${refusal} ${describe(given[short])} for an axis`);
  return padding.every((size, axis) => size === paddingEnd[axis]) ? { padding } : { padding, paddingEnd };
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

/** Formats sizes as in torch's message, which treats one axis as two: `missing` stands for the other. */
function byName(name: string, sizes: readonly number[], missing: number): string {
  const axes = sizes.length === 1 ? [missing, ...sizes] : sizes;
  return axes
    .map((size, axis) => `${name}_${['depth', 'height', 'width'].slice(-axes.length)[axis]}: ${size}`)
    .join(' ');
}
