// Phases: outputs of an axis that meet the same kernel elements.

import type { Axis } from './axis.js';

/** A kernel element that meets a phase: output `first + period * j` reads input `advance * j + offset`. */
export interface Tap {
  readonly kernel: number;
  readonly offset: number;
}

/** A class of outputs, `first + period * j` for j below `count`, that share their taps. */
export interface Phase {
  readonly first: number;
  readonly count: number;
  readonly taps: readonly Tap[];
}

/** The phases of an axis; between neighbouring outputs of a phase the input advances by whole steps. */
export interface Phases {
  readonly period: number;
  readonly advance: number;
  readonly phases: readonly Phase[];
}

/**
 * Splits the outputs of an axis into phases.
 *
 * The shortest period is upsample / gcd(stride, upsample). A multiple of it is allowed: a dilated axis split by its dilation
 * gives phases that are convolutions without dilation.
 */
export function phases(axis: Axis, multiple = 1): Phases {
  const period = (axis.upsample / gcd(axis.stride, axis.upsample)) * multiple;
  const result: Phase[] = [];
  for (let first = 0; first < Math.min(period, axis.output); first++) {
    const taps: Tap[] = [];
    for (let kernel = 0; kernel < axis.kernel; kernel++) {
      const x = axis.stride * first + axis.dilation * kernel - axis.padding;
      if (x % axis.upsample === 0) taps.push({ kernel, offset: x / axis.upsample });
    }
    // a transposed axis meets its kernel backwards
    taps.sort((a, b) => a.offset - b.offset);
    result.push({ first, count: Math.ceil((axis.output - first) / period), taps });
  }
  return { period, advance: (axis.stride * period) / axis.upsample, phases: result };
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
