// Plan: how a convolution is computed: by which row of the table and which variant of it, in which blocks, in how many bytes. Knows no
// address and no wasm.

import { aligned, FLOAT_BYTES, gapAfter, PAGE } from '../core/bytes.js';
import { least, most, product, sum } from '../core/lists.js';
import { type Axis, fold, mapAxes, type PerAxis, type StridedAxis, turnedIf } from '../geometry/axis.js';
import { allTaps, kernelPart, liveTaps } from '../geometry/live-taps.js';
import { isBlank } from '../geometry/padding.js';
import { largest, type Slice, slicesOf, uncut, withSharedStart } from '../geometry/slice.js';
import { type Convolution, isDense } from '../problem/convolution.js';
import { LANES, LINE, ROW_PIXELS, TILE_PIXELS } from '../shared/sizes.js';
import type { Algorithm, DeskBytes, Variant, WinogradTile, Workload } from './algorithms/algorithm.js';
import { readsPlanes } from './algorithms/depthwise.js';
import { cacheCutsOf } from './cache-cuts.js';
import { COPIED_BYTES, MOST_MAP_BYTES } from './caches.js';
import { type Choice, choose, UnableError } from './choice.js';
import { type Cuts, cutsOf, isInterleaved } from './cuts.js';
import { type FilterTiles, packedFiltersOf, tileStarts } from './filter-tiles.js';
import { type Packing, packingOf, packingTables } from './packing.js';
import { SINGLE_TAPS, spacingsOf, type TapSet, tapCounts, tapSetsOf } from './tap-sets.js';
import type { Wish } from './wish.js';

/** The slices of each axis. */
export type Slices = Readonly<PerAxis<readonly Slice[]>>;

/** How a convolution is computed, wherever its data lie. */
export interface Plan {
  readonly convolution: Convolution;
  readonly line: string;
  readonly choice: Choice;
  readonly variant: Variant;
  /** those of the convolution with the kernel elements that count, folded */
  readonly axes: Readonly<PerAxis<StridedAxis>>;
  /** height and width are exchanged, as the width of the maps is less than a vector: rows of the plan are columns of the maps */
  readonly turned: boolean;
  readonly cuts: Cuts;
  readonly slices: Slices;
  /** images in a block */
  readonly images: number;
  /** blocks of all images and slices */
  readonly blocks: number;
  /** the first kernel element that counts */
  readonly firstElement: number;
  /** no kernel element is left out because it only meets zeros */
  readonly everyTap: boolean;
  /** classes of outputs that read the same and are computed together, as so many times the filters */
  readonly classes: number;
  /** the filters of each register tile of a group */
  readonly filterTiles: FilterTiles;
  /** the first filter of each, and last the number of packed filters */
  readonly tileStarts: readonly number[];
  /** Winograd's, where its transforms are used */
  readonly tile: WinogradTile | undefined;
  /** the kernel elements of all classes of outputs, in the order of the classes */
  readonly tapSets: readonly TapSet[];
  /** bytes from the first packed weight to those of each set */
  readonly weightOffsets: ReadonlyMap<TapSet, number>;
  /** the pieces in which weights are packed */
  readonly packing: Packing;
  /** outputs fall into several classes along some axis, which are interleaved once they are computed */
  readonly interleaved: boolean;
  /** kernels can write the outputs of a block where they belong in a tensor in wasm memory */
  readonly inPlace: boolean;
  /** where tensors are plain, as many input maps are copied in, computed and copied out before the next ones; 0: all of a block */
  readonly mapsTogether: number;
  readonly bytes: PlanBytes;
}

/** Bytes of wasm memory that a plan takes: scratch for its largest block, and packed weights. */
export interface PlanBytes {
  /** the inputs of a block as they are copied in, and as they are staged */
  readonly loaded: number;
  readonly staged: number;
  /** the outputs of a block, and the classes of outputs before they are interleaved */
  readonly target: number;
  readonly parts: number;
  /** each area of a desk, and all of them */
  readonly areas: DeskBytes;
  readonly desk: number;
  /** where these begin in the scratch; the loaded inputs come first */
  readonly stagedAt: number;
  readonly targetAt: number;
  readonly partsAt: number;
  readonly deskAt: number;
  /** a piece of the raw weights, with the tasks and tables of packing; it is done before the block needs the scratch */
  readonly packing: number;
  /** all of that, or the room for packing */
  readonly scratch: number;
  readonly weights: number;
}

