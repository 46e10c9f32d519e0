// Plan: how a problem is computed: the algorithm, the blocks of work, and the bytes they take. Pure; no wasm here.

import { type Axis, fold, type Phases } from './geometry.js';
import {
  type Algorithm,
  type Choice,
  choose,
  type FilterTiles,
  filterTiles,
  tileCount,
  type WinogradTile,
  type Wish,
} from './kernels.js';
import { formatProblem } from './line.js';
import { axesOf, type Problem } from './problem.js';
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
  /** the tile of a transform, where one is used */
  readonly tile: WinogradTile | undefined;
  readonly slices: readonly [readonly Slice[], readonly Slice[], readonly Slice[]];
  /** images in a block */
  readonly images: number;
  /** outputs fall into several classes along some axis, which have to be woven together */
  readonly interleaved: boolean;
  /** kernels can write a block's outputs where they belong in a tensor in wasm memory */
  readonly inPlace: boolean;
  /** the step of a 3x3 depthwise kernel that reads planes as they are, or 0 */
  readonly planeStep: number;
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

/**
 * The transformed inputs and outputs of a block of Winograd tiles: they must stay in the second-level cache. With 768 KB on a core
 * with 512 KB of it, n1 g1 c5 f5 i64x64x64 k3x3x3 p1x1x1 takes 1.9 times as long; wide layers don't care.
 */
const WINOGRAD_BYTES = 320 << 10;

/** Tiles that pass together at least where the transformed weights don't stay in a cache: each then serves that many products. */
const LEAST_TILES = 64;

/** The work space of an algorithm, and how many pixel tiles, or tiles of a transform, it takes at a time. */
function workOf(
  algorithm: Algorithm,
  tile: WinogradTile | undefined,
  termsBlock: number,
  terms: number,
  rows: number,
  tiles: number,
): { panelTiles: number; panel: number; edge: number } {
  // a register tile of at most 5 x 8 for outputs that stick out, and a flag
  const edge = 5 * 8 * 4 + 64;
  if (algorithm.item === 'tile')
    return { panelTiles: PANEL_TILES, panel: PANEL_TILES * termsBlock * 32, edge };
  if (!tile) return { panelTiles: 0, panel: 0, edge };
  const size = tile.elements;
  const tileBytes = size * 4 * (terms + rows);
  const fitting = Math.floor(WINOGRAD_BYTES / tileBytes / 8) * 8;
  const wanted = Math.max(8, fitting, size * 4 * terms * rows > WINOGRAD_BYTES ? LEAST_TILES : 0);
  const panelTiles = Math.min(wanted, 8 * Math.ceil(tiles / 8));
  return { panelTiles, panel: panelTiles * tileBytes + size * 2 * 64, edge: 36 * 16 + 12 * panelTiles + 64 };
}

/** Plans a problem. */
export function planOf(problem: Problem, wish?: Wish): Plan {
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

  const [depth, height, width] = slices.map((list) => least(list.flatMap((slice) => slice.counts))) as [
    number,
    number,
    number,
  ];
  const splits = axes.map((axis, index) => phasesFor(axis, (cuts[index] as Cut).separate));
  const terms = channels * splits.reduce((product, split) => product * most(tapCounts(split)), 1);
  const shape = {
    channels,
    filters,
    terms,
    depth,
    height,
    width,
    square: squareTaps(splits),
    gap: gapOf(splits),
  };
  const choice = choose(shape, wish);
  const tile = choice.algorithm.tile?.(shape);
  const tiles = filterTiles(filters, choice.algorithm);
  const { subsets, weights } = subsetsOf(
    axes,
    cuts,
    channels,
    tiles.rows * problem.groups,
    choice.algorithm.mostTerms,
    tile,
  );

  const largest = (pick: (slice: Slice) => number) =>
    slices.reduce((product, list) => product * most(list.map(pick)), 1);
  const maps = images * problem.channels;
  const outputs = images * problem.filters;
  const termsBlock = most([1, ...[...subsets.values()].map((subset) => subset.termsBlock)]);
  const planeStep = choice.algorithm.item === 'map' ? planeStepOf(problem, axes, cuts) : 0;
  const loaded = 4 * maps * largest((slice) => slice.loaded);
  const staged =
    planeStep > 0 || slices.every((list) => list.every((slice) => slice.map === null))
      ? 0
      : (choice.algorithm.item === 'map' ? 1 : maps) * (4 * largest((slice) => slice.staged) + 64);
  const target = 4 * outputs * largest((slice) => slice.stored);
  const widthParts = interleaved ? phasesFor(axes[2], false).period : 0;
  const parts = widthParts * aligned(4 * outputs * largest((slice) => slice.count));
  const largestTerms = most([...subsets.values()].map((subset) => subset.terms));
  const work = workOf(
    choice.algorithm,
    tile,
    termsBlock,
    largestTerms,
    tiles.rows,
    tile
      ? tileCount(
          tile,
          ...(slices.map((list) => most(list.map((slice) => slice.count))) as [number, number, number]),
        )
      : 0,
  );
  // a row of zeros, with a vector more on both sides
  const panel = planeStep > 0 ? 4 * axes[2].input + 64 : work.panel;
  const { panelTiles, edge } = work;
  const scratch = [loaded, staged, target, parts, panel, edge].reduce(
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
    tile,
    slices,
    images,
    interleaved,
    planeStep,
    inPlace: interleaved || slicesAreStretches(axes, slices),
    subsets,
    panelTiles,
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
      const before = cuts[index] as Cut;
      const bytes = size(cuts);
      cuts[index] = { count: Math.ceil(before.count / 2), separate };
      if (size(cuts) < 0.7 * bytes) continue;
      // the reach of the kernel is most of what a block loads: smaller ones would load it again and again
      cuts[index] = before;
      break;
    }
    // as many slices, but equal ones
    const total = whole(axis, separate).count;
    const { count } = cuts[index] as Cut;
    cuts[index] = { count: Math.ceil(total / Math.ceil(total / count)), separate };
  });
  return { cuts, images };
}

