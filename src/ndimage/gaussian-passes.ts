// What the Gaussian filters have in common: their options, and the passes along each axis.

import { finite, whole } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import type { Border } from '../sums/request.js';
import type { Dtype, SamplesLike } from '../sums/samples.js';
import { forEach, type PerAxis } from './axes.js';
import { type Call, callOf, type ModesOptions } from './call.js';
import { gaussianKernel } from './gaussian-kernel.js';
import type { Pass } from './passes.js';

/** Options of the size of the kernel and of the precision. */
export interface Extent<T> {
  /** half the kernel's width in standard deviations, rounded to elements; default 4 */
  readonly truncate?: number | undefined;
  /** half the kernel's width in elements, instead of `truncate` */
  readonly radius?: T | undefined;
  /**
   * the type of the sums; default 'float64'. 'float32' takes half the time, and its error grows with sigma and, for derivatives,
   * with the mean of the input
   */
  readonly precision?: Dtype | undefined;
}

/** An axis with a sigma up to this is unchanged, as in SciPy. */
const LEAST_SIGMA = 1e-15;

/** The Gaussian along an axis, with a sigma above 0. */
export interface Gaussian {
  readonly axis: number;
  readonly sigma: number;
  readonly radius: number;
}

/** A checked call, and the type of its sums. */
export interface GaussianCall<D extends Dtype> extends Call<D> {
  readonly precision: Dtype;
}

export function gaussianCall<D extends Dtype>(
  name: string,
  input: SamplesLike,
  options: (ModesOptions<D> & Extent<PerAxis<number>>) | undefined,
  known: readonly string[],
): GaussianCall<D> {
  const precision: unknown = options?.precision ?? 'float64';
  const here = () => name;
  if (precision !== 'float32' && precision !== 'float64')
    refuseKind(here, `precision must be 'float64' or 'float32', but got ${describe(precision)}`);
  if (precision === 'float32' && options?.dtype === 'float64')
    refuseKind(here, "precision 'float32' has no effect with dtype 'float64'");
  return {
    ...callOf(name, input, options, [...known, 'truncate', 'radius', 'precision'], precision),
    precision,
  };
}

export function passOf({ axis, sigma, radius }: Gaussian, order: number, border: Border): Pass {
  return { axis, weights: gaussianKernel(sigma, order, radius), middle: radius, direction: -1, border };
}

export function orderOf(order: unknown, where: Where): number {
  const given = whole(order, 'order', where);
  if (given < 0 || given > MOST_ORDER)
    refuse(where, `order must be non-negative and at most ${MOST_ORDER}, but got ${given}`);
  return given;
}

function radiusOf(sigma: number, truncate: unknown, radius: unknown, where: Where): number {
  const given =
    radius === undefined
      ? Math.trunc(finite(truncate ?? 4, 'truncate', where) * sigma + 0.5)
      : whole(radius, 'radius', where);
  if (given < 0 || given > MOST_RADIUS)
    refuse(where, `Radius must be a nonnegative integer of at most ${MOST_RADIUS}, but is ${given}`);
  return given;
}

/** The radius of a kernel of 1 GiB. Kernels are copied, and an operating system ends a program that uses too much memory. */
const MOST_RADIUS = 0x3ffffff;

/** The polynomial of a derivative takes as many steps as its order; with sigma 3, coefficients overflow from order 475 on. */
const MOST_ORDER = 1000;

/** The Gaussians along some axes; undefined for an axis that is unchanged. */
export function gaussiansOf(
  axes: readonly number[],
  sigma: unknown,
  { truncate, radius }: Extent<PerAxis<number>>,
  where: Where,
): (Gaussian | undefined)[] {
  const sigmas = forEach(sigma, 'sigma', axes.length, where).map((value) => finite(value, 'sigma', where));
  const radii = forEach(radius, 'radius', axes.length, where);
  return axes.map((axis, i) =>
    sigmas[i] > LEAST_SIGMA
      ? { axis, sigma: sigmas[i], radius: radiusOf(sigmas[i], truncate, radii[i], where) }
      : undefined,
  );
}
