// Transform kernels: the kernels of a transform that the taps of a tap set are divided among, each a term, and in which order they are.

import { product } from '../core/lists.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import { positionOf, type Spacing } from './spacing.js';

/**
 * The taps of an axis, divided among kernels of a transform, each a term. They are as few as there can be, as many of them short as
 * there can be: a short one has no last tap, so that its transform at infinity is zero, and elements there leave it out.
 */
export interface AxisKernels {
  readonly spacing: Spacing;
  /** taps of a kernel */
  readonly taps: number;
  /** how many kernels there are, and how many of them are short: the first ones */
  readonly count: number;
  readonly short: number;
}

/** In which order the taps of a tap set are terms: kernel by kernel of a transform. */
export interface TermOrder {
  /** null for an axis that is not transformed, where every tap is a kernel */
  readonly kernels: Readonly<PerAxis<AxisKernels | null>>;
  /** planes of inputs along the depth, whose kernels come one plane after another; 1: all kernels are one plane */
  readonly planes: number;
}

/** Without a transform every tap is a term. */
export const SINGLE_TAPS: TermOrder = { kernels: [null, null, null], planes: 1 };

/** The kernels of `taps` taps of an axis; undefined where one would read beside what the axis does, or lacks more than its last tap of four. */
export function kernelsAlong(spacing: Spacing, taps: number): AxisKernels | undefined {
  const { lines } = spacing;
  // lines with a tap more than the others, and these
  const longer = spacing.taps % lines;
  const least = (spacing.taps - longer) / lines;
  let count = 0;
  let short = 0;
  for (const [some, length] of [
    [longer, least + 1],
    [lines - longer, least],
  ]) {
    const kernels = Math.ceil(length / taps);
    if (some > 0 && taps > 3 && kernels * taps - length > kernels) return undefined;
    count += some * kernels;
    short += some * shortIn(length, taps);
  }
  // lines of one tap are the last ones
  for (let line = longer; least === 1 && line < lines; line++) {
    const lead = leadOf(spacing, line, taps);
    if (lead * spacing.gap > positionOf(spacing, line)) return undefined;
  }
  return { spacing, taps, count, short };
}

/** How many kernels of a line are short. */
function shortIn(length: number, taps: number): number {
  const kernels = Math.ceil(length / taps);
  return Math.min(kernels, kernels * taps - length);
}

/**
 * Taps that the only kernel of a line of one tap lacks in front of it. All inputs of a kernel but the last are multiplied, and must be
 * there.
 */
function leadOf(spacing: Spacing, line: number, taps: number): number {
  const reach = positionOf(spacing, spacing.taps - 1);
  const beyond = positionOf(spacing, line) + (taps - 2) * spacing.gap - reach;
  return Math.max(0, Math.ceil(beyond / spacing.gap));
}

/** Stands in a table for what there is not. */
const NONE = -1;

/** The taps of the kernels of an axis, kernel by kernel; -1 where a kernel has none. Kernels of a line are in the order of its taps. */
export function tapsInKernels({ spacing, taps, count, short }: AxisKernels): Int32Array {
  const table = new Int32Array(count * taps).fill(NONE);
  let nextShort = 0;
  let nextLong = short;
  for (let line = 0; line < spacing.lines; line++) {
    const length = Math.ceil((spacing.taps - line) / spacing.lines);
    const lead = length === 1 ? leadOf(spacing, line, taps) : 0;
    let tap = line;
    for (let left = shortIn(length, taps); tap < spacing.taps; left--) {
      const at = taps * (left > 0 ? nextShort++ : nextLong++);
      const end = at + taps - (left > 0 ? 1 : 0);
      for (let slot = at + lead; slot < end && tap < spacing.taps; slot++, tap += spacing.lines)
        table[slot] = tap;
    }
  }
  return table;
}

/** Taps of a kernel along all axes. */
export function tapsOfKernel({ kernels }: TermOrder): number {
  return product(kernels.map((own) => own?.taps ?? 1));
}

/**
 * The sums of what stands along three axes for each tap, kernel by kernel; along each axis stands what `alongKernels` returns. -1 where
 * something is not a number. Those kernels of a plane that are not short along the height follow one another, and so do those that are
 * not short along the width.
 */
export function inKernels(
  [depths, heights, widths]: PerAxis<Float64Array>,
  { kernels, planes }: TermOrder,
): Int32Array {
  const [, high, wide] = mapAxes(kernels, (own) => own?.taps ?? 1);
  const [, shortHeights, shortWidths] = mapAxes(kernels, (own) => (own ? own.taps * own.short : 0));
  const inPlane = depths.length / planes;
  const sums = new Int32Array(depths.length * heights.length * widths.length);
  let filled = 0;
  const add = (from: number, height: number, heightEnd: number, width: number, widthEnd: number): void => {
    for (let depth = from; depth < from + inPlane; depth++) {
      for (let firstHeight = height; firstHeight < heightEnd; firstHeight += high) {
        for (let firstWidth = width; firstWidth < widthEnd; firstWidth += wide) {
          // the taps of one kernel
          for (let h = firstHeight; h < firstHeight + high; h++) {
            const row = depths[depth] + heights[h];
            for (let w = firstWidth; w < firstWidth + wide; w++) {
              const sum = row + widths[w];
              sums[filled++] = Number.isNaN(sum) ? NONE : sum;
            }
          }
        }
      }
    }
  };
  for (let depth = 0; depth < depths.length; depth += inPlane) {
    add(depth, shortHeights, heights.length, 0, shortWidths);
    add(depth, shortHeights, heights.length, shortWidths, widths.length);
    add(depth, 0, shortHeights, shortWidths, widths.length);
    add(depth, 0, shortHeights, 0, shortWidths);
  }
  return sums;
}

/**
 * What stands along an axis, kernel by kernel.
 * @param gap what lies between the taps of a kernel: by it stands something where a kernel has no tap
 */
export function alongKernels(list: Float64Array, kernels: AxisKernels | null, gap: number): Float64Array {
  if (!kernels) return list;
  const { taps } = kernels;
  const table = tapsInKernels(kernels);
  const all = new Float64Array(table.length);
  for (let kernel = 0; kernel < table.length; kernel += taps) {
    let known = kernel;
    while (table[known] === NONE) known++;
    for (let i = kernel; i < kernel + taps; i++)
      all[i] = table[i] === NONE ? list[table[known]] + (i - known) * gap : list[table[i]];
  }
  return all;
}