/** The distance of three evenly spaced taps along the width, the same in every class of outputs; else 0. */
function gapOf([depth, height, width]: readonly Phases[]): number {
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

/** 1 or 2 where a 3x3 kernel of that step can read planes as they are: no more than one row and column of zeros on each side. */
function planeStepOf(
  problem: Problem,
  [depth, height, width]: readonly Axis[],
  cuts: readonly Cut[],
): number {
  if (!depth || !height || !width || depth.input !== 1 || depth.kernel !== 1 || depth.padding !== 0) return 0;
  const step = width.stride;
  const fits = [height, width].every(
    (axis) =>
      axis.kernel === 3 &&
      axis.stride === step &&
      axis.upsample === 1 &&
      axis.dilation === 1 &&
      axis.padding >= 0 &&
      axis.padding <= 1 &&
      step * (axis.output - 1) + 2 - axis.padding <= axis.input,
  );
  const padded = [height, width].some(
    (axis) => axis.padding > 0 || step * (axis.output - 1) + 2 >= axis.input,
  );
  const whole = (cuts[2] as Cut).count >= width.output && !cuts.some((cut) => cut.separate);
  return fits && whole && step <= 2 && (problem.paddingMode === 'zeros' || !padded) ? step : 0;
}

/** The outputs of every block follow each other in the output's maps. */
function slicesAreStretches(
  axes: readonly Axis[],
  [depths, heights, widths]: readonly [Slice[], Slice[], Slice[]],
): boolean {
  const single = (slices: readonly Slice[]) => slices.every((slice) => slice.stored === 1);
  const whole = (slices: readonly Slice[], axis: Axis | undefined) =>
    slices.every((slice) => slice.stored === axis?.output);
  if (![depths, heights, widths].every((slices) => slices.every((slice) => slice.stores.length === 1)))
    return false;
  return single(depths)
    ? single(heights) || whole(widths, axes[2])
    : whole(heights, axes[1]) && whole(widths, axes[2]);
}

/** Of any number of numbers, where Math.max takes only so many. */
function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0);
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/** How many taps each class of outputs has. */
function tapCounts(split: Phases): number[] {
  return split.phases.map((phase) => phase.taps.length);
}

/** The number of neighbouring taps along height and width, if it is the same everywhere; else 0. */
function squareTaps([depth, height, width]: readonly Phases[]): number {
  if (depth?.phases.some(({ taps }) => taps.length === 0)) return 0;
  const counts = [height, width].flatMap((split) => (split && split.advance === 1 ? tapCounts(split) : [0]));
  const neighbours = [height, width].every((split) =>
    split?.phases.every(({ taps }) => taps.every(({ offset }, i) => offset === (taps[0]?.offset ?? 0) + i)),
  );
  return neighbours && new Set(counts).size === 1 ? (counts[0] as number) : 0;
}

function whole(axis: Axis, separate: boolean): Cut {
  return { count: most([1, ...phasesFor(axis, separate).phases.map((phase) => phase.count)]), separate };
}

function subsetsOf(
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
