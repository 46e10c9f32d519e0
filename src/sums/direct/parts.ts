// Parts: outputs that read the signal by the same pattern, and their division into blocks, so that only a few megabytes are used at a time.

import { combinations, product } from '../../core/lists.js';
import { gcd, modulo } from '../../geometry/phases.js';
import type { Lines, TapAxis } from './lines.js';

/** Outputs of an axis, and their taps in the order of the signal. */
interface PartAxis {
  /** sizes of the signal and of the kernel */
  readonly size: number;
  readonly kernelSize: number;
  readonly count: number;
  readonly taps: number;
  /** distance between outputs in positions; taps are one position apart */
  readonly stride: number;
  /** the position that the first output's first tap reads */
  readonly first: number;
  /** the kernel element of the first tap, and the distance to that of the next tap */
  readonly kernel: number;
  readonly kernelStep: number;
  /** the first of these outputs on the axis, and the distance to the next */
  readonly out: number;
  readonly outStep: number;
}

/** Outputs that have the same taps, along all axes from outermost to innermost. */
export type Part = readonly PartAxis[];

/** The parts of some axes. Outputs that are in no part have no taps. */
export function partsOf(sums: readonly TapAxis[]): { parts: Part[]; complete: boolean } {
  const lists = sums.map(partsAlong);
  const complete = lists.every((parts, i) => parts.length === Math.min(periodOf(sums[i]), sums[i].count));
  return { parts: combinations(lists), complete };
}

/** Distance between outputs with the same taps. */
const periodOf = ({ stride, upsample }: TapAxis) => upsample / gcd(stride, upsample);

/** The outputs of an axis, by which taps they use: every `upsample`-th tap, where upsample divides first + stride · o + direction · tap. */
function partsAlong(axis: TapAxis): PartAxis[] {
  const { size, taps: kernelSize, count, first, direction, stride, upsample } = axis;
  const outStep = periodOf(axis);
  const parts: PartAxis[] = [];
  for (let out = 0; out < Math.min(outStep, count); out++) {
    const position = first + stride * out;
    const least = modulo(-direction * position, upsample);
    const taps = Math.ceil((kernelSize - least) / upsample);
    if (taps <= 0) continue;
    // in ascending order of the signal, which is descending order of taps for a convolution
    const kernel = direction < 0 ? least + upsample * (taps - 1) : least;
    parts.push({
      size,
      kernelSize,
      count: Math.ceil((count - out) / outStep),
      taps,
      stride: (stride * outStep) / upsample,
      first: (position + direction * kernel) / upsample,
      kernel,
      kernelStep: direction * upsample,
      out,
      outStep,
    });
  }
  return parts;
}

/** The number of positions that `count` outputs read. */
export function extentOf(stride: number, count: number, taps: number): number {
  return stride * (count - 1) + taps;
}

/** The length of the staged line for `count` outputs, as `signalRuns` lays it out. */
export function lineLength(stride: number, count: number, taps: number): number {
  return Math.min(stride, taps) * Math.ceil(extentOf(stride, count, taps) / stride);
}

/** The outputs and taps of a block: ranges along each axis, of groups, and of independent sums. */
export interface Block {
  readonly outs: readonly number[];
  readonly counts: readonly number[];
  readonly taps: readonly number[];
  readonly tapCounts: readonly number[];
  readonly groupFrom: number;
  readonly group: number;
  readonly items: readonly number[];
  readonly itemCount: number;
}

/** The sizes of blocks. */
interface BlockExtent {
  /** outputs and taps along each axis */
  readonly counts: number[];
  readonly taps: number[];
  readonly group: number;
  /** independent sums along the last axis of items */
  readonly items: number;
}

/** Numbers of a signal that are staged at a time; they fit the second-level cache. */
const MOST = 1 << 17;

/** Rows with fewer outputs, and groups of fewer numbers, are not divided. */
const SHORT = 1 << 11;
const NARROW = 1 << 8;

/** Chooses block sizes: halves the outputs, and the taps if they alone exceed a block. */
export function blockSizes(part: Part, { items, group }: Lines): BlockExtent {
  const counts = part.map((axis) => axis.count);
  const taps = part.map((axis) => axis.taps);
  const last = part.length - 1;
  let cutGroup = group;
  const size = () => {
    let numbers = cutGroup;
    for (let i = 0; i <= last; i++) numbers *= extentOf(part[i].stride, counts[i], taps[i]);
    return numbers;
  };
  while (size() > MOST) {
    const outputs = counts.findIndex(
      (count, i) => count > 1 && part[i].stride * count >= taps[i] && (i < last || count * cutGroup > SHORT),
    );
    if (outputs >= 0) counts[outputs] = Math.ceil(counts[outputs] / 2);
    else if (cutGroup > NARROW) cutGroup = Math.ceil(cutGroup / 2);
    else {
      const longest = taps.indexOf(Math.max(...taps));
      const most = counts.indexOf(Math.max(...counts));
      if (taps[longest] > 1 && taps[longest] >= counts[most]) taps[longest] = Math.ceil(taps[longest] / 2);
      else counts[most] = Math.ceil(counts[most] / 2);
    }
  }
  const independent = items.length > 0 ? items[items.length - 1].count : 1;
  const kernel = product(taps);
  const fit = Math.max(1, Math.floor(MOST / Math.max(size(), kernel)));
  return { counts, taps, group: cutGroup, items: Math.min(independent, fit) };
}
