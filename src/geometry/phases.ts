// Phases: outputs of an axis that meet the same kernel elements.
//
// The equation of axis.ts has a whole x only where upsample divides stride * o + dilation * k - padding. Which k fulfil that repeats
// itself with a period of o; the outputs that are a multiple of the period apart are a phase.

import type { Axis } from './axis.js';

/** A kernel element that meets a phase: output `first + period * j` reads input `advance * j + offset`. */
export interface Tap {
  readonly kernel: number;
  readonly offset: number;
}

/** Outputs of an axis that share their taps: `first + period * j` for j below `count`. */
export interface Phase {
  readonly first: number;
  readonly count: number;
  readonly taps: readonly Tap[];
}

/** The phases of an axis. */
export interface Phases {
  /** outputs from one of a phase to the next */
  readonly period: number;
  /** input positions from what one of them reads to what the next reads */
  readonly advance: number;
  readonly phases: readonly Phase[];
}

/**
 * Splits the outputs of an axis into phases.
 *
 * @param multiple how many times the shortest period, upsample / gcd(stride, upsample), the period is: a dilated axis that is split
 *   by its dilation gives phases that are convolutions without dilation
 */
export function phases(axis: Axis, multiple = 1): Phases {
  const period = (axis.upsample / gcd(Math.abs(axis.stride), axis.upsample)) * multiple;
  if (axis.stride === 0 || !(axis.upsample >= 1))
    throw new RangeError(
      `an axis needs a stride other than 0 and an upsample of at least 1, got ${axis.stride} and ${axis.upsample}`,
    );
  const result: Phase[] = [];
  for (let first = 0; first < Math.min(period, axis.output); first++) {
    const taps: Tap[] = [];
    for (let kernel = 0; kernel < axis.kernel; kernel++) {
      const x = axis.stride * first + axis.dilation * kernel - axis.padding;
      if (x % axis.upsample === 0) taps.push({ kernel, offset: x / axis.upsample });
    }
    // a transposed axis meets its kernel backwards; taps are in the order of the input
    taps.sort((a, b) => a.offset - b.offset);
    result.push({ first, count: Math.ceil((axis.output - first) / period), taps });
  }
  return { period, advance: (axis.stride * period) / axis.upsample, phases: result };
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
