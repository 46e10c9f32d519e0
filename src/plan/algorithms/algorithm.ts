// Algorithm: the contract of a row of the table. The file of a row decides everything about its algorithm: whether it can compute a workload,
// whether it should, at what cost, and which variant runs, with which register tiles, items and workspace.

import { FLOAT_BYTES } from '../../core/bytes.js';
import type { Axis, PerAxis } from '../../geometry/axis.js';
import type { Slices } from '../../geometry/slice.js';
import type { Convolution } from '../../problem/convolution.js';
import { HALF_TILE, TILE_FILTERS, TILE_PIXELS } from '../../shared/sizes.js';
import type { SumTask, Workspace } from '../../shared/task.js';
import { TRANSFORMED_BYTES } from '../caches.js';
import type { Cuts } from '../cuts.js';
import { type FilterTiles, LEAST_TILE_FILTERS, pairedFilters } from '../filter-tiles.js';
import type { Spacing } from '../spacing.js';
import type { TapSet } from '../tap-sets.js';
import { type TermOrder, tapsOfKernel } from '../transform-kernels.js';

/** The sizes by which rows judge: those of one group and image, and of the smallest class of outputs. */
export interface Workload {
  /** images of a block, whose pixel tiles may be computed together */
  readonly images: number;
  readonly channels: number;
  readonly filters: number;
  /** products of one output, at most */
  readonly terms: number;
  /** along each axis, the share of the products that meets an input, at most */
  readonly meeting: Readonly<PerAxis>;
  /** products of the whole call: of all outputs, filters, groups and images */
  readonly products: number;
  /** outputs along each axis */
  readonly depth: number;
  readonly height: number;
  readonly width: number;
  /** how regular the taps of each axis are */
  readonly spacings: Readonly<PerAxis<Spacing>>;
  /** classes of outputs that can share a window */
  readonly classes: number;
  /** the products of one output, on average, as a share of `terms`, which a transform takes for all classes */
  readonly share: number;
  /** outputs along each axis that are computed if they do, which may be more */
  readonly sizes: Readonly<PerAxis>;
  /** bytes from one channel to the next where inputs are read in place; 0 where they are staged, whose channels lie suitably */
  readonly mapBytes: number;
}

/** How a row would compute a workload. */
export interface Proposal {
  /** estimated time for one class of outputs of a group and image, in quarter cycles: a core starts up to four vector instructions a cycle */
  readonly cost: number;
  /** why another row should be taken, if so */
  readonly unwise?: string | undefined;
  /** the tile of a transform, for rows that have one */
  readonly tile?: WinogradTile;
}

/** A transform. Its costs are in quarter cycles for four tiles, memory traffic included. */
export interface Transform {
  /** as in the literature: F(outputs, taps) */
  readonly name: string;
  /** as in WinogradTask */
  readonly id: number;
  /** outputs of a tile along each axis that is transformed */
  readonly outputs: number;
  /** taps along height and width; an axis of one tap is not transformed */
  readonly high: number;
  readonly wide: number;
  /** to transform the inputs of a term, and the products of a filter back into outputs */
  readonly inputCost: number;
  readonly outputCost: number;
  /** products summed in registers at most, where these are fewer than the row's */
  readonly mostTerms?: number;
}

/** The tile of a Winograd transform. Along its depth nothing is transformed, but neighbouring outputs share transformed inputs. */
export interface WinogradTile extends TermOrder {
  readonly transform: Transform;
  /** elements of a transformed tile */
  readonly elements: number;
  readonly outputs: Readonly<PerAxis>;
  /** distance of neighbouring outputs of a tile along each axis, in outputs */
  readonly gaps: Readonly<PerAxis>;
  /** of the outputs along the depth, how many are computed at a time */
  readonly depthAtOnce: number;
}

/** What both WinogradTask and PackWinogradTask say of a tile. */
export function tileFields(tile: WinogradTile) {
  const { transform, elements } = tile;
  return { transform: transform.id, kernelTaps: tapsOfKernel(tile), elements };
}

/** A convolution that is cut into blocks, from which a row chooses its variant. */
export interface CutWork {
  readonly convolution: Convolution;
  /** images of a block */
  readonly images: number;
  readonly axes: Readonly<PerAxis<Axis>>;
  /**
   * Height and width are exchanged because maps are narrower than a vector: rows of the plan are columns of the maps. Inputs are always staged,
   * and outputs interleaved.
   */
  readonly turned: boolean;
  readonly cuts: Cuts;
  readonly slices: Slices;
  /** the filters of each register tile of a group; classes of outputs that are computed together count as more filters */
  readonly filterTiles: FilterTiles;
  /** the kernel elements of all classes of outputs, in the order of the classes */
  readonly tapSets: readonly TapSet[];
  /** `interleave` computes the two classes of each row itself, instead of reading them from parts; only `depthwise` does this */
  readonly fusedInterleave: boolean;
  /** the tile of the row's proposal */
  readonly tile: WinogradTile | undefined;
}

