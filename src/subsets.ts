// Subsets: the kernel elements that each class of outputs meets, and what is regular about them.

import type { Axis, Phases } from './geometry.js';
import { aligned, least } from './numbers.js';
import { type Cut, phasesFor } from './slice.js';
import type { WinogradTile } from './transform.js';

/** The kernel elements of one class of outputs; each class has packed weights of its own. */
export interface Subset {
  /** index of each element in the kernel, in C order */
  readonly elements: readonly number[];
  /** products of one output: channels x elements */
  readonly terms: number;
  /** products summed in registers before they are added to the output */
  readonly termsBlock: number;
  /** byte offset of its packed weights */
  readonly offset: number;
}

type Triple = [number, number, number];

/** The taps along each axis, and outputs from one to the next; 0 and 0 where that is not the same in all classes of outputs. */
export function spacingsOf(splits: readonly Phases[]): { taps: Triple; gaps: Triple } {
  const spacings = splits.map(({ advance, phases }) => {
    const places = phases.map(({ taps }) =>
      taps.map(({ offset }) => (offset - (taps[0]?.offset ?? 0)) / advance),
    );
    const [, gap = 1] = places[0] ?? [];
    const even = places.every(
      (list) => `${list}` === `${places[0]}` && list.every((place, i) => place === i * gap),
    );
    return even && Number.isInteger(gap) ? [places[0]?.length ?? 0, gap] : [0, 0];
  });
  const some = splits.every((split) => least(tapCounts(split)) > 0);
  const all = (which: number) => spacings.map((spacing) => (some ? spacing[which] : 0)) as Triple;
  return { taps: all(0), gaps: all(1) };
}

/** How many taps each class of outputs has. */
export function tapCounts(split: Phases): number[] {
  return split.phases.map((phase) => phase.taps.length);
}

export function subsetsOf(
  axes: readonly Axis[],
  cuts: readonly Cut[],
  channels: number,
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
        const termsBlock = Math.max(1, Math.ceil(terms / Math.max(1, Math.ceil(terms / mostTerms))));
        subsets.set(key, { elements, terms, termsBlock, offset: weights });
        weights += aligned(4 * rows * terms * (tile?.elements ?? 1));
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
