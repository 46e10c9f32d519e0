// Subsets: the kernel elements that each class of outputs meets, and what is regular about them.

import type { Axis, Phases, Tap } from './geometry.js';
import { aligned, least } from './numbers.js';
import { type Cut, phasesFor } from './slice.js';
import type { WinogradTile } from './transform.js';

/** The kernel elements of the classes of outputs that read the same; their packed weights are rows of one matrix. */
export interface Subset {
  /** index in the kernel, in C order, of the first element that each class meets */
  readonly firsts: number[];
  /** how far from it all its elements are */
  readonly elements: readonly number[];
  /** products of one output: channels x elements */
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
    const places = phases.map(({ taps }) =>
      taps.map(({ offset }) => (offset - (taps[0] as Tap).offset) / advance),
    );
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
  const [depths, heights, widths] = axes.map(
    (axis, index) => phasesFor(axis, (cuts[index] as Cut).separate).phases,
  );
  const [, kernelHeight, kernelWidth] = axes.map((axis) => axis.kernel);
  const subsets = new Map<string, Subset>();
  let weights = 0;
  let subset: Subset | undefined;
  for (const depth of depths ?? []) {
    for (const height of heights ?? []) {
      for (const width of widths ?? []) {
        const key = subsetKey(depth, height, width);
        if (subsets.has(key)) continue;
        const elements = depth.taps.flatMap((d) =>
          height.taps.flatMap((h) =>
            width.taps.map(
              (w) => (d.kernel * (kernelHeight as number) + h.kernel) * (kernelWidth as number) + w.kernel,
            ),
          ),
        );
        // a transformed kernel is one term
        const kernel = tile?.taps ?? 1;
        const terms = (channels * elements.length) / kernel;
        const termsBlock = Math.ceil(terms / (Math.ceil(terms / mostTerms) || 1)) || 1;
        const [first = 0] = elements;
        if (!subset || subsets.size % classes === 0) {
          subset = {
            firsts: [],
            elements: elements.map((element) => element - first),
            terms,
            termsBlock,
            offset: weights,
          };
          weights += aligned(4 * rows * terms * (tile?.elements ?? 1));
        }
        subset.firsts.push(first);
        subsets.set(key, subset);
      }
    }
  }
  return { subsets, weights };
}

interface HasTaps {
  readonly taps: readonly { readonly kernel: number }[];
}

/** Names the kernel elements that three phases meet together. */
export function subsetKey(depth: HasTaps, height: HasTaps, width: HasTaps): string {
  return [depth, height, width].map((phase) => phase.taps.map((tap) => tap.kernel).join()).join('|');
}