/**
 * Plans a convolution.
 * @param wish what the caller wants of the choice
 * @param table the rows to choose from, the layers' by default
 * @throws UnableError where the row that is wished for can't compute it
 */
export function planOf(convolution: Convolution, wish?: Wish, table?: readonly Algorithm[]): Plan {
  const { outside } = convolution;
  const everyTap = wish?.everyTap === true;
  // a finite weight that only meets zeros adds nothing
  const { axes, first } = kernelPart(convolution.axes, isBlank(outside) && !everyTap ? liveTaps : allTaps);
  const outline = { convolution, axes: fold(axes, outside), turned: false, firstElement: first, everyTap };
  const chosen = (workload: Workload) => choose(workload, wish, table);
  const inBlocks = (each: Outline) => {
    const { cuts, images } = cutsOf(convolution, each.axes, each.turned);
    return planWith(each, cuts, images, chosen, wish?.sharedStart);
  };
  const plan = mayTurn(outline) ? cheaperWay(outline, inBlocks) : inBlocks(outline);
  if (plan.blocks > 1 && !plan.turned && plan.variant.input !== 'window') {
    // maps that are computed one after another take little memory however many they are
    const whole = mapAxes(outline.axes, (axis) => uncut(axis));
    const mapByMap = planWith(outline, whole, convolution.batch, chosen);
    if (mapByMap.mapsTogether > 0) return mapByMap;
  }
  const smaller = cacheCutsOf(plan);
  const cut = smaller && planWith(plan, smaller, 1, () => plan.choice, wish?.sharedStart);
  // not where other classes of outputs would be computed together
  return cut?.classes === plan.classes ? cut : plan;
}

/** A plan by another row for the blocks of a plan, with the same windows and targets. */
export function planInBlocksOf(plan: Plan, row: Algorithm): Plan {
  const chosen = (workload: Workload) => choose(workload, {}, [row]);
  return planWith(plan, plan.cuts, plan.images, chosen, true);
}

/** A convolution as plans see it. */
type Outline = Pick<Plan, 'convolution' | 'axes' | 'turned' | 'firstElement' | 'everyTap'>;

/** Whether a convolution is narrow and long, and has no better way for that. */
function mayTurn({ convolution, axes }: Outline): boolean {
  const [, height, width] = axes;
  const isNarrow = width.output < LANES && height.output >= ROW_PIXELS;
  return isNarrow && axes.every(({ upsample }) => upsample === 1) && !readsPlanes(convolution, axes);
}

/** The plan of a convolution as it is, or turned if that is estimated to cost less. */
function cheaperWay(outline: Outline, planOfWay: (way: Outline) => Plan): Plan {
  let best: Plan | undefined;
  let unable: unknown;
  for (const way of [outline, { ...outline, axes: turnedIf(true, outline.axes), turned: true }]) {
    try {
      const plan = planOfWay(way);
      if (!best || costOf(plan) < costOf(best)) best = plan;
    } catch (error) {
      if (!(error instanceof UnableError)) throw error;
      unable ??= error;
    }
  }
  if (!best) throw unable;
  return best;
}

/** Quarter cycles for an output of all filters, with staging inputs and weaving outputs column by column. Blocks may differ in size. */
function costOf({ convolution, choice, turned, slices }: Plan): number {
  const { channels, filters } = convolution;
  return choice.offer.cost / product(fewestOutputs(slices)) + (turned ? 6 * (channels + filters) : 0);
}

/**
 * Plans a convolution that is cut into blocks.
 * @param chosen chooses a row for a workload
 * @param sharedStart as in `Wish`
 */
