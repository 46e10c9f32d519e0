// The options of convolutions, and their checks, with torch's error messages.

import { checkCount, optionsObject, perAxis, whole } from '../core/arguments.js';
import { describe, refuse, type Where } from '../core/errors.js';
import type { PaddingMode } from '../geometry/padding.js';
import type { Kind, OptionsOwner } from './kind.js';
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
  readonly kind: Kind;
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

const LAYER_OPTIONS = ['bias', 'paddingMode'];

/** The option names of a layer. */
export const layerOptions = ({ options }: Kind): readonly string[] => [...options, ...LAYER_OPTIONS];

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
  const { kind, rank, isLayer } = owner;
  const known = isLayer ? layerOptions(kind) : kind.options;
  optionsObject(options, [...known, ...others], where);
  const {
    groups: givenGroups = 1,
    paddingMode: givenMode = 'zeros',
    stride: givenStride = 1,
    dilation: givenDilation = 1,
    outputPadding: givenOutputPadding,
    padding: givenPadding = 0,
  } = options ?? {};
  const sizes = (given: unknown, name: string, refusal: string) =>
    sizesFrom(given, name, rank, 1, refusal, where);
  // in torch's order, which decides which error comes first
  const groups = checkGroups(givenGroups, isLayer, where);
  const paddingMode = kind.checkPaddingMode(givenMode, rank, where);
  const stride = sizes(givenStride, 'stride', 'non-positive stride is not supported, got');
  const dilation = sizes(givenDilation, 'dilation', 'dilation should be greater than zero, but got');
  const outputPadding = kind.checkOutputPadding(givenOutputPadding, rank, stride, dilation, where);
  // negative padding crops; torch allows it for all modes except zeros
  const leastPadding = paddingMode === 'zeros' ? 0 : Number.NEGATIVE_INFINITY;
  const padding =
    typeof givenPadding === 'string'
      ? { padding: kind.checkNamedPadding(givenPadding, owner, stride, where) }
      : checkPadding(givenPadding, rank, leastPadding, where);
  return { kind, rank, groups, stride, ...padding, dilation, outputPadding, paddingMode };
}

/** The option `padding`: with a pair for each axis if the sides differ on any. */
export function paddingAsGiven({ padding, paddingEnd }: CheckedOptions): readonly Sides[] | 'same' | 'valid' {
  if (typeof padding === 'string' || !paddingEnd) return padding;
  return padding.map((before, axis) => [before, paddingEnd[axis]] as const);
}

/** The padding at the beginning and at the end of each axis. */
export function paddingOf(
  options: CheckedOptions,
  kernel: readonly number[],
): { paddingBegin: readonly number[]; paddingEnd: readonly number[] } {
  const { padding, dilation } = options;
  if (padding === 'valid') {
    const none = kernel.map(() => 0);
    return { paddingBegin: none, paddingEnd: none };
  }
  if (padding === 'same') {
    const total = kernel.map((size, axis) => dilation[axis] * (size - 1));
    const paddingBegin = total.map((size) => Math.floor(size / 2));
    // if the total is odd, the end has one more
    return { paddingBegin, paddingEnd: total.map((size, axis) => size - paddingBegin[axis]) };
  }
  return { paddingBegin: padding, paddingEnd: options.paddingEnd ?? padding };
}

/**
 * Checks the option `upsample`.
 * @returns the factor of each axis; undefined if all are 1
 * @throws TypeError for a transposed layer and for non-integers, RangeError for factors below 1
 */
export function checkUpsample(
  given: unknown,
  { kind, rank }: Pick<CheckedOptions, 'kind' | 'rank'>,
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
  kind.refuseUpsample?.(where);
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

/** Checks the padding of each axis, which may be a pair. */
function checkPadding(
  given: unknown,
  rank: Rank,
  least: number,
  where: Where,
): Pick<CheckedOptions, 'paddingEnd'> & { padding: number[] } {
  const refusal = 'negative padding is not supported, got';
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
