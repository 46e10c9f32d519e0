// How the taps of a workload are divided among the kernels of a Winograd transform, and in which order the kernels' products are summed.

import { product } from '../core/lists.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import { positionOf, type Spacing } from './spacing.js';

/**
 * The taps of an axis, divided among kernels of a transform; each kernel is a term of the sum. There are as few kernels as possible, and as
 * many of them as possible are short: a short kernel lacks its last tap, so its transform at infinity is zero and its products there are
 * omitted.
 */
export interface AxisKernels {
  readonly spacing: Spacing;
  /** taps of a kernel */
  readonly taps: number;
  /** number of kernels, and of short ones, which come first */
  readonly count: number;
  readonly short: number;
}

/** The order of a workload's taps as terms, kernel by kernel. */
export interface TermOrder {
  /** null for an axis without a transform, where every tap is a kernel */
  readonly kernels: Readonly<PerAxis<AxisKernels | null>>;
  /** planes of inputs along the depth, each with its own kernels; 1 if all kernels form one plane */
  readonly planes: number;
}

/** Without transforms, every tap is a term. */
export const SINGLE_TAPS: TermOrder = { kernels: [null, null, null], planes: 1 };

/** The kernels of `taps` taps of an axis; undefined if one would read outside the axis's range, or lacks more taps than its last of four. */
export function kernelsAlong(spacing: Spacing, taps: number): AxisKernels | undefined {
  const { lines } = spacing;
  // lines with one tap more than the others, then the others
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
  // lines with a single tap come last
  for (let line = longer; least === 1 && line < lines; line++) {
    const lead = leadOf(spacing, line, taps);
    if (lead * spacing.gap > positionOf(spacing, line)) return undefined;
  }
  return { spacing, taps, count, short };
}

/** The number of short kernels of a line. */
function shortIn(length: number, taps: number): number {
  const kernels = Math.ceil(length / taps);
  return Math.min(kernels, kernels * taps - length);
}

/**
 * Leading taps that the kernel of a single-tap line must leave empty: a kernel multiplies all of its inputs but the last, so these must be
 * within range.
 */
function leadOf(spacing: Spacing, line: number, taps: number): number {
  const reach = positionOf(spacing, spacing.taps - 1);
  const beyond = positionOf(spacing, line) + (taps - 2) * spacing.gap - reach;
  return Math.max(0, Math.ceil(beyond / spacing.gap));
}

/** Marks an empty entry of a table. */
const NONE = -1;

/** The taps of the kernels of an axis, kernel by kernel; -1 for an empty tap. The kernels of a line are in the order of its taps. */
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

/** The taps of a kernel, for all axes together. */
export function tapsOfKernel({ kernels }: TermOrder): number {
  return product(kernels.map((own) => own?.taps ?? 1));
}

/**
 * For each tap, kernel by kernel, the sum of three tables of `alongKernels`, one for each axis; -1 where one of them has NaN. Within a plane,
 * kernels that are not short along the height are contiguous, and so are those that are not short along the width.
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
 * The table of an axis, kernel by kernel.
 * @param gap the distance between a kernel's taps, from which values of empty taps are extrapolated
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
