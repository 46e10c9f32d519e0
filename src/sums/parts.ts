// Parts: outputs that read a signal in one way, and the blocks that they are computed in, so that few megabytes are used at a time.

import { combinations, product } from '../core/lists.js';
import { phases } from '../geometry/phases.js';
import type { Lines, TapAxis } from './lines.js';

/** Outputs of an axis, and their taps in the order of the signal. */
export interface PartAxis {
  /** elements of the signal and of the kernel along the axis */
  readonly size: number;
  readonly kernelSize: number;
  readonly count: number;
  readonly taps: number;
  /** positions from one output to the next; from one tap to the next it is one */
  readonly stride: number;
  /** the position that the first tap of the first output meets */
  readonly first: number;
  /** the kernel element of the first tap, and from one tap to the next */
  readonly kernel: number;
  readonly kernelStep: number;
  /** which outputs of the axis these are */
  readonly out: number;
  readonly outStep: number;
}

/** Outputs of all axes, outermost first, that have the same taps. */
export type Part = readonly PartAxis[];

/** The parts of some axes; outputs that are in none have no taps. */
export function partsOf(sums: readonly TapAxis[]): { parts: Part[]; complete: boolean } {
  if (sums.every(({ upsample }) => upsample === 1)) return { parts: [sums.map(whole)], complete: true };
  let complete = true;
  const lists = sums.map((axis): PartAxis[] => {
    if (axis.upsample === 1) return [whole(axis)];
    const { size, taps, count, first, direction, stride, upsample } = axis;
    const split = phases({
      kernel: taps,
      output: count,
      padding: -first,
      dilation: direction,
      stride,
      upsample,
    } as Parameters<typeof phases>[0]);
    if (split.phases.length < split.total) complete = false;
    return split.phases.map((phase) => ({
      size,
      kernelSize: taps,
      count: phase.count,
      taps: phase.taps,
      stride: split.advance,
      first: phase.offset,
      kernel: phase.kernel,
      kernelStep: split.kernelStep,
      out: phase.first,
      outStep: split.period,
    }));
  });
  return { parts: combinations(lists), complete };
}

/** The one part of an axis with nothing between its elements: what phases give too, 0.84 times as fast for 32 x 32 numbers and 3 x 3 taps. */
function whole({ size, taps, count, first, direction, stride }: TapAxis): PartAxis {
  const turned = direction < 0;
  return {
    size,
    kernelSize: taps,
    count,
    taps,
    stride,
    first: turned ? first - (taps - 1) : first,
    kernel: turned ? taps - 1 : 0,
    kernelStep: direction,
    out: 0,
    outStep: 1,
  };
}

/** Positions that `count` outputs of an axis read. */
export function extentOf(stride: number, count: number, taps: number): number {
  return stride * (count - 1) + taps;
}

/** Elements of the line that `count` outputs read, as `signalRuns` lays it out. */
export function lineLength(stride: number, count: number, taps: number): number {
  return Math.min(stride, taps) * Math.ceil(extentOf(stride, count, taps) / stride);
}

/** What a block computes: of each axis outputs and taps, of groups some numbers, of independent sums some. */
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

/** How large the blocks are. */
export interface BlockExtent {
  /** of each axis, outputs and taps */
  readonly counts: number[];
  readonly taps: number[];
  readonly group: number;
  /** independent sums of the last axis of items */
  readonly items: number;
}

/** Numbers of a signal that are staged at a time, so that they stay in a second-level cache. */
const MOST = 1 << 17;

/** Outputs below which a row is not cut. */
const SHORT = 1 << 11;

/** Cuts the outputs, and where the taps of a block alone are too many, these. */
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
    else if (cutGroup > SHORT) cutGroup = Math.ceil(cutGroup / 2);
    else {
      const longest = taps.indexOf(Math.max(...taps));
      const most = counts.indexOf(Math.max(...counts));
      if (taps[longest] > 1 && taps[longest] >= counts[most]) taps[longest] = Math.ceil(taps[longest] / 2);
      else if (counts[most] > 1) counts[most] = Math.ceil(counts[most] / 2);
      else break;
    }
  }
  const independent = items.length > 0 ? items[items.length - 1].count : 1;
  const kernel = product(taps);
  const fit = Math.max(1, Math.floor(MOST / Math.max(size(), kernel)));
  return { counts, taps, group: cutGroup, items: Math.min(independent, fit) };
}
