// Subsets: the kernel elements that each class of outputs meets, and what is regular about them.

import type { Axis, Phases } from './geometry.js';
import type { WinogradTile } from './kernels.js';
import { aligned } from './numbers.js';
import { type Cut, phasesFor } from './slice.js';

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

/** The distance of three evenly spaced taps along the width, the same in every class of outputs; else 0. */
export function gapOf([depth, height, width]: readonly Phases[]): number {
  if (
    width?.advance !== 1 ||
    [depth, height].some((split) => split?.phases.some(({ taps }) => taps.length === 0))
  )
    return 0;
  const gaps = width.phases.map(({ taps: [a, b, c, ...more] }) =>
    a && b && c && more.length === 0 && b.offset - a.offset === c.offset - b.offset ? b.offset - a.offset : 0,
  );
  return gaps.every((gap) => gap === gaps[0]) ? (gaps[0] ?? 0) : 0;
}

/** How many taps each class of outputs has. */
export function tapCounts(split: Phases): number[] {
  return split.phases.map((phase) => phase.taps.length);
}

/** The number of neighbouring taps along height and width, if it is the same everywhere; else 0. */
export function squareTaps([depth, height, width]: readonly Phases[]): number {
  if (depth?.phases.some(({ taps }) => taps.length === 0)) return 0;
  const counts = [height, width].flatMap((split) => (split && split.advance === 1 ? tapCounts(split) : [0]));
  const neighbours = [height, width].every((split) =>
    split?.phases.every(({ taps }) => taps.every(({ offset }, i) => offset === (taps[0]?.offset ?? 0) + i)),
  );
  return neighbours && new Set(counts).size === 1 ? (counts[0] as number) : 0;
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
