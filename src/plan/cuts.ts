// Cuts: how the work is divided into blocks of bounded bytes.

import { FLOAT_BYTES } from '../core/bytes.js';
import { type Axis, mapAxes, type PerAxis, shownSize, turnedIf } from '../geometry/axis.js';
import type { Outside } from '../geometry/padding.js';
import { type Cut, type Slice, slicesOf, uncut } from '../geometry/slice.js';
import type { Convolution } from '../problem/convolution.js';
import { BLOCK_BYTES, NEAR_INPUTS, WORTHWHILE_CUT } from './caches.js';

/** Outputs of a Winograd tile along an axis, at most: part of a tile takes as long as all of it. */
const MOST_TILE_OUTPUTS = 4;

/** The cut of each axis. */
export type Cuts = PerAxis<Cut>;

/**
 * Cuts the work into blocks of bounded bytes: first fewer images at a time, then less depth, then less height, then less width. A
 * dilated depth or height that is cut is computed phase by phase: then neighbouring slices share few inputs.
 * @param turned height and width are exchanged: then less width goes first, as columns of the plan are rows in memory
 * @returns the cut of each axis, and the images in a block
 */
export function cutsOf(
  convolution: Convolution,
  axes: Readonly<PerAxis<Axis>>,
  turned: boolean,
): { cuts: Cuts; images: number } {
  const cuts = mapAxes(axes, (axis) => uncut(axis));
  const bytes = () => blockBytes(convolution, axes, cuts, turned);
  const images = Math.max(1, Math.min(convolution.batch, Math.floor(BLOCK_BYTES / Math.max(1, bytes()))));
  for (const index of turnedIf(turned, [0, 1, 2])) {
    const axis = axes[index];
    if (bytes() <= BLOCK_BYTES || axis.output <= 1) continue;
    if (axis.upsample === 1 && axis.dilation > 1 && axis.kernel > 1 && index < 2)
      cuts[index] = uncut(axis, true);
    const whole = cuts[index];
    let { count } = whole;
    while (bytes() > BLOCK_BYTES && count > 1) {
      const before = bytes();
      cuts[index] = { ...whole, count: Math.ceil(count / 2) };
      // smaller blocks would mostly load the same inputs as their neighbours
      if (bytes() >= WORTHWHILE_CUT * before) break;
      count = cuts[index].count;
    }
    // as many slices, but of about equal size, and except for the depth, of whole tiles
    const even = Math.ceil(whole.count / Math.ceil(whole.count / count));
    const least = MOST_TILE_OUTPUTS * (whole.separate ? 1 : Math.abs(axis.dilation));
    let tiles = index === 0 || even === whole.count ? 0 : Math.ceil(even / least);
    do {
      cuts[index] = { ...whole, ...(tiles > 0 ? { count: tiles * least, least } : { count: even }) };
    } while (tiles-- > 0 && bytes() > BLOCK_BYTES);
  }
  return { cuts, images };
}

/**
 * Bytes that a block of one image takes, about: its input as copied and as staged, its output, and the classes of outputs where they
 * are interleaved or turned.
 */
function blockBytes(
  convolution: Convolution,
  axes: readonly Axis[],
  cuts: readonly Cut[],
  turned: boolean,
): number {
  let input = FLOAT_BYTES * convolution.groups * convolution.channels;
  let output = FLOAT_BYTES * convolution.groups * convolution.filters;
  axes.forEach((axis, index) => {
    const { split, separate, least } = cuts[index];
    const count = cuts[index].count + least - 1;
    // strides and dilations may be negative
    const reach = (axis.kernel - 1) * Math.abs(separate ? axis.stride : axis.dilation);
    const read = count * Math.abs(separate ? axis.stride : split.advance) + reach / axis.upsample;
    input *= Math.min(read, shownSize(axis) + reach);
    output *= separate ? count : Math.min(count * split.period, axis.output);
  });
  return 2 * input + (turned || isInterleaved(cuts) ? 2 : 1) * output;
}

/** The slices of each axis. Inputs that are near each other in memory are loaded with those between them. */
export function cutSlices(
  axes: Readonly<PerAxis<Axis>>,
  cuts: Cuts,
  outside: Outside,
  turned: boolean,
): PerAxis<Slice[]> {
  const [, rows, columns] = turnedIf(turned, axes);
  const gaps = turnedIf(turned, [
    NEAR_INPUTS / rows.input / columns.input,
    NEAR_INPUTS / columns.input,
    NEAR_INPUTS,
  ]);
  return mapAxes(axes, (axis, index) => slicesOf(axis, cuts[index], outside, gaps[index]));
}

/** Whether outputs fall into several classes along some axis, which are interleaved. */
export function isInterleaved(cuts: readonly Cut[]): boolean {
  return cuts.some(({ split, separate }) => !separate && split.period > 1);
}
