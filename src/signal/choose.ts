// The choice of a method, its explanation, and chooseConvMethod. These need shapes only.

import { checkShape } from '../core/arguments.js';
import type { Where } from '../core/errors.js';
import { choiceOf, explainSums } from '../sums/explain.js';
import type { Dtype } from '../sums/samples.js';
import { type Checked, type ConvolveOptions, checkOptions } from './options.js';
import { type Kind, requestOf, whereOf } from './sum.js';

/** The faster method, and estimated milliseconds of both. */
export interface MethodChoice {
  /** the faster method */
  readonly method: 'direct' | 'fft';
  /** estimated milliseconds of direct sums */
  readonly direct: number;
  /** estimated milliseconds by FFT; Infinity for sums along more than three axes, which have no FFT */
  readonly fft: number;
}

/** Options of chooseConvMethod. */
export type ChooseOptions = Omit<ConvolveOptions<Dtype>, 'out'>;

const convolution: Kind = { name: 'chooseConvMethod', direction: -1, centre: 'own' };
const known = ['mode', 'axes', 'boundary', 'cval', 'lags', 'maxLag', 'dtype'] as const;

/** The sum request for two shapes. */
function askedOf(kind: Kind, checked: Checked, shape1: readonly number[], shape2: readonly number[]) {
  checkShapes(shape1, shape2, ['in1', 'in2'], () => kind.name);
  return requestOf(kind, checked, shape1, shape2, whereOf(kind.name, shape1, shape2));
}

/** @throws TypeError for anything but shapes */
export function checkShapes(
  shape1: readonly number[],
  shape2: readonly number[],
  labels: readonly [string, string],
  where: Where,
): void {
  checkShape(shape1, `the shape of ${labels[0]}`, where);
  checkShape(shape2, `the shape of ${labels[1]}`, where);
}

/** The output of `explain` of a correlation or convolution. */
export function explained(
  kind: Kind,
  checked: Checked,
  shape1: readonly number[],
  shape2: readonly number[],
): string {
  return explainSums(askedOf(kind, checked, shape1, shape2), ['in1', shape1], ['in2', shape2]);
}

/**
 * The method that `convolve` and `correlate` choose for two shapes, as scipy.signal.choose_conv_method, by an estimate for convnd's
 * methods. The milliseconds are those of one machine; only their ratio matters.
 *
 * @param shape1 of in1
 * @param shape2 of in2
 * @param options those of `convolve` that affect the work: mode, axes, boundary, lags, dtype
 * @returns the faster method, and estimated milliseconds of both
 * @throws as `convolve`
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.choose_conv_method.html
 * @example
 * import { chooseConvMethod } from 'convnd/signal';
 * console.log(chooseConvMethod([65536], [5]).method); // direct
 * console.log(chooseConvMethod([65536], [5000]).method); // fft
 */
export function chooseConvMethod(
  shape1: readonly number[],
  shape2: readonly number[],
  options?: ChooseOptions,
): MethodChoice {
  const checked = checkOptions(options, known, () => convolution.name);
  const { method, direct, fft } = choiceOf(askedOf(convolution, checked, shape1, shape2), shape1, shape2);
  return { method, direct: direct / 1e6, fft: fft / 1e6 };
}
