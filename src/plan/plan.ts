// Plan: how a convolution is computed: the row of the table, its variant, the blocks of work, and the bytes they take. Pure; no wasm.

import { aligned, gapAfter } from '../core/bytes.js';
import { least, most } from '../core/lists.js';
import { type Axis, fold, type PerAxis } from '../geometry/axis.js';
import { type Slice, slicesOf, withSharedStart } from '../geometry/slice.js';
import { type Convolution, isDense } from '../problem/convolution.js';
import { LINE, TILE_PIXELS } from '../shared/sizes.js';
import type { Algorithm, DeskBytes, Variant, WinogradTile, Workload } from './algorithms/algorithm.js';
import { COPIED_BYTES } from './caches.js';
import { type Choice, choose } from './choice.js';
import { type Cuts, cutsOf, isInterleaved } from './cuts.js';
import { type FilterTiles, tileStarts } from './filter-tiles.js';
import { spacingsOf, type TapSet, tapCounts, tapSetsOf } from './tap-sets.js';
import type { Wish } from './wish.js';

/** The slices of each axis. */
export type Slices = readonly [depth: readonly Slice[], height: readonly Slice[], width: readonly Slice[]];

/** Everything about a convolution's computation that doesn't depend on addresses. */
export interface Plan {
  readonly convolution: Convolution;
  readonly line: string;
  readonly choice: Choice;
  readonly variant: Variant;
  readonly axes: readonly [Axis, Axis, Axis];
  readonly slices: Slices;
  /** images in a block */
  readonly images: number;
  /** blocks of all images and slices */
  readonly blocks: number;
  /** classes of outputs that read the same and are computed together, as more filters */
  readonly classes: number;
  /** the filters of each register tile of a group; the first of each and, last, the number of packed filters */
  readonly filterTiles: FilterTiles;
  readonly tileStarts: readonly number[];
  /** of a transform, where one is used */
  readonly tile: WinogradTile | undefined;
  /** by the kernel elements that a class of outputs meets (`tapSetName`), and where the packed weights of each set lie */
  readonly tapSets: ReadonlyMap<string, TapSet>;
  readonly weightOffsets: ReadonlyMap<TapSet, number>;
  /** outputs fall into several classes along some axis, which have to be woven together */
  readonly interleaved: boolean;
  /** kernels can write a block's outputs where they belong in a tensor in wasm memory */
  readonly inPlace: boolean;
  /** groups of images that are copied in, computed and copied out together where tensors are plain; 0: a whole block */
  readonly mapsTogether: number;
  readonly bytes: PlanBytes;
}

/** Bytes of wasm memory that a plan takes; all but the weights are scratch. */
export interface PlanBytes {
  readonly loaded: number;
  readonly staged: number;
  /** between these and the target, so that kernels don't read and write at the same place of a page */
  readonly gap: number;
  readonly target: number;
  readonly parts: number;
  /** of the areas of a desk, and of all together */
  readonly areas: DeskBytes;
  readonly desk: number;
  readonly scratch: number;
  readonly weights: number;
}

/**
 * Plans a convolution.
 * @param rows the table to choose from, the layers' by default
 */
export function planOf(convolution: Convolution, wish?: Wish, rows?: readonly Algorithm[]): Plan {
  const axes = fold(convolution.axes);
  const { cuts, images } = cutsOf(convolution, axes);
  const interleaved = isInterleaved(cuts);
  const apart = eachAxis((axis) => slicesOf(axes[axis], cuts[axis], convolution.paddingMode));
  const shared = eachAxis((axis) => (axis > 0 ? apart[axis].map(withSharedStart) : apart[axis]));
  const load = workloadOf(convolution, cuts, apart, shared);
  const choice = choose(load, wish, rows);
  const { algorithm } = choice;
  const { tile } = choice.offer;
  const slices = tile || isSharingCheap(load) ? shared : apart;
  const classes = classesOf(slices);
  const filterTiles = algorithm.filterTiles(convolution.filters * classes);
  const starts = tileStarts(filterTiles);
  const tapSets = tapSetsOf(
    axes,
    cuts,
    convolution.channels,
    classes,
    algorithm.mostTerms,
    tile?.taps ?? [1, 1, 1],
  );
  const sets = [...new Set(tapSets.values())];
  const variant = algorithm.variant({ convolution, axes, cuts, slices, filterTiles, tapSets: sets, tile });
  const blocks =
    Math.ceil(convolution.batch / images) * slices.reduce((count, list) => count * list.length, 1);

  const packed = starts[starts.length - 1] * convolution.groups * (tile?.elements ?? 1);
  const { offsets: weightOffsets, bytes: weights } = placed(sets, ({ terms }) => 4 * packed * terms);
  const bytes = { ...bytesOf(convolution, slices, images, variant, interleaved), weights };
  return {
    convolution,
    line: convolution.line,
    choice,
    variant,
    axes,
    slices,
    images,
    blocks,
    classes,
    filterTiles,
    tileStarts: starts,
    tile,
    tapSets,
    weightOffsets,
    interleaved,
    inPlace: interleaved || areStoredTogether(axes, slices),
    mapsTogether: blocks === 1 && !interleaved ? mapsTogetherOf(variant, convolution, bytes) : 0,
    bytes,
  };
}

