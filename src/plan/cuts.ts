// Cuts: how the work is divided into blocks of bounded bytes.

import { most } from '../core/lists.js';
import type { Axis } from '../geometry/axis.js';
import { type Cut, phasesFor } from '../geometry/slice.js';
import type { Problem } from '../problem/problem.js';

/** Work space that a block may take before it is cut: a good part of a third-level cache. */
const BLOCK_BYTES = 24 << 20;

/**
 * Cuts the work into blocks of bounded bytes: first fewer images at a time, then less depth, height, width. A dilated axis that is
 * cut is taken phase by phase, so that neighbouring slices share little.
 */
export function cutsOf(
  problem: Problem,
  axes: readonly Axis[],
  interleaved: boolean,
): { cuts: Cut[]; images: number } {
  const cuts = axes.map((axis) => whole(axis, false));
  const size = (cut: Cut[]) => {
    let input = 4 * problem.channels;
    let output = 4 * problem.filters;
    axes.forEach((axis, index) => {
      const { count, separate } = cut[index];
      const { period, advance } = phasesFor(axis, separate);
      const reach = separate ? (axis.kernel - 1) * axis.stride : Math.abs(axis.dilation) * (axis.kernel - 1);
      const need = count * (separate ? axis.stride : advance) + reach / axis.upsample;
      input *= Math.min(need, axis.input + reach);
      output *= separate ? count : Math.min(count * period, axis.output);
    });
    return 2 * input + (interleaved ? 2 : 1) * output;
  };
  const images = Math.max(1, Math.min(problem.batch, Math.floor(BLOCK_BYTES / Math.max(1, size(cuts)))));
  axes.forEach((axis, index) => {
    if (size(cuts) <= BLOCK_BYTES || axis.output <= 1) return;
    const separate = axis.upsample === 1 && axis.dilation > 1 && axis.kernel > 1 && index < 2;
    cuts[index] = whole(axis, separate);
    while (size(cuts) > BLOCK_BYTES && cuts[index].count > 1) {
      const before = cuts[index];
      const bytes = size(cuts);
      cuts[index] = { count: Math.ceil(before.count / 2), separate };
      if (size(cuts) < 0.7 * bytes) continue;
      // the reach of the kernel is most of what a block loads: smaller ones would load it again and again
      cuts[index] = before;
      break;
    }
    // as many slices, but equal ones
    const total = whole(axis, separate).count;
    const { count } = cuts[index];
    cuts[index] = { count: Math.ceil(total / Math.ceil(total / count)), separate };
  });
  return { cuts, images };
}

function whole(axis: Axis, separate: boolean): Cut {
  return { count: most([1, ...phasesFor(axis, separate).phases.map((phase) => phase.count)]), separate };
}
