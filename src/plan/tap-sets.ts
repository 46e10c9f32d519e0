// Tap sets: the kernel elements that each class of outputs meets, and how regular they are. A class is the outputs of one phase of
// each axis.

import { product } from '../core/lists.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import type { KernelPart } from '../geometry/live-taps.js';
import { gcd, modulo, type Phase, type Phases } from '../geometry/phases.js';
import type { Cut } from '../geometry/slice.js';
import type { Cuts } from './cuts.js';

/**
 * The kernel elements of some classes of outputs that read the same inputs. Their packed weights are one matrix, in which each class
 * has filters of its own. Elements are counted in a kernel, in C order.
 */
export interface TapSet {
  /** the first element that each class meets */
  readonly firsts: number[];
  /** the taps along each axis, and the elements from one to the next, which are the same for all sets */
  readonly along: Readonly<PerAxis>;
  readonly steps: Readonly<PerAxis>;
  /** all taps, with those that kernels of a transform lack */
  readonly taps: number;
  /** products of one output: pairs of channel and element, or kernels of a transform */
  readonly terms: number;
  /** products summed in registers before they are added to the output */
  readonly termsAtOnce: number;
  /** bytes from the first packed weight to its own */
  readonly weights: number;
}

/**
 * How regular the taps of an axis are, the same in all its phases. Taps that read staged positions of the same residue are a line: a
 * step of two leaves two lines, and each is a convolution of step one over the inputs of its residue. Tap t belongs to line `t % lines`,
 * and reads the position `floor((first + gap * t) / lines)` of its residue, counted from the first that any tap reads.
 */
export interface Spacing {
  /** of each phase */
  readonly taps: number;
  /** outputs from one tap of a line to the next; 0 where phases differ, or no line has two taps */
  readonly gap: number;
  readonly lines: number;
  readonly first: number;
}

const UNEVEN: Spacing = { taps: 0, gap: 0, lines: 0, first: 0 };

/** One tap. */
const SINGLE: Spacing = { taps: 1, gap: 1, lines: 1, first: 0 };

/** The spacing of each axis; uneven for all axes where some outputs meet no taps. */
export function spacingsOf(cuts: Cuts): PerAxis<Spacing> {
  const allMeetTaps = cuts.every(({ split }) => !hasBare(split));
  return mapAxes(cuts, ({ split }) => (allMeetTaps ? spacingOf(split) : UNEVEN));
}

/** Whether some outputs of an axis meet no taps. */
function hasBare({ phases, total }: Phases): boolean {
  return phases.length < total;
}

function spacingOf({ advance, offsetStep, phases }: Phases): Spacing {
  const { taps, offset } = phases[0] ?? { taps: 0, offset: 0 };
  // offsets of one line are the same modulo the advance
  const common = gcd(offsetStep, Math.abs(advance));
  const placeOf = (position: number) => Math.floor(modulo(position, advance) / common);
  const first = placeOf(offset);
  const isSame = (phase: Phase) => phase.taps === taps && (taps === 1 || placeOf(phase.offset) === first);
  if (!phases.every(isSame)) return UNEVEN;
  if (taps === 1) return SINGLE;
  const lines = advance / common;
  return lines > 0 && lines < taps && offsetStep > 0
    ? { taps, gap: offsetStep / common, lines, first }
    : UNEVEN;
}

/** The staged position that a tap reads. */
function positionOf({ gap, lines, first }: Spacing, tap: number): number {
  return Math.floor((first + gap * tap) / lines);
}

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

/** The kernels of `taps` taps of an axis; undefined where one of few taps would read beside what the axis does. */
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

/** How many taps each phase of an axis has. */
export function tapCounts(split: Phases): number[] {
  return split.phases.map(({ taps }) => taps);
}

/**
 * The tap sets of all classes of outputs, in the order of the classes. Last one without taps, where some outputs meet none: these are
 * all alike.
 * @param classes neighbouring classes that read the same and are one set
 * @param mostTerms products summed in registers at most
 * @param order that of a transform, or `SINGLE_TAPS`
 * @param bytesOf bytes of the packed weights of a set with so many terms
 */
export function tapSetsOf(
  kernel: KernelPart,
  cuts: Cuts,
  channels: number,
  classes: number,
  mostTerms: number,
  { kernels }: TermOrder,
  bytesOf: (terms: number) => number,
): TapSet[] {
  const steps = mapAxes(cuts, ({ split }, axis) => split.kernelStep * kernel.axes[axis].elements);
  const ofKernel = tapsOfKernel({ kernels, planes: 1 });
  const sets: TapSet[] = [];
  let weights = 0;
  const add = (first: number, along: PerAxis): void => {
    const counts = mapAxes(along, (taps, axis) => kernels[axis]?.count ?? taps);
    const terms = channels * product(counts);
    const termsAtOnce = Math.ceil(terms / (Math.ceil(terms / mostTerms) || 1)) || 1;
    const taps = product(counts) * ofKernel;
    sets.push({ firsts: [first], along, steps, taps, terms, termsAtOnce, weights });
    weights += bytesOf(terms);
  };
  const elementsTo = (phase: Phase, axis: number) => phase.kernel * kernel.axes[axis].elements;
  const [depths, heights, widths] = mapAxes(cuts, differentPhases);
  let number = 0;
  for (const depth of depths) {
    for (const height of heights) {
      for (const width of widths) {
        const first = kernel.first + elementsTo(depth, 0) + elementsTo(height, 1) + elementsTo(width, 2);
        if (number++ % classes > 0) sets[sets.length - 1].firsts.push(first);
        else add(first, [depth.taps, height.taps, width.taps]);
      }
    }
  }
  if (cuts.some(({ split }) => hasBare(split))) add(0, [0, 0, 0]);
  return sets;
}

/** Phases of an axis with different taps. Where a phase has slices of its own, all have the same. */
function differentPhases({ split, separate }: Cut): readonly Phase[] {
  return separate ? split.phases.slice(0, 1) : split.phases;
}

/**
 * The kernel elements that a class of outputs meets, counted from its first, where neighbouring elements lie `distance` apart; -1 where
 * a kernel of a transform has no tap.
 */
export function elementsOf({ along, steps }: TapSet, order: TermOrder, distance: number): Int32Array {
  const lists = mapAxes(along, (count, axis) => {
    const elements = new Float64Array(count);
    for (let tap = 0; tap < count; tap++) elements[tap] = distance * steps[axis] * tap;
    return alongKernels(elements, order.kernels[axis], Number.NaN);
  });
  return inKernels(lists, order);
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
