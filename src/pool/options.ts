// The options of pooling functions, and the checks that are independent of the input, with torch's messages.

import { flag, optionsObject, perAxis, whole } from '../core/arguments.js';
import { refuse, type Where } from '../core/errors.js';
import type { Tensor } from '../core/tensor.js';
import type { Rank, Sizes } from '../problem/sizes.js';

/** Options that max and average pooling share. */
interface WindowOptions<R extends Rank> {
  /** stride; default: the window size */
  stride?: Sizes<R> | null | undefined;
  /** padding on both sides of each axis, at most half a window; default 0 */
  padding?: Sizes<R> | undefined;
  /** round the output size up instead of down, except for windows that begin in the padding at the end; default false */
  ceilMode?: boolean | undefined;
  /** a tensor of the output's shape to write the result to, so that nothing is allocated */
  out?: Tensor | undefined;
}

/** Options of `maxPool1d`, `maxPool2d`, `maxPool3d`, with torch's defaults. */
export interface MaxPoolOptions<R extends Rank> extends WindowOptions<R> {
  /** distance between neighbouring elements of a window; default 1 */
  dilation?: Sizes<R> | undefined;
  /** return `[output, indices]`; default false */
  returnIndices?: false | undefined;
}

/** Options of `maxPool1d`, `maxPool2d`, `maxPool3d` that also return where the maxima lie. */
export interface MaxPoolIndicesOptions<R extends Rank> extends Omit<MaxPoolOptions<R>, 'returnIndices'> {
  /** return `[output, indices]` */
  returnIndices: true;
}

/** Where the maxima of max pooling lie, in the output's shape. */
export interface MaxPoolIndices {
  /** the index of each maximum in its map: of the first of several equal ones, of the last of several NaN */
  readonly data: Int32Array;
  readonly shape: number[];
}

/** Options of `avgPool1d`, with torch's defaults. */
export interface AvgPool1dOptions extends WindowOptions<1> {
  /** count padding in the divisor; default true */
  countIncludePad?: boolean | undefined;
}

/** Options of `avgPool2d` and `avgPool3d`, with torch's defaults. */
export interface AvgPoolOptions<R extends 2 | 3> extends WindowOptions<R> {
  /** count padding in the divisor; default true */
  countIncludePad?: boolean | undefined;
  /** divide by this non-zero integer instead of the number of elements */
  divisorOverride?: number | null | undefined;
}

/** Options of `adaptiveAvgPool1d`, `adaptiveAvgPool2d` and `adaptiveAvgPool3d`. */
export interface AdaptiveOptions {
  /** a tensor of the output's shape to write the result to, so that nothing is allocated */
  out?: Tensor | undefined;
}

/** Options of `adaptiveMaxPool1d`, `adaptiveMaxPool2d` and `adaptiveMaxPool3d`. */
export interface AdaptiveMaxOptions extends AdaptiveOptions {
  /** return `[output, indices]`; default false */
  returnIndices?: false | undefined;
}

/** Options of `adaptiveMaxPool1d`, `adaptiveMaxPool2d` and `adaptiveMaxPool3d` that also return where the maxima lie. */
export interface AdaptiveMaxIndicesOptions extends AdaptiveOptions {
  /** return `[output, indices]` */
  returnIndices: true;
}

/** A pooling function. */
export interface Kind {
  readonly name: 'max' | 'avg';
  readonly rank: Rank;
}

/** Unchecked options. */
export interface AnyPoolOptions {
  readonly stride?: unknown;
  readonly padding?: unknown;
  readonly dilation?: unknown;
  readonly ceilMode?: unknown;
  readonly countIncludePad?: unknown;
  readonly divisorOverride?: unknown;
  readonly returnIndices?: unknown;
  readonly out?: Tensor | undefined;
}

/** Checked options, with one size per axis. */
export interface CheckedPool {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;
  readonly returnIndices: boolean;
}

const COMMON = ['stride', 'padding', 'ceilMode', 'out'];
const KNOWN = {
  max: [...COMMON, 'dilation', 'returnIndices'],
  avg: [...COMMON, 'countIncludePad'],
};

/** Torch's name of the function. */
export const poolName = ({ name, rank }: Kind): string => `${name}_pool${rank}d`;

/**
 * Checks options and completes them with torch's defaults. Checks that depend on the input are in sizes.ts.
 * @throws RangeError for values and TypeError for types that torch rejects, with its message
 */
export function checkPool(
  kind: Kind,
  kernelSize: unknown,
  options: AnyPoolOptions | undefined,
  where: Where,
): CheckedPool {
  const known = KNOWN[kind.name];
  optionsObject(options, kind.name === 'avg' && kind.rank > 1 ? [...known, 'divisorOverride'] : known, where);
  const { stride, padding = 0, dilation = 1, divisorOverride = null } = options ?? {};
  const kernel = tuple('kernel_size', kernelSize, kind, where);
  return {
    kernel,
    // as in torch, no stride or an empty tuple means the default
    stride: isEmpty(stride ?? []) ? kernel : tuple('stride', stride, kind, where),
    padding: tuple('padding', padding, kind, where),
    dilation: tuple('dilation', dilation, kind, where),
    ceilMode: flag(options?.ceilMode ?? false, 'ceil_mode', where),
    countIncludePad: flag(options?.countIncludePad ?? true, 'count_include_pad', where),
    divisorOverride: checkDivisor(divisorOverride, where),
    returnIndices: flag(options?.returnIndices ?? false, 'return_indices', where),
  };
}

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;

/** One integer per axis. The message for a list of the wrong length depends on the function. */
function tuple(name: string, value: unknown, kind: Kind, where: Where): number[] {
  const { rank } = kind;
  if (Array.isArray(value) && value.length !== 1 && value.length !== rank) {
    const what = poolName(kind);
    const count = ['one int', 'two ints', 'three ints'][rank - 1];
    if (kind.name === 'avg' && rank === 1)
      refuse(where, `${what}() argument '${name}' should contain one int (got ${value.length})`);
    if (rank === 1) {
      const none = name === 'stride' ? 'None, ' : '';
      refuse(
        where,
        `${what}() ${name} must be ${none}an int, list of ints, or tuple of ints of size 1 but got size ${value.length}`,
      );
    }
    const omitted = name === 'stride' ? 'either be omitted, ' : 'either be ';
    refuse(where, `${what}: ${name} must ${omitted}a single int, or a tuple of ${count}`);
  }
  return perAxis(value, name, rank, where);
}

function checkDivisor(value: unknown, where: Where): number | null {
  if (value === null) return null;
  const divisor = whole(value, 'divisor_override', where);
  if (divisor === 0) refuse(where, 'divisor must be not zero');
  return divisor;
}
