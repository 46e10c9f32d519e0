// The options of correlations and convolutions: their types and checks.

import { optionsObject } from '../core/arguments.js';
import { describe, refuseKind, type Where } from '../core/errors.js';
import { type BorderName, borderOf } from '../sums/borders/names.js';
import type { Border, Method } from '../sums/request.js';
import { dtypeOf } from '../sums/result.js';
import type { Dtype, Samples } from '../sums/samples.js';
import type { Lags } from './lags.js';
import { type Mode, modeOf } from './modes.js';

/** Prevents inference of a type parameter from here: TypeScript before 5.4 has no `NoInfer`. */
type NotInferred<D> = [D][D extends unknown ? 0 : never];

/** Type and destination of the result. */
export interface ResultOptions<D extends Dtype> {
  /** type of the result and of the sums: 'float32' (default) or 'float64' */
  readonly dtype?: D | undefined;
  /** a tensor of the result's shape and type, which is written and returned */
  readonly out?: Samples<NotInferred<D>> | undefined;
}

/** Which outputs are computed. */
export interface SizeOptions {
  /**
   * 'full': all outputs with any overlap; 'same': the central ones, as many as in1 has elements; 'valid': those where one input lies within the
   * other. Default 'full', for correlateTemplate 'valid'
   */
  readonly mode?: Mode | undefined;
}

/** The method of the sums. */
export interface MethodOptions {
  /** 'auto' (default) chooses the faster one by an estimate; 'direct' sums products, 'fft' multiplies spectra */
  readonly method?: Method | undefined;
}

/** Options of fftconvolve and oaconvolve. */
export interface ConvolveOptions<D extends Dtype = Dtype> extends ResultOptions<D>, SizeOptions {
  /** the axes to sum along; default all. Along the others sizes are equal or 1, and broadcast */
  readonly axes?: number | readonly number[] | undefined;
  /** extension of in1; default 'zeros', which are not multiplied */
  readonly boundary?: BorderName | undefined;
  /** the value of boundary 'constant'; default 0 */
  readonly cval?: number | undefined;
  /** the first and last output, instead of a mode: only these are computed. One range for all axes, or one for each of `axes` */
  readonly lags?: Lags | undefined;
  /** short for lags [-maxLag, maxLag] */
  readonly maxLag?: number | readonly number[] | undefined;
}

/** Options of correlate and convolve. */
export interface CorrelateOptions<D extends Dtype = Dtype> extends ConvolveOptions<D>, MethodOptions {}

/** The names of the options that correlations and convolutions have in common. */
export const convolveOptions = [
  'mode',
  'axes',
  'boundary',
  'cval',
  'lags',
  'maxLag',
  'dtype',
  'out',
] as const;

/** Checked options. Axes and lags are checked later, with the shapes. */
export interface Checked<D extends Dtype = Dtype> {
  readonly mode: Mode;
  readonly method: Method;
  readonly dtype: D;
  readonly border: Border;
  readonly axes: unknown;
  readonly lags: unknown;
  readonly maxLag: unknown;
  readonly out: Samples<D> | undefined;
}

/**
 * Checks options.
 * @param known names of the function's options
 * @param method the method of a function without this option
 * @throws TypeError for unknown names and invalid types
 */
export function checkOptions<D extends Dtype>(
  options: CorrelateOptions<D> | undefined,
  known: readonly string[],
  where: Where,
  method: Method = 'auto',
): Checked<D> {
  optionsObject(options, known, where);
  const { mode, boundary = 'zeros', cval, axes, lags, maxLag, out } = options ?? {};
  const asked = lags !== undefined || maxLag !== undefined;
  if (asked && mode !== undefined)
    refuseKind(
      where,
      `mode and ${lags === undefined ? 'maxLag' : 'lags'} exclude each other: give one of them`,
    );
  return {
    mode: modeOf(mode ?? 'full', where),
    method: methodOf(options?.method ?? method, where),
    dtype: dtypeOf(options?.dtype, where),
    border: borderOf(boundary, 'boundary', cval, 'cval', where),
    axes,
    lags,
    maxLag,
    out,
  };
}

/** @throws TypeError for another method */
export function methodOf(method: unknown, where: Where): Method {
  if (method !== 'auto' && method !== 'direct' && method !== 'fft')
    refuseKind(where, `method must be 'auto', 'direct' or 'fft', but got ${describe(method)}`);
  return method;
}