function planWith(
  { convolution, axes, turned, firstElement, everyTap }: Outline,
  cuts: Cuts,
  images: number,
  chosen: (workload: Workload) => Choice,
  sharedStart?: boolean,
): Plan {
  const { batch, groups, channels, filters, outside, line } = convolution;
  const own = mapAxes(axes, (axis, index) => slicesOf(axis, cuts[index], outside));
  // not along the depth: 0.85 for T n1 g1 c128 f64 i8x8x8 k4x4x4 s2x2x2 p1x1x1, whose columns of outputs get one longer
  const shared = mapAxes(own, (list, axis) => (axis > 0 ? list.map(withSharedStart) : list));

  // the algorithm, and whether classes of outputs share what they read
  const workload = workloadOf(convolution, turned, images, cuts, own, shared);
  const choice = chosen(workload);
  const { algorithm } = choice;
  const { tile } = choice.offer;
  const slices = tile || (sharedStart ?? isSharingCheap(workload)) ? shared : own;
  const classes = classesOf(slices);

  // the register tiles, the taps, and the variant that computes them
  const filterTiles = algorithm.filterTiles(filters * classes);
  const kernel = { axes, first: firstElement };
  const tapSets = tapSetsOf(kernel, cuts, channels, classes, algorithm.mostTerms, tile ?? SINGLE_TAPS);
  const work = { convolution, images, axes, turned, cuts, slices, filterTiles, tapSets, tile };
  const variant = algorithm.variant(work);

  // the memory
  const interleaved = isInterleaved(cuts);
  const packedPerTerm = packedFiltersOf(filterTiles) * groups * (tile?.elements ?? 1);
  const weights = weightOffsetsOf(tapSets, packedPerTerm);
  const packing = packingOf(convolution);
  const tables = packingTables(tapSets, filters, filterTiles.length, tile !== undefined);
  const packingBytes = packing.bytes + tables;
  const blocks = Math.ceil(batch / images) * product(slices.map(({ length }) => length));
  const mapsTogether =
    blocks === 1 && !interleaved && !turned && variant.input !== 'window' ? mapsTogetherOf(convolution) : 0;
  const maps = { images, groups, channels, filters };
  const held = mapsTogether > 0 ? { ...maps, images: 1, groups: mapsTogether } : maps;
  const parts = interleaved || turned ? classes * tapSets.length : 0;
  const scratch = scratchOf(held, slices, variant, turned, parts);
  return {
    convolution,
    line,
    choice,
    variant,
    axes,
    turned,
    cuts,
    slices,
    images,
    blocks,
    everyTap,
    firstElement,
    classes,
    filterTiles,
    tileStarts: tileStarts(filterTiles),
    tile,
    tapSets,
    weightOffsets: weights.offsets,
    packing,
    interleaved,
    inPlace: interleaved || areStoredTogether(turnedIf(turned, axes), turnedIf(turned, slices)),
    mapsTogether,
    bytes: {
      ...scratch,
      packing: packingBytes,
      scratch: Math.max(scratch.scratch, packingBytes),
      weights: weights.bytes,
    },
  };
}

/** What rows judge by: the smallest class of outputs, with a window of its own and with one that it shares. */
function workloadOf(
  convolution: Convolution,
  turned: boolean,
  images: number,
  cuts: Cuts,
  own: Slices,
  shared: Slices,
): Workload {
  const { channels, filters, input } = convolution;
  const [depth, height, width] = fewestOutputs(own);
  return {
    images,
    channels,
    filters,
    terms: channels * product(cuts.map(({ split }) => most(tapCounts(split)))),
    depth,
    height,
    width,
    spacings: spacingsOf(cuts),
    classes: classesOf(shared),
    sizes: mapAxes(shared, (list) => least(list.map(({ count }) => count))),
    pagesApart: (FLOAT_BYTES * input.map) % PAGE === 0 && !turned && !isStaged(own),
  };
}

/** Outputs along each axis of the smallest class in any block. */
function fewestOutputs(slices: Slices): PerAxis {
  return mapAxes(slices, (list) => least(list.map(({ fewest }) => fewest)));
}

/** How many classes of outputs read the same: all combinations of the phases along the innermost axes whose phases do. */
function classesOf(slices: Slices): number {
  let classes = 1;
  for (const [slice] of [...slices].reverse()) {
    if (!slice?.alike) break;
    classes *= slice.covered;
  }
  return classes;
}

/** Sharing is cheap where there are less than 5 % more tiles of pixels for it. */
const CHEAP_SHARING = 1.05;

/**
 * Whether it costs little that classes share a window. They compute a few more outputs then, but the inputs are packed once. (A
 * transform is always shared.)
 */
function isSharingCheap({ sizes, depth, height, width }: Workload): boolean {
  const tiles = ([deep, high, wide]: Readonly<PerAxis>) => deep * high * Math.ceil(wide / TILE_PIXELS);
  return tiles(sizes) < CHEAP_SHARING * tiles([depth, height, width]);
}

/**
 * Where the packed weights of each tap set lie, and the bytes of all: one set after another, each from a cache line on.
 * @param packedPerTerm packed numbers for each term
 */
