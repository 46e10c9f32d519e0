// Plan: how a problem is computed: the algorithm, the blocks of work, and the bytes they take. Pure; no wasm here.

import { type Axis, fold } from './geometry.js';
import { type AlgorithmName, type Choice, choose, type FilterTiles, filterTiles } from './kernels.js';
import { axesOf, formatProblem, type Problem } from './problem.js';
import { type Cut, phasesFor, type Slice, slicesOf } from './slice.js';

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

/** Everything about a problem's computation that doesn't depend on addresses. */
export interface Plan {
  readonly problem: Problem;
  readonly line: string;
  readonly choice: Choice;
  readonly axes: readonly [Axis, Axis, Axis];
  /** channels and filters of one group */
  readonly channels: number;
  readonly filters: number;
  readonly tiles: FilterTiles;
  readonly slices: readonly [readonly Slice[], readonly Slice[], readonly Slice[]];
  /** images in a block */
  readonly images: number;
  /** outputs fall into several classes along some axis, which have to be woven together */
  readonly interleaved: boolean;
  readonly subsets: ReadonlyMap<string, Subset>;
  readonly panelTiles: number;
  readonly bytes: PlanBytes;
}

/** Bytes of wasm memory that a plan takes; all but the weights are work space. */
export interface PlanBytes {
  readonly loaded: number;
  readonly staged: number;
  readonly target: number;
  readonly parts: number;
  readonly panel: number;
  readonly scratch: number;
  readonly weights: number;
}

/** Work space that a block may take before it is cut: a good part of a third-level cache. */
const BLOCK_BYTES = 24 << 20;

/** Pixel tiles that are packed together: 32 panels of 16 KB are half a megabyte, a second-level cache. */
const PANEL_TILES = 32;

/** One register tile of at most 5 x 8. */
export const EDGE_BYTES = 5 * 8 * 4;

/** Plans a problem. `hint` forces an algorithm. */
export function planOf(problem: Problem, hint?: AlgorithmName): Plan {
  const axes = fold(axesOf(problem));
  const channels = problem.channels / problem.groups;
  const filters = problem.filters / problem.groups;
  const interleaved = axes.some((axis) => phasesFor(axis, false).period > 1);
  const { cuts, images } = cutsOf(problem, axes, interleaved);
  const slices = axes.map((axis, index) => slicesOf(axis, cuts[index] as Cut, problem.paddingMode)) as [
    Slice[],
    Slice[],
    Slice[],
  ];

  const terms = channels * axes.reduce((product, axis) => product * axis.kernel, 1);
  const width = Math.min(...slices[2].flatMap((slice) => slice.counts));
  const choice = choose({ channels, filters, terms, width }, hint);
  const tiles = filterTiles(filters, choice.algorithm);
  const { subsets, weights } = subsetsOf(
    axes,
    cuts,
    channels,
    tiles.rows * problem.groups,
    choice.algorithm.mostTerms,
  );

  const largest = (pick: (slice: Slice) => number) =>
    slices.reduce((product, list) => product * Math.max(0, ...list.map(pick)), 1);
  const maps = images * problem.channels;
  const outputs = images * problem.filters;
  const termsBlock = Math.max(1, ...[...subsets.values()].map((subset) => subset.termsBlock));
  const loaded = 4 * maps * largest((slice) => slice.loaded);
  const staged = slices.every((list) => list.every((slice) => slice.map === null))
    ? 0
    : (choice.algorithm.item === 'map' ? 1 : maps) * channelStride(largest((slice) => slice.staged));
  const target = 4 * outputs * largest((slice) => slice.stored);
  const widthParts = interleaved ? phasesFor(axes[2], false).period : 0;
  const parts = widthParts * aligned(4 * outputs * largest((slice) => slice.count));
  const panel = choice.algorithm.item === 'tile' ? PANEL_TILES * termsBlock * 32 : 0;
  const scratch = [loaded, staged, target, parts, panel, EDGE_BYTES].reduce(
    (sum, bytes) => sum + aligned(bytes),
    0,
  );

  return {
    problem,
    line: formatProblem(problem),
    choice,
    axes,
    channels,
    filters,
    tiles,
    slices,
    images,
    interleaved,
    subsets,
    panelTiles: PANEL_TILES,
    bytes: { loaded, staged, target, parts, panel, scratch, weights },
  };
}

/** Bytes from one staged channel to the next: not a multiple of 4096, where all channels would meet in one cache set. */
export function channelStride(elements: number): number {
  const bytes = 4 * elements;
  return bytes % 4096 === 0 ? bytes + 64 : bytes;
}

/** Rounds bytes up to whole cache lines. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/**
 * Cuts the work into blocks of bounded bytes: first fewer images at a time, then less depth, height, width. A dilated axis that is
 * cut is taken phase by phase, so that neighbouring slices share little.
 */
function cutsOf(
  problem: Problem,
  axes: readonly Axis[],
  interleaved: boolean,
): { cuts: Cut[]; images: number } {
  const cuts = axes.map((axis) => whole(axis, false));
  const size = (cut: Cut[]) => {
    let input = 4 * problem.channels;
    let output = 4 * problem.filters;
    axes.forEach((axis, index) => {
      const { count, separate } = cut[index] as Cut;
      const { period, advance } = phasesFor(axis, separate);
      const reach = separate ? (axis.kernel - 1) * axis.stride : Math.abs(axis.dilation) * (axis.kernel - 1);
      const need = count * (separate ? axis.stride : advance) + reach / axis.upsample;
      input *= Math.min(need, axis.input + reach);
      output *= separate ? count : Math.min(count * period, axis.output);
    });
    return 2 * input + (interleaved ? 2 : 1) * output;
  };
  const images = Math.max(1, Math.min(problem.batch, Math.floor(BLOCK_BYTES / Math.max(1, size(cuts)))));
  axes.forEach((axis, index) => {
    if (size(cuts) <= BLOCK_BYTES || axis.output <= 1) return;
    const separate = axis.upsample === 1 && axis.dilation > 1 && axis.kernel > 1 && index < 2;
    cuts[index] = whole(axis, separate);
    while (size(cuts) > BLOCK_BYTES && (cuts[index] as Cut).count > 1) {
      cuts[index] = { count: Math.ceil((cuts[index] as Cut).count / 2), separate };
    }
    // as many slices, but equal ones
    const total = whole(axis, separate).count;
    const { count } = cuts[index] as Cut;
    cuts[index] = { count: Math.ceil(total / Math.ceil(total / count)), separate };
  });
  return { cuts, images };
}

function whole(axis: Axis, separate: boolean): Cut {
  return { count: Math.max(1, ...phasesFor(axis, separate).phases.map((phase) => phase.count)), separate };
}

function subsetsOf(
  axes: readonly Axis[],
  cuts: readonly Cut[],
  channels: number,
  rows: number,
  mostTerms: number,
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
        const terms = channels * elements.length;
        const termsBlock = Math.max(1, Math.ceil(terms / Math.max(1, Math.ceil(terms / mostTerms))));
        subsets.set(key, { elements, terms, termsBlock, offset: weights });
        weights += aligned(4 * rows * terms);
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
