// Tap sets: the kernel elements that each class of outputs meets, and how regular they are. A class is the outputs of one phase of
// each axis.

import { combinations, least, product } from '../core/lists.js';
import { type Axis, mapAxes, type PerAxis } from '../geometry/axis.js';
import type { Phase, Phases } from '../geometry/phases.js';
import type { Cuts } from './cuts.js';

/**
 * The kernel elements of some classes of outputs that read the same inputs. Their packed weights are one matrix, in which each class
 * has filters of its own. Elements are counted in a kernel, in C order.
 */
export interface TapSet {
  /** the first element that each class meets */
  readonly firsts: number[];
  /**
   * The elements that a class meets, counted from its first. null: the element also belongs to a later kernel of the transform, which
   * has its weight; here the weight is zero.
   */
  readonly offsets: readonly (number | null)[];
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
  const allMeetTaps = cuts.every(({ split }) => least(tapCounts(split)) > 0);
  return mapAxes(cuts, ({ split }) => (allMeetTaps ? spacingOf(split) : [0, 0]));
}

function spacingOf({ advance, phases }: Phases): Spacing {
  const distances = phases.map(({ taps }) => taps.map(({ offset }) => (offset - taps[0].offset) / advance));
  const [first = []] = distances;
  const [, gap = 1] = first;
  const even = `${first.map((_, i) => i * gap)}`;
  const isSame = distances.every((list) => `${list}` === even);
  return isSame && Number.isInteger(gap) && gap > 0 ? [first.length, gap] : [0, 0];
}

/** How many taps each phase of an axis has. */
export function tapCounts(split: Phases): number[] {
  return split.phases.map((phase) => phase.taps.length);
}

/**
 * The tap sets of all classes of outputs, by the names of the classes.
 * @param classes neighbouring classes that read the same and are one set
 * @param mostTerms products summed in registers at most
 * @param kernelTaps taps that a transform takes for one term, or `ONE_TAP`
 */
export function tapSetsOf(
  axes: Readonly<PerAxis<Axis>>,
  cuts: Cuts,
  channels: number,
  classes: number,
  mostTerms: number,
  kernelTaps: KernelTaps,
): Map<string, TapSet> {
  const [, kernelHeight, kernelWidth] = axes.map((axis) => axis.kernel);
  const sets = new Map<string, TapSet>();
  let set: TapSet | undefined;
  for (const phases of combinations(cuts.map(({ split }) => split.phases))) {
    const name = tapSetName(phases);
    if (sets.has(name)) continue;
    const met = inKernels(
      phases.map(({ taps }) => taps),
      kernelTaps,
    ).map(([d, h, w]) => (d.kernel * kernelHeight + h.kernel) * kernelWidth + w.kernel);
    const [first = 0] = met;
    if (!set || sets.size % classes === 0) set = tapSetOf(met, channels, mostTerms, kernelTaps);
    set.firsts.push(first);
    sets.set(name, set);
  }
  return sets;
}

function tapSetOf(
  met: readonly number[],
  channels: number,
  mostTerms: number,
  kernelTaps: KernelTaps,
): TapSet {
  const terms = (channels * met.length) / product(kernelTaps);
  // of two kernels that have an element, the later one counts it: the earlier one would round half as much again
  const last = new Map(met.map((element, index) => [element, index]));
  return {
    firsts: [],
    offsets: met.map((element, index) => (last.get(element) === index ? element - met[0] : null)),
    terms,
    termsAtOnce: Math.ceil(terms / (Math.ceil(terms / mostTerms) || 1)) || 1,
  };
}

/**
 * All combinations of what stands along three axes, kernel by kernel of a transform, which takes `kernelTaps` of each axis at a time.
 * Where the length of an axis is no multiple of these, its last kernel is moved back to end with it, and so overlaps the one before.
 */
export function inKernels<T>(axes: readonly (readonly T[])[], kernelTaps: KernelTaps): T[][] {
  const kernels = axes.map((list, axis) => {
    const count = kernelTaps[axis];
    return Array.from({ length: Math.ceil(list.length / count) }, (_, kernel) => {
      const end = Math.min((kernel + 1) * count, list.length);
      return list.slice(end - count, end);
    });
  });
  return combinations(kernels).flatMap((lists) => combinations(lists));
}

/** The name of a class of outputs: the taps of its phases. Classes of one name meet the same kernel elements. */
export function tapSetName(phases: readonly Pick<Phase, 'taps'>[]): string {
  return phases.map(({ taps }) => taps.map(({ kernel }) => kernel).join()).join('|');
}