function weightOffsetsOf(
  sets: readonly TapSet[],
  packedPerTerm: number,
): { offsets: Map<TapSet, number>; bytes: number } {
  const offsets = new Map<TapSet, number>();
  let bytes = 0;
  for (const set of sets) {
    offsets.set(set, bytes);
    bytes += aligned(FLOAT_BYTES * packedPerTerm * set.terms);
  }
  return { offsets, bytes };
}

/** How many maps lie in the scratch at a time. */
interface HeldMaps {
  readonly images: number;
  readonly groups: number;
  readonly channels: number;
  readonly filters: number;
}

/**
 * The scratch that suffices for every block.
 * @param turned every block is staged, and its outputs are turned from a part
 * @param classes parts that are interleaved
 */
function scratchOf(
  { images, groups, channels, filters }: HeldMaps,
  slices: Slices,
  variant: Variant,
  turned: boolean,
  classes: number,
): Omit<PlanBytes, 'weights' | 'packing'> {
  const inMap = (numberOf: (slice: Slice) => number) => product(largest(slices, numberOf));
  const inputMaps = images * groups * channels;
  const outputMaps = images * groups * filters;
  const loaded = FLOAT_BYTES * inputMaps * inMap((slice) => slice.loaded);
  // channelStride adds less than a line
  const bytesOfStaged = FLOAT_BYTES * inMap((slice) => slice.staged) + LINE;
  const staged = variant.input === 'window' && (turned || isStaged(slices)) ? inputMaps * bytesOfStaged : 0;
  const target = FLOAT_BYTES * outputMaps * inMap((slice) => slice.stored);
  const part = aligned(FLOAT_BYTES * outputMaps * inMap((slice) => slice.count));
  const parts = classes * part;
  const areas = variant.desk;
  const desk = sum(Object.values(areas).map(aligned));
  // nobody reads the loaded inputs once they are staged
  const isOver = staged > 0 && (turned || isAlwaysStaged(slices));
  const stagedAt = aligned(isOver ? Math.max(loaded, target) : loaded);
  // rows are written at the same distance from where they are read, all along; 1.02 for plain n1 g512 c512 f512 i3200 k3 p8 d8
  const gap = variant.input === 'rows' ? gapAfter(stagedAt) : 0;
  const behindStaged = stagedAt + aligned(staged);
  const targetAt = isOver ? 0 : behindStaged + gap;
  const partsAt = isOver ? behindStaged : targetAt + aligned(target);
  const deskAt = partsAt + aligned(parts);
  const ranges = { stagedAt, targetAt, partsAt, deskAt, scratch: deskAt + desk };
  return { loaded, staged, target, parts, areas, desk, ...ranges };
}

/** Whether every block is staged: along some axis, every slice has to be. */
function isAlwaysStaged(slices: Slices): boolean {
  return slices.some((list) => list.every(({ positions }) => positions !== null));
}

/** Whether some block has to be staged: what it reads is more than positions of the input in their order. */
function isStaged(slices: Slices): boolean {
  return slices.some((list) => list.some(({ positions }) => positions !== null));
}

/** Whether the outputs of each block are neighbours in the maps of the output. */
function areStoredTogether(axes: readonly Axis[], slices: Slices): boolean {
  const [depths, heights, widths] = slices;
  const single = (list: readonly Slice[]) => list.every(({ stored }) => stored === 1);
  const whole = (list: readonly Slice[], axis: Axis) => list.every(({ stored }) => stored === axis.output);
  if (!slices.every((list) => list.every(({ stores }) => stores.length === 1))) return false;
  return single(depths)
    ? single(heights) || whole(widths, axes[2])
    : whole(heights, axes[1]) && whole(widths, axes[2]);
}

/**
 * How many maps fit a cache together, where all maps are more and each is computed by itself; else 0. Variants that read no window
 * compute map by map.
 */
function mapsTogetherOf(convolution: Convolution): number {
  const { batch, groups, channels, filters, axes } = convolution;
  const input = channels * product(axes.map((axis) => axis.input));
  const output = filters * product(axes.map((axis) => axis.output));
  const bytes = FLOAT_BYTES * (input + output);
  if (batch * groups * bytes <= COPIED_BYTES || bytes > MOST_MAP_BYTES || !isDense(convolution)) return 0;
  return Math.ceil(COPIED_BYTES / bytes);
}