/**
 * Where a variant reads its inputs:
 * - 'window': from a staged copy of all that the block reads, or from the input itself if a copy would be the same
 * - 'stagedPlane': the same, but the entry stages one map at a time, right before it reads it
 * - 'stagedLanes': from staged copies of four maps at a time
 * - 'planesInPlace' and 'rowsInPlace': from the input itself; the entry handles the zeros around it
 */
type InputPlace = 'window' | 'stagedPlane' | 'stagedLanes' | 'planesInPlace' | 'rowsInPlace';

/** The wasm entries that compute outputs. `interleave` is one if `fusedInterleave`. */
type SumEntry =
  | 'gemm'
  | 'direct'
  | 'directRows'
  | 'inside'
  | 'winograd'
  | 'depthwisePlanes'
  | 'depthwiseLanes'
  | 'depthwiseRows'
  | 'depthwiseLongRows'
  | 'interleave';

/** Bytes of each area of a workspace. */
export type WorkspaceBytes = Readonly<
  Partial<Record<Exclude<keyof Workspace, 'notFinite' | 'touched'>, number>>
>;

/** One of the variants of a row. */
export interface Variant {
  readonly entry: SumEntry;
  readonly input: InputPlace;
  readonly workspace: WorkspaceBytes;
  /** kernels fuse the activations of sizes.ts up to this one, as they store outputs */
  readonly finishes?: number;
  /** whether kernels also fuse an addition before that */
  readonly adds?: boolean;
  /** the number of items of a group, for so many images and outputs along each axis */
  readonly items: (images: number, sizes: Readonly<PerAxis>) => number;
  /** a new task for a tap set and so many images. block.ts sets the fields of SumTask, and those that depend on the block */
  readonly task: (set: TapSet, images: number) => SumTask;
}

/** A row of the table. */
export interface Algorithm<Name extends string = string> {
  readonly name: Name;
  /** why it is chosen, for `explain` */
  readonly reason: string;
  /** products that are summed in registers at most, before the sum is added to the output */
  readonly mostTerms: number;
  /** it refuses if it costs more than its rival, the row that would be chosen instead */
  readonly compares: boolean;
  /** it is looked at only where at most this share of the products meets an input; undefined: everywhere */
  readonly mostMeeting?: number;
  /** its proposal, or the reason why it can't compute the workload */
  readonly propose: (workload: Workload) => Proposal | string;
  /** how it divides filters among register tiles, for so many outputs of all images and a class */
  readonly filterTiles: (filters: number, outputs: number) => FilterTiles;
  readonly variant: (work: CutWork) => Variant;
}

/** Quarter cycles to pack a term of eight pixels. */
export const PACKING_COST = 24;

/** Quarter cycles of filters by terms by eight pixels. Measured: a register tile of five filters takes 27 a term, and 80 to begin and end. */
export function productCost(filters: number, terms: number): number {
  return (filters / TILE_FILTERS) * (27 * terms + 80);
}

/**
 * Quarter cycles of filters by terms by so many pixels, or tiles of a transform, in panels of eight. If at most four are left, two register
 * tiles of five filters are computed in the time of one.
 */
export function panelsCost(filters: number, terms: number, pixels: number): number {
  const left = pixels % TILE_PIXELS;
  const saved = left > 0 && left <= HALF_TILE ? pairedFilters(filters) / 2 : 0;
  const computed = Math.max(LEAST_TILE_FILTERS, filters) * Math.ceil(pixels / TILE_PIXELS);
  return productCost(computed - saved, terms);
}

/**
 * Quarter cycles to load packed weights so many times from beyond the second-level cache; none if they fit it. Measured: two a weight.
 * Weights of so many bytes as are prefetched take two and a half, because nothing is computed meanwhile.
 */
export function weightCost(weights: number, times: number, prefetched = Number.POSITIVE_INFINITY): number {
  const bytes = FLOAT_BYTES * weights;
  if (bytes <= TRANSFORMED_BYTES) return 0;
  return (bytes < prefetched ? 2 : 2.5) * weights * times;
}
