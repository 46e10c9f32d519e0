// Parts: outputs that read a signal in one way, and the blocks that they are computed in, so that few megabytes are used at a time.

import { combinations, product } from '../core/lists.js';
import { gcd, modulo } from '../geometry/phases.js';
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
  const lists = sums.map(partsAlong);
  const complete = lists.every((parts, i) => parts.length === Math.min(periodOf(sums[i]), sums[i].count));
  return { parts: combinations(lists), complete };
}

/** Outputs from one that meets some taps to the next that meets the same. */
const periodOf = ({ stride, upsample }: TapAxis) => upsample / gcd(stride, upsample);

/** Outputs of an axis that share their taps: every `upsample`th tap, as upsample divides first + stride · o + direction · tap. */
function partsAlong(axis: TapAxis): PartAxis[] {
  const { size, taps: kernelSize, count, first, direction, stride, upsample } = axis;
  const outStep = periodOf(axis);
  const parts: PartAxis[] = [];
  for (let out = 0; out < Math.min(outStep, count); out++) {
    const position = first + stride * out;
    const least = modulo(-direction * position, upsample);
    const taps = Math.ceil((kernelSize - least) / upsample);
    if (taps <= 0) continue;
    // in the order of the signal, which a convolution's taps meet from its end
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
      else counts[most] = Math.ceil(counts[most] / 2);
    }
  }
  const independent = items.length > 0 ? items[items.length - 1].count : 1;
  const kernel = product(taps);
  const fit = Math.max(1, Math.floor(MOST / Math.max(size(), kernel)));
  return { counts, taps, group: cutGroup, items: Math.min(independent, fit) };
}
