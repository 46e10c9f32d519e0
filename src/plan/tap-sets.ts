// Tap sets: the kernel elements that each class of outputs meets, and how regular they are. A class is the outputs of one phase of
// each axis.

import { product } from '../core/lists.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import type { KernelPart } from '../geometry/live-taps.js';
import type { Phase, Phases } from '../geometry/phases.js';
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
  /** all taps; those that two kernels of a transform have count twice */
  readonly taps: number;
  /** products of one output: pairs of channel and element, or kernels of a transform */
  readonly terms: number;
  /** products summed in registers before they are added to the output */
  readonly termsAtOnce: number;
}

/** Taps along each axis that a transform takes for one term. */
export type KernelTaps = Readonly<PerAxis>;

/** Without a transform every tap is a term. */
export const ONE_TAP: KernelTaps = [1, 1, 1];

/** The taps of each phase of an axis, and their distance in outputs; 0 and 0 where these differ between phases or within one. */
export type Spacing = readonly [taps: number, gap: number];

/** The spacing of each axis; 0 and 0 for all axes where some outputs meet no taps. */
export function spacingsOf(cuts: Cuts): PerAxis<Spacing> {
  const allMeetTaps = cuts.every(({ split }) => !hasBare(split));
  return mapAxes(cuts, ({ split }) => (allMeetTaps ? spacingOf(split) : [0, 0]));
}

/** Whether some outputs of an axis meet no taps. */
function hasBare({ phases, total }: Phases): boolean {
  return phases.length < total;
}

function spacingOf({ advance, offsetStep, phases }: Phases): Spacing {
  const { taps } = phases[0] ?? { taps: 0 };
  const gap = taps > 1 ? offsetStep / advance : 1;
  const isSame = phases.every((phase) => phase.taps === taps);
  return isSame && Number.isInteger(gap) && gap > 0 ? [taps, gap] : [0, 0];
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
 * @param kernelTaps taps that a transform takes for one term, or `ONE_TAP`
 */
export function tapSetsOf(
  kernel: KernelPart,
  cuts: Cuts,
  channels: number,
  classes: number,
  mostTerms: number,
  kernelTaps: KernelTaps,
): TapSet[] {
  const [depthElements, rowElements, columnElements] = kernel.axes.map(({ elements }) => elements);
  const [depths, heights, widths] = mapAxes(cuts, differentPhases);
  const steps = mapAxes(cuts, ({ split }, axis) => split.kernelStep * kernel.axes[axis].elements);
  const setOf = (first: number, along: PerAxis): TapSet => {
    const kernels = mapAxes(along, (taps, axis) => Math.ceil(taps / kernelTaps[axis]));
    const terms = channels * product(kernels);
    const termsAtOnce = Math.ceil(terms / (Math.ceil(terms / mostTerms) || 1)) || 1;
    return {
      firsts: [first],
      along,
      steps,
      taps: product(kernels) * product(kernelTaps),
      terms,
      termsAtOnce,
    };
  };
  const sets: TapSet[] = [];
  let number = 0;
  for (const depth of depths) {
    for (const height of heights) {
      for (const width of widths) {
        const inRow = height.kernel * rowElements + width.kernel * columnElements;
        const first = kernel.first + depth.kernel * depthElements + inRow;
        if (number++ % classes > 0) sets[sets.length - 1].firsts.push(first);
        else sets.push(setOf(first, [depth.taps, height.taps, width.taps]));
      }
    }
  }
  if (cuts.some(({ split }) => hasBare(split))) sets.push(setOf(0, [0, 0, 0]));
  return sets;
}

/** Phases of an axis with different taps. Where a phase has slices of its own, all have the same. */
function differentPhases({ split, separate }: Cut): readonly Phase[] {
  return separate ? split.phases.slice(0, 1) : split.phases;
}

/** Stands in a table of elements for one that counts as zero. */
const NO_ELEMENT = -1;

/**
 * The kernel elements that a class of outputs meets, counted from its first, where neighbouring elements lie `distance` apart. Of two
 * kernels of a transform that have an element, the later one counts it: the earlier one would round half as much again.
 */
export function elementsOf({ along, steps }: TapSet, kernelTaps: KernelTaps, distance: number): Int32Array {
  const lists = mapAxes(along, (count, axis) => {
    const elements = new Float64Array(count);
    for (let tap = 0; tap < count; tap++) elements[tap] = distance * steps[axis] * tap;
    const list = inKernelsAlong(elements, kernelTaps[axis]);
    const last = list.length - kernelTaps[axis];
    return list.fill(Number.NaN, last - (list.length - count), last);
  });
  return inKernels(lists, kernelTaps);
}

/**
 * The sums of what stands along three axes for each tap: kernel by kernel of a transform, which takes `kernelTaps` of each axis at a
 * time, and along each axis stands what `inKernelsAlong` returns. -1 where something is not a number.
 */
export function inKernels(
  [depths, heights, widths]: PerAxis<Float64Array>,
  kernelTaps: KernelTaps,
): Int32Array {
  const [deep, high, wide] = kernelTaps;
  const sums = new Int32Array(depths.length * heights.length * widths.length);
  let filled = 0;
  for (let depth = 0; depth < depths.length; depth += deep) {
    for (let height = 0; height < heights.length; height += high) {
      for (let width = 0; width < widths.length; width += wide) {
        // the taps of one kernel
        for (let d = depth; d < depth + deep; d++) {
          for (let h = height; h < height + high; h++) {
            const row = depths[d] + heights[h];
            for (let w = width; w < width + wide; w++) {
              const sum = row + widths[w];
              sums[filled++] = Number.isNaN(sum) ? NO_ELEMENT : sum;
            }
          }
        }
      }
    }
  }
  return sums;
}

/**
 * What stands along an axis, kernel by kernel. Where its length is no multiple of a kernel's taps, the last kernel is moved back to end
 * with it, and so overlaps the one before.
 */
export function inKernelsAlong(list: Float64Array, taps: number): Float64Array {
  if (list.length % taps === 0) return list;
  const last = list.length - taps;
  const all = new Float64Array(taps * Math.ceil(list.length / taps));
  all.set(list.subarray(0, all.length - taps));
  all.set(list.subarray(last), all.length - taps);
  return all;
}
