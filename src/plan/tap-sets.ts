// Tap sets: the kernel elements that each class of outputs meets, and what is regular about them.

import { combinations, least } from '../core/lists.js';
import type { Axis, PerAxis } from '../geometry/axis.js';
import type { Phase, Phases } from '../geometry/phases.js';
import type { Cut } from '../geometry/slice.js';

/** The kernel elements of the classes of outputs that read the same; their packed weights are filters of one matrix. */
export interface TapSet {
  /** elements from the kernel's first to the first that each class meets */
  readonly firsts: number[];
  /**
   * Elements from there to each that the class meets. null: the element also belongs to the next kernel of the transform, which
   * counts it; zero stands here.
   */
  readonly offsets: readonly (number | null)[];
  /** products of one output: pairs of channel and element, or kernels of a transform */
  readonly terms: number;
  /** products summed in registers before they are added to the output */
  readonly termsAtOnce: number;
}

/** A transform takes so many taps along each axis for one term. */
export type KernelTaps = Readonly<PerAxis>;

/** The taps of an axis, and outputs from one to the next; 0 and 0 where that is not the same in all classes of outputs. */
export type Spacing = readonly [taps: number, gap: number];

/** The spacing of each axis; 0 and 0 for all where some outputs meet no taps. */
export function spacingsOf(cuts: readonly Cut[]): [Spacing, Spacing, Spacing] {
  const some = cuts.every(({ split }) => least(tapCounts(split)) > 0);
  return cuts.map(({ split }) => (some ? spacingOf(split) : [0, 0])) as [Spacing, Spacing, Spacing];
}

function spacingOf({ advance, phases }: Phases): Spacing {
  const places = phases.map(({ taps }) => taps.map(({ offset }) => (offset - taps[0].offset) / advance));
  const [first = []] = places;
  const [, gap = 1] = first;
  const even = `${first.map((_, i) => i * gap)}`;
  const isSame = places.every((list) => `${list}` === even);
  return isSame && Number.isInteger(gap) ? [first.length, gap] : [0, 0];
}

/** How many taps each phase of an axis has. */
export function tapCounts(split: Phases): number[] {
  return split.phases.map((phase) => phase.taps.length);
}

/**
 * The tap sets of all classes of outputs by name; `classes` neighbours read the same and are one set.
 * @param mostTerms products summed in registers at most
 * @param kernelTaps taps that a transform takes for one term; [1, 1, 1] without one
 */
export function tapSetsOf(
  axes: readonly Axis[],
  cuts: readonly Cut[],
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
  const terms = (channels * met.length) / kernelTaps.reduce((a, b) => a * b);
  // an element that two kernels have is the later one's: left to the earlier, results would round half as much again
  const last = new Map(met.map((element, place) => [element, place]));
  return {
    firsts: [],
    offsets: met.map((element, place) => (last.get(element) === place ? element - met[0] : null)),
    terms,
    termsAtOnce: Math.ceil(terms / (Math.ceil(terms / mostTerms) || 1)) || 1,
  };
}

/**
 * All combinations of what stands along three axes, grouped by the kernels of a transform, which take `kernelTaps` of it each. Where
 * an axis is no multiple, its last kernel is moved back to end with it, and begins with some of what the one before has.
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

/** Names the kernel elements that three phases meet together. */
export function tapSetName(phases: readonly Pick<Phase, 'taps'>[]): string {
  return phases.map(({ taps }) => taps.map(({ kernel }) => kernel).join()).join('|');
}
