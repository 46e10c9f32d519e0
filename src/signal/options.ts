// Options of correlations and convolutions: their types, and what was asked for in the words of a sum.

import { optionsObject } from '../core/arguments.js';
import { describe, refuseKind, type Where } from '../core/errors.js';
import { type BorderName, borderOf } from '../sums/border-names.js';
import type { Border, Method } from '../sums/request.js';
import { dtypeOf } from '../sums/result.js';
import type { Dtype, Samples } from '../sums/samples.js';
import type { Lags } from './lags.js';
import { type Mode, modeOf } from './modes.js';

/** A type that is not inferred from here: TypeScript before 5.4 has no `NoInfer`. */
type NotInferred<D> = [D][D extends unknown ? 0 : never];

/** Of which type the result is, and where it goes. */
export interface ResultOptions<D extends Dtype> {
  /** 'float32' if left out, or 'float64' for a result and sums of float64 */
  readonly dtype?: D | undefined;
  /** a tensor of the result's shape and type that is written and returned, in place of a new one */
  readonly out?: Samples<NotInferred<D>> | undefined;
}

/** Which outputs there are. */
export interface SizeOptions {
  /**
   * 'full': all outputs that meet anything; 'same': as many as in1 has, from their middle; 'valid': those where one input lies within
   * the other. 'full' if left out, of correlateTemplate 'valid'
   */
  readonly mode?: Mode | undefined;
}

/** How the sums are made. */
export interface MethodOptions {
  /** 'auto', if left out, takes the faster by an estimate; 'direct' sums products, 'fft' goes through the spectrum */
  readonly method?: Method | undefined;
}

/** Options of fftconvolve and oaconvolve. */
export interface ConvolveOptions<D extends Dtype = Dtype> extends ResultOptions<D>, SizeOptions {
  /** the axes to sum along, all if left out. Along the others sizes are equal or 1, and broadcast */
  readonly axes?: number | readonly number[] | undefined;
  /** what stands around in1; 'zeros', which are not multiplied, if left out */
  readonly boundary?: BorderName | undefined;
  /** the number of boundary 'constant'; 0 if left out */
  readonly cval?: number | undefined;
  /** the first and last output, in place of a mode: only these are computed. One range for all axes, or one for each of `axes` */
  readonly lags?: Lags | undefined;
  /** short for lags [-maxLag, maxLag] */
  readonly maxLag?: number | readonly number[] | undefined;
}

/** Options of correlate and convolve. */
export interface CorrelateOptions<D extends Dtype = Dtype> extends ConvolveOptions<D>, MethodOptions {}

/** The names of options that every function has that sums along axes. */
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

/** Options as they were checked. Axes and lags need the shapes, and are checked with them. */
export interface Checked {
  readonly mode: Mode;
  readonly method: Method;
  readonly dtype: Dtype;
  readonly border: Border;
  readonly axes: unknown;
  readonly lags: unknown;
  readonly maxLag: unknown;
  readonly out: unknown;
}

/**
 * Checks options.
 * @param known the names that this function has
 * @param method the method of a function that has no such option
 * @throws TypeError for unknown names and values of other kinds
 */
export function checkOptions(
  options: CorrelateOptions | undefined,
  known: readonly string[],
  where: Where,
  method: Method = 'auto',
): Checked {
  optionsObject(options, known, where);
  const { mode, boundary = 'zeros', cval, axes, lags, maxLag, out } = options ?? {};
  const asked = lags !== undefined || maxLag !== undefined;
  if (asked && mode !== undefined)
    refuseKind(
      where,
      `mode and ${lags === undefined ? 'maxLag' : 'lags'} both say which outputs there are: give one of them`,
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
