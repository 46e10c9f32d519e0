// Phases: outputs of an axis that meet the same kernel elements.
//
// The equation of axis.ts has a whole x only where upsample divides stride * o + dilation * k - padding. Which k fulfil that repeats
// itself with a period of o; the outputs that are a multiple of the period apart are a phase. The k that a phase meets are evenly spaced.

import type { Axis } from './axis.js';

/** Outputs of an axis that share their taps, of which they have some: `first + period * j` for j below `count`. */
export interface Phase {
  readonly first: number;
  readonly count: number;
  /**
   * How many taps it has. Tap t is the kernel element `kernel + kernelStep * t`, by which output j of the phase reads input
   * `advance * j + offset + offsetStep * t`.
   */
  readonly taps: number;
  /** of the first tap */
  readonly kernel: number;
  readonly offset: number;
}

/** The phases of an axis. */
export interface Phases {
  /** outputs from one of a phase to the next */
  readonly period: number;
  /** input positions from what one of them reads to what the next reads */
  readonly advance: number;
  /** kernel elements from one tap of a phase to the next, negative where the kernel is met backwards */
  readonly kernelStep: number;
  /** input positions from one tap to the next, never negative: taps are in the order of the input */
  readonly offsetStep: number;
  /** those that have taps, in order */
  readonly phases: readonly Phase[];
  /** how many there are, with those that have none */
  readonly total: number;
}

/**
 * Splits the outputs of an axis into phases.
 *
 * @param multiple how many times the shortest period, upsample / gcd(stride, upsample), the period is: a dilated axis that is split
 *   by its dilation gives phases that are convolutions without dilation
 */
export function phases(axis: Axis, multiple = 1): Phases {
  const { stride, dilation, upsample, padding } = axis;
  const common = gcd(Math.abs(stride), upsample);
  if (stride === 0 || !(upsample >= 1))
    throw new RangeError(
      `an axis needs a stride other than 0 and an upsample of at least 1, got ${stride} and ${upsample}`,
    );
  const shortest = upsample / common;
  const period = shortest * multiple;
  const total = Math.min(period, axis.output);
  // every `step` kernel elements are met by the same outputs
  const step = upsample / gcd(Math.abs(dilation), upsample);
  const reciprocal = inverse(stride / common, shortest);
  const result: Phase[] = [];
  for (let least = 0; least < Math.min(step, axis.kernel); least++) {
    // outputs o for which stride * o is, modulo upsample, padding - dilation * least
    const wanted = (padding - dilation * least) / common;
    if (!Number.isInteger(wanted)) continue;
    const taps = Math.ceil((axis.kernel - least) / step);
    const kernel = dilation < 0 ? least + step * (taps - 1) : least;
    let first = modulo(modulo(wanted, shortest) * reciprocal, shortest);
    for (; first < total; first += shortest) {
      const offset = (stride * first + dilation * kernel - padding) / upsample;
      result.push({ first, count: Math.ceil((axis.output - first) / period), taps, kernel, offset });
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

/** Whether some outputs of an axis meet no taps. */
export function hasBare({ phases, total }: Phases): boolean {
  return phases.length < total;
}

/** The greatest common divisor. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** The remainder of a division, from 0 on. */
export function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}

/** The number by which `a` is multiplied to give 1 modulo `b`, by Euclid's algorithm; they have no common divisor. */
function inverse(a: number, b: number): number {
  let [rest, next, factor, nextFactor] = [modulo(a, b), b, 1, 0];
  while (next > 0) {
    const quotient = Math.floor(rest / next);
    [rest, next] = [next, rest - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return modulo(factor, b);
}
