// Options of matching: their names, and what they must be.

import { countedAxis, optionsObject } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { type BorderName, borderOf } from '../sums/border-names.js';
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

/** In what numbers the products are made. */
export type Precision = 'float64' | 'float32';

/** Options of `matchTemplate`. */
export interface MatchOptions<D extends Dtype = Dtype> {
  /** OpenCV's six, in its spelling too (`'TM_CCOEFF_NORMED'`); `'ccoeffNormed'` if left out: the correlation coefficient */
  readonly method?: MatchMethod | keyof typeof methods | undefined;
  /** weights of the template's elements, of its shape, or without the channels for all of them; booleans and bytes count as 0 or 1 */
  readonly mask?: MaskLike | undefined;
  /** which elements of the image are shown, of its shape, or without the channels; for `'ccoeffNormed'` only (Padfield's method) */
  readonly imageMask?: MaskLike | undefined;
  /** the share of the largest overlap below which a score is 0, with `imageMask`; 0.3 if left out */
  readonly minOverlap?: number | undefined;
  /** the axis of channels, which are scored together; none if left out. OpenCV's is -1 */
  readonly channelAxis?: number | null | undefined;
  /** whether the result has the image's size, each score where the window's middle (size // 2) lies */
  readonly padInput?: boolean | undefined;
  /** what stands around the image with `padInput`; `'constant'` if left out */
  readonly mode?: BorderName | undefined;
  /** the number around the image with `mode: 'constant'`; 0 if left out */
  readonly constantValues?: number | undefined;
  /** the type of the scores, float32 if left out. With float64 image and template keep theirs too */
  readonly dtype?: D | undefined;
  /** float64 if left out. float32 takes half the time, and its error grows where a window varies less than the image around it */
  readonly precision?: Precision | undefined;
  /** where the scores go */
  readonly out?: Samples<D> | undefined;
}

/** Options as they were checked. */
export interface MatchSettings {
  readonly method: MatchMethod;
  readonly minOverlap: number;
  readonly channelAxis: number | undefined;
  /** what stands around the image; undefined where nothing does */
  readonly border: Border | undefined;
  readonly dtype: Dtype;
  readonly precision: Precision;
}

const known: readonly (keyof MatchOptions)[] = [
  ...([
    'method',
    'mask',
    'imageMask',
    'minOverlap',
    'channelAxis',
    'padInput',
    'mode',
    'constantValues',
  ] as const),
  ...(['dtype', 'precision', 'out'] as const),
];

/**
 * Checks options; the masks and `out` are checked where sizes are known.
 * @param more names of options that belong to another function, which checks them
 * @throws TypeError for unknown names and kinds, RangeError for sizes
 */
export function matchSettings(
  options: MatchOptions | undefined,
  rank: number,
  where: Where,
  more: readonly string[] = [],
): MatchSettings {
  optionsObject(options, [...known, ...more], where);
  const { method, imageMask, minOverlap, channelAxis, padInput, mode, constantValues, precision } =
    options ?? {};
  const dtype = dtypeOf(options?.dtype, where);
  if (precision !== undefined && precision !== 'float64' && precision !== 'float32')
    refuseKind(where, `precision must be 'float64' or 'float32', but got ${describe(precision)}`);
  if (precision === 'float32' && dtype === 'float64')
    refuseKind(where, "precision 'float32' is of no use with dtype 'float64'");
  checkFlag(padInput, 'padInput', where);
  const border = borderOf(mode ?? 'constant', 'mode', constantValues, 'constantValues', where);
  if (!padInput && (mode ?? constantValues) !== undefined)
    refuseKind(where, `${mode === undefined ? 'constantValues' : 'mode'} is of no effect without padInput`);
  const settings = {
    method: methodOf(method, where),
    minOverlap: overlapOf(minOverlap, 'minOverlap', where),
    channelAxis: channelAxisOf(channelAxis, rank, where),
    border: padInput ? border : undefined,
    dtype,
    precision: precision ?? 'float64',
  };
  if (imageMask === undefined) {
    if (minOverlap !== undefined) refuseKind(where, 'minOverlap is of no effect without imageMask');
    return settings;
  }
  if (settings.method !== 'ccoeffNormed')
    refuseKind(where, `imageMask: method must be 'ccoeffNormed', but got ${describe(method)}`);
  if ((mode ?? constantValues) !== undefined)
    refuseKind(
      where,
      'imageMask: what stands around the image is not shown, so mode and constantValues have no effect',
    );
  return settings;
}

function methodOf(method: unknown, where: Where): MatchMethod {
  if (method === undefined) return 'ccoeffNormed';
  const short: readonly unknown[] = Object.values(methods);
  const isOpenCvs = typeof method === 'string' && Object.hasOwn(methods, method);
  const name = isOpenCvs ? methods[method as keyof typeof methods] : method;
  if (short.includes(name)) return name as MatchMethod;
  refuseKind(where, `method must be one of ${short.join(', ')}, but got ${describe(method)}`);
}

/**
 * A share of the largest overlap of two masks; 0.3 if left out, as in scikit-image.
 * @throws TypeError or RangeError unless it is from 0 to 1
 */
export function overlapOf(share: unknown, name: string, where: Where): number {
  if (share === undefined) return 0.3;
  return between(share, 0, 1, name, where);
}

/**
 * A number between two others.
 * @throws TypeError for another kind, RangeError for another number
 */
export function between(value: unknown, least: number, most: number, name: string, where: Where): number {
  if (typeof value !== 'number') refuseKind(where, `${name} must be a number, but got ${describe(value)}`);
  if (!(value >= least && value <= most))
    refuse(where, `${name} must be from ${least} to ${most}, but got ${value}`);
  return value;
}

/** @throws TypeError unless it is true, false or left out */
export function checkFlag(value: unknown, name: string, where: Where): void {
  if (value !== undefined && typeof value !== 'boolean')
    refuseKind(where, `${name} must be true or false, but got ${describe(value)}`);
}

/**
 * The axis of channels, counted from 0; undefined where there is none.
 * @throws TypeError for what is no whole number, RangeError for an axis that there is not
 */
export function channelAxisOf(axis: unknown, rank: number, where: Where): number | undefined {
  if (axis === undefined || axis === null) return undefined;
  const outside = (given: number) => `channelAxis must be from ${-rank} to ${rank - 1}, but got ${given}`;
  return countedAxis(axis, 'channelAxis', rank, where, outside);
}
