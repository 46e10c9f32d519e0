// Phases: outputs of an axis that use the same kernel elements.
//
// The equation of axis.ts has an integer solution x only if upsample divides stride * o + dilation * k - padding. The set of k for which
// it does is periodic in o. Outputs that are a multiple of the period apart are a phase. The k of a phase are evenly spaced.

import { least, most } from '../core/lists.js';
import type { Axis } from './axis.js';
import type { Interval } from './intervals.js';

/** Outputs of an axis with the same taps, at least one: `first + period * j` for j below `count`. */
export interface Phase {
  readonly first: number;
  readonly count: number;
  /**
   * The number of taps. With tap t, output j of the phase reads input position `advance * j + offset + offsetStep * t`.
   */
  readonly taps: number;
  readonly offset: number;
  /** the taps that have a kernel element: all, unless the phase was completed */
  readonly present: Interval;
  /** the kernel element of the first of them; from one to the next it is `kernelStep` */
  readonly kernel: number;
}

/** The phases of an axis. */
export interface Phases {
  /** distance between two outputs of a phase */
  readonly period: number;
  /** distance between the input positions that two consecutive outputs of a phase read with the same tap */
  readonly advance: number;
  /** kernel elements from one tap to the next; negative if the kernel is traversed backwards */
  readonly kernelStep: number;
  /** input positions from one tap to the next; never negative, because taps are in the order of the input */
  readonly offsetStep: number;
  /** the phases with taps, in order of their first output */
  readonly phases: readonly Phase[];
  /** the number of phases, including those without taps */
  readonly total: number;
}

/**
 * Splits the outputs of an axis into phases.
 *
 * @param multiple makes the period a multiple of the shortest one, upsample / gcd(stride, upsample). With the dilation as multiple, the
 *   phases of a dilated axis are convolutions without dilation
 */
export function phases(axis: Axis, multiple = 1): Phases {
  const { stride, dilation, upsample, padding } = axis;
  if (stride === 0 || !(upsample >= 1))
    throw new RangeError(
      `an axis needs a stride other than 0 and an upsample of at least 1, got ${stride} and ${upsample}`,
    );
  const shortest = upsample / gcd(Math.abs(stride), upsample);
  const period = shortest * multiple;
  const total = Math.min(period, axis.output);
  // kernel elements that are `step` apart are used by the same outputs
  const step = upsample / gcd(Math.abs(dilation), upsample);
  const result: Phase[] = [];
  for (let least = 0; least < Math.min(step, axis.kernel); least++) {
    const taps = Math.ceil((axis.kernel - least) / step);
    const kernel = dilation < 0 ? least + step * (taps - 1) : least;
    let first = leastSolution(stride, padding - dilation * least, upsample);
    for (; first < total; first += shortest) {
      const offset = (stride * first + dilation * kernel - padding) / upsample;
      const count = Math.ceil((axis.output - first) / period);
      result.push({ first, count, taps, offset, present: { first: 0, count: taps }, kernel });
    }
  }
  return {
    period,
    advance: (stride * period) / upsample,
    kernelStep: dilation < 0 ? -step : step,
    offsetStep: (Math.abs(dilation) * step) / upsample,
    phases: result.sort((a, b) => a.first - b.first),
    total,
  };
}

/**
 * Completes phases with fewer taps than others, such as the even outputs of a kernel of five upsampled by two, with taps without a kernel
 * element, so that all read the same positions. Returns the phases unchanged if the longest does not read all that the others read.
 */
export function completed(split: Phases): Phases {
  const { phases, offsetStep } = split;
  const taps = most(phases.map((phase) => phase.taps));
  if (hasBare(split) || phases.every((phase) => phase.taps === taps)) return split;
  const offset = least(phases.map((phase) => phase.offset));
  const places = phases.map((phase) => (phase.offset - offset) / offsetStep);
  const isWithin = (place: number, i: number) => Number.isInteger(place) && place + phases[i].taps <= taps;
  if (!places.every(isWithin)) return split;
  const complete = (phase: Phase, i: number): Phase => ({
    ...phase,
    taps,
    offset,
    present: { first: places[i], count: phase.taps },
  });
  return { ...split, phases: phases.map(complete) };
}

/** Whether some outputs of an axis have no taps. */
export function hasBare({ phases, total }: Phases): boolean {
  return phases.length < total;
}

/** The greatest common divisor. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** The non-negative remainder of a division. */
export function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}

/**
 * The least x that is not negative with a x = b, modulo c; NaN if there is none. That is, a x = b + c y with the least y for which
 * c y = -b, modulo a.
 */
function leastSolution(a: number, b: number, c: number): number {
  const factor = modulo(a, c);
  const wanted = modulo(b, c);
  if (factor === 0) return wanted === 0 ? 0 : Number.NaN;
  return (wanted + c * leastSolution(c, -wanted, factor)) / factor;
}
