// The options of matching: names, defaults and checks.

import { countedAxis, flag, numeric, optionsObject } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { type BorderName, borderOf } from '../sums/borders/names.js';
import type { Border } from '../sums/request.js';
import { dtypeOf } from '../sums/result.js';
import type { Dtype, Samples } from '../sums/samples.js';
import type { MaskLike } from './mask.js';

const methods = {
  TM_SQDIFF: 'sqdiff',
  TM_SQDIFF_NORMED: 'sqdiffNormed',
  TM_CCORR: 'ccorr',
  TM_CCORR_NORMED: 'ccorrNormed',
  TM_CCOEFF: 'ccoeff',
  TM_CCOEFF_NORMED: 'ccoeffNormed',
} as const;

/** How a window is compared with the template. */
export type MatchMethod = (typeof methods)[keyof typeof methods];

/** The type in which products are computed. */
export type Precision = 'float64' | 'float32';

/** Options of `matchTemplate`. */
export interface MatchOptions<D extends Dtype = Dtype> {
  /** OpenCV's six, in its spelling too (`'TM_CCOEFF_NORMED'`); default `'ccoeffNormed'`: the correlation coefficient */
  readonly method?: MatchMethod | keyof typeof methods | undefined;
  /** weights of the template's elements, with its shape, or without channels for all of them; booleans and bytes are 0 or 1 */
  readonly mask?: MaskLike | undefined;
  /** which elements of the image are included, with its shape, or without channels; only for `'ccoeffNormed'` (Padfield's method) */
  readonly imageMask?: MaskLike | undefined;
  /** with `imageMask`: the share of the largest overlap below which a score is 0; default 0.3 */
  readonly minOverlap?: number | undefined;
  /** the axis of channels, which contribute to one score; default none. OpenCV's is -1 */
  readonly channelAxis?: number | null | undefined;
  /** gives a result of the image's size, with each score at the centre of its window (size // 2); default false */
  readonly padInput?: boolean | undefined;
  /** extension of the image with `padInput`; default `'constant'` */
  readonly mode?: BorderName | undefined;
  /** the value outside the image with `mode: 'constant'`; default 0 */
  readonly constantValues?: number | undefined;
  /** type of the scores; default 'float32'. 'float64' also keeps float64 images and templates */
  readonly dtype?: D | undefined;
  /** default 'float64'. 'float32' takes half the time, and its error grows where a window varies less than the image around it */
  readonly precision?: Precision | undefined;
  /** a tensor of the result's shape and type for the scores */
  readonly out?: Samples<D> | undefined;
}

/** Checked options. */
export interface MatchSettings {
  readonly method: MatchMethod;
  readonly minOverlap: number;
  readonly channelAxis: number | undefined;
  /** extension of the image; undefined without `padInput` */
  readonly border: Border | undefined;
  readonly dtype: Dtype;
  readonly precision: Precision;
}

const known: readonly (keyof MatchOptions)[] = [
  'method',
  'mask',
  'imageMask',
  'minOverlap',
  'channelAxis',
  'padInput',
  'mode',
  'constantValues',
  'dtype',
  'precision',
  'out',
];

/**
 * Checks all options but the masks and `out`, which need sizes.
 * @param more names of options that the calling function checks itself
 * @throws TypeError for unknown names and invalid types, RangeError for values out of range
 */
export function matchSettings(
  options: MatchOptions | undefined,
  rank: number,
  where: Where,
  more: readonly string[] = [],
): MatchSettings {
  optionsObject(options, [...known, ...more], where);
  const {
    method = 'ccoeffNormed',
    imageMask,
    minOverlap,
    channelAxis,
    padInput = false,
    mode,
    constantValues,
    precision = 'float64',
  } = options ?? {};
  const outside = mode ?? constantValues;
  const dtype = dtypeOf(options?.dtype, where);
  if (precision !== 'float64' && precision !== 'float32')
    refuseKind(where, `precision must be 'float64' or 'float32', but got ${describe(precision)}`);
  if (precision === 'float32' && dtype === 'float64')
    refuseKind(where, "precision 'float32' has no effect with dtype 'float64'");
  flag(padInput, 'padInput', where);
  const border = borderOf(mode ?? 'constant', 'mode', constantValues, 'constantValues', where);
  if (!padInput && outside !== undefined)
    refuseKind(where, `${mode === undefined ? 'constantValues' : 'mode'} has no effect without padInput`);
  const settings = {
    method: methodOf(method, where),
    minOverlap: overlapOf(minOverlap, 'minOverlap', where),
    channelAxis: channelAxisOf(channelAxis, rank, where),
    border: padInput ? border : undefined,
    dtype,
    precision,
  };
  if (imageMask === undefined) {
    if (minOverlap !== undefined) refuseKind(where, 'minOverlap has no effect without imageMask');
    return settings;
  }
  if (settings.method !== 'ccoeffNormed')
    refuseKind(where, `imageMask: method must be 'ccoeffNormed', but got ${describe(method)}`);
  if (outside !== undefined)
    refuseKind(
      where,
      'imageMask excludes everything outside the image, so mode and constantValues have no effect',
    );
  return settings;
}

/** What a name in OpenCV's spelling stands for; other values are returned as they are. */
export function fromOpenCv(names: Readonly<Record<string, string>>, given: unknown): unknown {
  return typeof given === 'string' && Object.hasOwn(names, given) ? names[given] : given;
}

function methodOf(method: unknown, where: Where): MatchMethod {
  const short: readonly unknown[] = Object.values(methods);
  const name = fromOpenCv(methods, method);
  if (short.includes(name)) return name as MatchMethod;
  refuseKind(where, `method must be one of ${short.join(', ')}, but got ${describe(method)}`);
}

/**
 * The smallest overlap, as a fraction of the largest one; default 0.3, as in scikit-image.
 * @throws TypeError for another type, RangeError unless it is from 0 to 1
 */
export function overlapOf(share: unknown, name: string, where: Where): number {
  return share === undefined ? 0.3 : between(share, 0, 1, name, where);
}

/**
 * Checks that a number is in a range.
 * @throws TypeError for another type, RangeError for a number out of range
 */
export function between(value: unknown, least: number, most: number, name: string, where: Where): number {
  const number = numeric(value, name, where);
  if (!(number >= least && number <= most))
    refuse(where, `${name} must be from ${least} to ${most}, but got ${number}`);
  return number;
}

/**
 * The channel axis, counted from 0; undefined if there is none.
 * @throws TypeError for anything but an integer, RangeError for an axis out of range
 */
export function channelAxisOf(axis: unknown, rank: number, where: Where): number | undefined {
  if (axis === undefined || axis === null) return undefined;
  const outside = (given: number) => `channelAxis must be from ${-rank} to ${rank - 1}, but got ${given}`;
  return countedAxis(axis, 'channelAxis', rank, where, outside);
}