function eachAxis<T>(pick: (axis: number) => T): [T, T, T] {
  return [pick(0), pick(1), pick(2)];
}

/** What rows judge by: the smallest class of outputs, with its own window and with one that it shares. */
function workloadOf(convolution: Convolution, cuts: Cuts, apart: Slices, shared: Slices): Workload {
  const [depth, height, width] = apart.map((list) => least(list.flatMap(({ counts }) => counts)));
  return {
    channels: convolution.channels,
    filters: convolution.filters,
    terms: cuts.reduce((product, { split }) => product * most(tapCounts(split)), convolution.channels),
    depth,
    height,
    width,
    spacings: spacingsOf(cuts),
    classes: classesOf(shared),
    sizes: shared.map((list) => least(list.map(({ count }) => count))) as PerAxis,
  };
}

/** Classes of outputs that read the same: those along the innermost axes. */
function classesOf(slices: Slices): number {
  let classes = 1;
  for (const [slice] of [...slices].reverse()) {
    if (!slice?.alike) break;
    classes *= slice.leads.length;
  }
  return classes;
}

/**
 * Classes that share a window compute a few more outputs. That is accepted where a transform is shared, or where the tiles of eight
 * pixels grow by less than 5 %.
 */
function isSharingCheap({ sizes, depth, height, width }: Workload): boolean {
  const tiles = ([deep, high, wide]: Readonly<PerAxis>) => deep * high * Math.ceil(wide / TILE_PIXELS);
  return tiles(sizes) < 1.05 * tiles([depth, height, width]);
}

/** Places things one after another, each on a cache line of its own. */
function placed<T>(
  things: readonly T[],
  bytesOf: (thing: T) => number,
): { offsets: Map<T, number>; bytes: number } {
  const offsets = new Map<T, number>();
  let bytes = 0;
  for (const thing of things) {
    offsets.set(thing, bytes);
    bytes += aligned(bytesOf(thing));
  }
  return { offsets, bytes };
}

/** The scratch of the largest block. */
function bytesOf(
  convolution: Convolution,
  slices: Slices,
  images: number,
  variant: Variant,
  interleaved: boolean,
): Omit<PlanBytes, 'weights'> {
  const largest = (pick: (slice: Slice) => number) =>
    slices.reduce((product, list) => product * most(list.map(pick)), 1);
  const maps = images * convolution.groups * convolution.channels;
  const outputs = images * convolution.groups * convolution.filters;
  const loaded = 4 * maps * largest((slice) => slice.loaded);
  const isStaged = variant.input === 'window' && slices.some((list) => list.some((slice) => slice.positions));
  const staged = isStaged ? maps * (4 * largest((slice) => slice.staged) + LINE) : 0;
  const gap = gapAfter(aligned(staged > 0 ? staged : loaded));
  const target = 4 * outputs * largest((slice) => slice.stored);
  const parts = interleaved
    ? largest((slice) => slice.counts.length) * aligned(4 * outputs * largest((slice) => slice.count))
    : 0;
  const areas = variant.desk;
  const desk = placed(Object.values(areas), (bytes) => bytes).bytes;
  const scratch = [loaded, staged, gap, target, parts].map(aligned).reduce((a, b) => a + b, desk);
  return { loaded, staged, gap, target, parts, areas, desk, scratch };
}

/** The outputs of every block follow each other in the output's maps. */
function areStoredTogether(axes: readonly Axis[], slices: Slices): boolean {
  const [depths, heights, widths] = slices;
  const single = (list: readonly Slice[]) => list.every(({ stored }) => stored === 1);
  const whole = (list: readonly Slice[], axis: Axis) => list.every(({ stored }) => stored === axis.output);
  if (!slices.every((list) => list.every(({ stores }) => stores.length === 1))) return false;
  return single(depths)
    ? single(heights) || whole(widths, axes[2])
    : whole(heights, axes[1]) && whole(widths, axes[2]);
}

/** Depthwise: how many maps are about half a second-level cache, where all are more. */
function mapsTogetherOf(
  { input }: Variant,
  convolution: Convolution,
  { loaded, target }: Pick<PlanBytes, 'loaded' | 'target'>,
): number {
  if (input === 'window' || loaded + target <= COPIED_BYTES || !isDense(convolution)) return 0;
  const { batch, groups } = convolution;
  return Math.ceil(COPIED_BYTES / ((loaded + target) / (batch * groups)));
}
