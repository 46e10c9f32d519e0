// Subsets: the kernel elements that each class of outputs meets, and what is regular about them.

import { aligned } from '../core/bytes.js';
import { combinations, least } from '../core/lists.js';
import { elements } from '../core/tensor.js';
import type { Axis, PerAxis } from '../geometry/axis.js';
import type { Phases } from '../geometry/phases.js';
import { type Cut, phasesFor } from '../geometry/slice.js';
import type { WinogradTile } from './algorithms/winograd.js';

/** The kernel elements of the classes of outputs that read the same; their packed weights are rows of one matrix. */
export interface Subset {
  /** byte offset in the kernel of the first element that each class meets */
  readonly firsts: number[];
  /** how many bytes from it all its elements are; -1 for those that a later kernel of the transform has too */
  readonly elements: readonly number[];
  /** products of one output: channels x elements, of which a transform makes one of several */
  readonly terms: number;
  /** products summed in registers before they are added to the output */
  readonly termsBlock: number;
  /** byte offset of its packed weights */
  readonly offset: number;
}

/** The taps of an axis, and outputs from one to the next; 0 and 0 where that is not the same in all classes of outputs. */
export type Spacing = readonly [taps: number, gap: number];

/** The spacing of each axis; 0 and 0 for all where some outputs meet no taps. */
export function spacingsOf(splits: readonly Phases[]): [Spacing, Spacing, Spacing] {
  const some = splits.every((split) => least(tapCounts(split)) > 0);
  return splits.map(({ advance, phases }) => {
    const places = phases.map(({ taps }) => taps.map(({ offset }) => (offset - taps[0].offset) / advance));
    const [first = []] = places;
    const [, gap = 1] = first;
    const even = places.every((list) => `${list}` === `${first.map((_, i) => i * gap)}`);
    return some && even && Number.isInteger(gap) ? [first.length, gap] : [0, 0];
  }) as unknown as [Spacing, Spacing, Spacing];
}

/** How many taps each class of outputs has. */
export function tapCounts(split: Phases): number[] {
  return split.phases.map((phase) => phase.taps.length);
}

export function subsetsOf(
  axes: readonly Axis[],
  cuts: readonly Cut[],
  channels: number,
  classes: number,
  rows: number,
  mostTerms: number,
  tile: WinogradTile | undefined,
): { subsets: Map<string, Subset>; weights: number } {
  const phases = axes.map((axis, index) => phasesFor(axis, cuts[index].separate).phases);
  const [, kernelHeight, kernelWidth] = axes.map((axis) => axis.kernel) as PerAxis;
  const subsets = new Map<string, Subset>();
  let weights = 0;
  let subset: Subset | undefined;
  for (const [depth, height, width] of combinations(phases)) {
    const key = subsetKey(depth, height, width);
    if (subsets.has(key)) continue;
    const met = kernelOrder([depth.taps, height.taps, width.taps], tile).map(
      ([d, h, w]) => 4 * ((d.kernel * kernelHeight + h.kernel) * kernelWidth + w.kernel),
    );
    // a transformed kernel is one term
    const terms = (channels * met.length) / elements(tile?.taps ?? []);
    const termsBlock = Math.ceil(terms / (Math.ceil(terms / mostTerms) || 1)) || 1;
    const [first = 0] = met;
    if (!subset || subsets.size % classes === 0) {
      // an element that two kernels have is the later one's: left to the earlier, results would round half as much again
      const last = new Map(met.map((element, place) => [element, place]));
      subset = {
        firsts: [],
        elements: met.map((element, place) => (last.get(element) === place ? element - first : -1)),
        terms,
        termsBlock,
        offset: weights,
      };
      weights += aligned(4 * rows * terms * (tile?.elements ?? 1));
    }
    subset.firsts.push(first);
    subsets.set(key, subset);
  }
  return { subsets, weights };
}

/**
 * All combinations of what stands along three axes, one kernel of the transform after another. An axis that is no multiple of these
 * ends with a whole one, which begins with some of what the one before has.
 */
export function kernelOrder<T>(axes: readonly (readonly T[])[], tile: WinogradTile | undefined): T[][] {
  const kernels = axes.map((list, axis) => {
    const count = tile?.taps[axis] ?? 1;
    return Array.from({ length: Math.ceil(list.length / count) }, (_, kernel) => {
      const end = Math.min((kernel + 1) * count, list.length);
      return list.slice(end - count, end);
    });
  });
  return combinations(kernels).flatMap((lists) => combinations(lists));
}

interface HasTaps {
  readonly taps: readonly { readonly kernel: number }[];
}

/** Names the kernel elements that three phases meet together. */
export function subsetKey(depth: HasTaps, height: HasTaps, width: HasTaps): string {
  return [depth, height, width].map((phase) => phase.taps.map((tap) => tap.kernel).join()).join('|');
}
