// Cuts: how the work is divided into blocks of bounded bytes.

import type { Axis } from '../geometry/axis.js';
import { type Cut, uncut } from '../geometry/slice.js';
import type { Convolution } from '../problem/convolution.js';
import { BLOCK_BYTES, WORTHWHILE_CUT } from './caches.js';

/** The cut of each axis. */
export type Cuts = [depth: Cut, height: Cut, width: Cut];

/**
 * Cuts the work into blocks of bounded bytes: first fewer images at a time, then less depth, height, width. A dilated axis that is
 * cut is taken phase by phase, so that neighbouring slices share little.
 */
export function cutsOf(
  convolution: Convolution,
  axes: readonly [Axis, Axis, Axis],
): { cuts: Cuts; images: number } {
  const cuts = axes.map((axis) => uncut(axis)) as Cuts;
  const bytes = () => blockBytes(convolution, axes, cuts);
  const images = Math.max(1, Math.min(convolution.batch, Math.floor(BLOCK_BYTES / Math.max(1, bytes()))));
  axes.forEach((axis, index) => {
    if (bytes() <= BLOCK_BYTES || axis.output <= 1) return;
    if (axis.upsample === 1 && axis.dilation > 1 && axis.kernel > 1 && index < 2)
      cuts[index] = uncut(axis, true);
    const whole = cuts[index];
    let { count } = whole;
    while (bytes() > BLOCK_BYTES && count > 1) {
      const before = bytes();
      cuts[index] = { ...whole, count: Math.ceil(count / 2) };
      if (bytes() >= WORTHWHILE_CUT * before) break; // it would load the reach of the kernel again and again
      count = cuts[index].count;
    }
    // as many slices, but equal ones
    cuts[index] = { ...whole, count: Math.ceil(whole.count / Math.ceil(whole.count / count)) };
  });
  return { cuts, images };
}

/** Bytes that a block of one image takes: its input as copied and as staged, its output, and that in parts where it is interleaved. */
function blockBytes(convolution: Convolution, axes: readonly Axis[], cuts: readonly Cut[]): number {
  let input = 4 * convolution.groups * convolution.channels;
  let output = 4 * convolution.groups * convolution.filters;
  axes.forEach((axis, index) => {
    const { split, separate, count } = cuts[index];
    const reach = (axis.kernel - 1) * (separate ? axis.stride : Math.abs(axis.dilation));
    const need = count * (separate ? axis.stride : split.advance) + reach / axis.upsample;
    input *= Math.min(need, axis.input + reach);
    output *= separate ? count : Math.min(count * split.period, axis.output);
  });
  return 2 * input + (isInterleaved(cuts) ? 2 : 1) * output;
}

/** Outputs fall into several classes along some axis, which have to be woven together. */
export function isInterleaved(cuts: readonly Cut[]): boolean {
  return cuts.some(({ split, separate }) => !separate && split.period > 1);
}
