// Algorithm: what a row of the table decides. The file of a row has everything about its way of computing: whether it can compute a
// workload, whether it should, what that costs, which of its variants runs, with which register tiles, items, micro-kernels and scratch.

import { FLOAT_BYTES } from '../../core/bytes.js';
import type { Axis, PerAxis } from '../../geometry/axis.js';
import type { Slice } from '../../geometry/slice.js';
import type { Convolution } from '../../problem/convolution.js';
import { TILE_FILTERS } from '../../shared/sizes.js';
import type { SumTask, Workspace } from '../../shared/task.js';
import { TRANSFORMED_BYTES } from '../caches.js';
import type { Cuts } from '../cuts.js';
import type { FilterTiles } from '../filter-tiles.js';
import type { Spacing } from '../spacing.js';
import type { TapSet } from '../tap-sets.js';
import { type TermOrder, tapsOfKernel } from '../transform-kernels.js';

/** The sizes that rows judge by: those of one group and image, and of the smallest class of outputs. */
export interface Workload {
  /** images of a block, whose tiles may be computed together */
  readonly images: number;
  readonly channels: number;
  readonly filters: number;
  /** products of one output, at most */
  readonly terms: number;
  /** outputs along each axis */
  readonly depth: number;
  readonly height: number;
  readonly width: number;
  /** how regular the taps of each axis are */
  readonly spacings: Readonly<PerAxis<Spacing>>;
  /** classes of outputs that can share what they read */
  readonly classes: number;
  /** outputs along each axis that are computed where they do, which may be more */
  readonly sizes: Readonly<PerAxis>;
  /** channels are read where they lie, a multiple of a page apart: in a first-level cache the same place of all shares one set */
  readonly pagesApart: boolean;
}

/** What a row would do with a workload. */
export interface Proposal {
  /** estimated time for one class of outputs of a group and image, in quarter cycles: in each there is room for a vector instruction */
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
  /** its micro-kernels */
  readonly kernels: readonly [inputs: readonly string[], outputs: readonly string[]];
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

/** A convolution that is cut into blocks: by it a row decides how it computes. */
export interface CutWork {
  readonly convolution: Convolution;
  /** images of a block */
  readonly images: number;
  readonly axes: Readonly<PerAxis<Axis>>;
  /**
   * Height and width are exchanged, as the width of the maps is less than a vector: rows of the plan are columns of the maps. Inputs are
   * staged in any case, and outputs turned.
   */
  readonly turned: boolean;
  readonly cuts: Cuts;
  readonly slices: Readonly<PerAxis<readonly Slice[]>>;
  /** the filters of each register tile of a group; classes of outputs that are computed together count as more filters */
  readonly filterTiles: FilterTiles;
  /** the kernel elements of all classes of outputs, in the order of the classes */
  readonly tapSets: readonly TapSet[];
  /** outputs of both classes of a row are computed side by side: `depthwise` may */
  readonly isWoven: boolean;
  /** the one that the row offered */
  readonly tile: WinogradTile | undefined;
}

/**
 * Where a variant reads its inputs.
 * 'window': from a staged copy of all that the block reads, or from the input itself where a copy would be the same.
 * 'plane': likewise, but the entry stages one map at a time, right before it reads it.
 * 'lanes': likewise, four maps at a time, and always a copy.
 * 'planes' and 'rows': from the input as it is, of which the entry knows where zeros stand around it.
 */
export type InputPlace = 'window' | 'plane' | 'lanes' | 'planes' | 'rows';

/** The wasm entries that compute outputs; `interleave` does where it computes what it weaves. */
export type SumEntry =
  | 'gemm'
  | 'direct'
  | 'directRows'
  | 'inside'
  | 'winograd'
  | 'depthwisePlanes'
  | 'depthwiseLanes'
  | 'depthwiseNarrow'
  | 'depthwiseRows'
  | 'depthwiseVectors'
  | 'depthwiseLongRows'
  | 'interleave';

/** Bytes of each area of a workspace. */
export type WorkspaceBytes = Readonly<
  Partial<Record<Exclude<keyof Workspace, 'notFinite' | 'touched'>, number>>
>;

/** One of the ways in which a row computes. */
export interface Variant {
  readonly entry: SumEntry;
  /** in words, where a row has several */
  readonly about: string;
  /** the micro-kernels that it calls */
  readonly kernels: readonly string[];
  /** outputs along a row of the register tile */
  readonly pixels: number;
  readonly input: InputPlace;
  readonly workspace: WorkspaceBytes;
  /** the last of the activations of sizes.ts that outputs can pass as they are stored */
  readonly finishes?: number;
  /** whether something can be added to outputs before that */
  readonly adds?: boolean;
  /** independent units of work of a group, for so many images and outputs along each axis */
  readonly items: (images: number, sizes: Readonly<PerAxis>) => number;
  /** a new task for a tap set and so many images. The fields of SumTask, and what differs from block to block, are left to block.ts */
  readonly task: (set: TapSet, images: number) => SumTask;
}

/** A row of the table. */
export interface Algorithm<Name extends string = string> {
  readonly name: Name;
  /** why it is taken */
  readonly reason: string;
  /** products summed in registers at most, before they are added to the output */
  readonly mostTerms: number;
  /** it is taken only where it does not cost more than the row that would be taken in its stead */
  readonly compares: boolean;
  /** what it would do, or in words why it can't */
  readonly propose: (workload: Workload) => Proposal | string;
  /** how it divides filters among register tiles */
  readonly filterTiles: (filters: number) => FilterTiles;
  readonly variant: (work: CutWork) => Variant;
}

/** Quarter cycles that it takes to pack a term of eight pixels. */
export const PACKING_COST = 24;

/**
 * Quarter cycles for a product of filters by terms by eight pixels. As measured, a register tile of five filters takes 27 for each term,
 * and about 80 to begin and to end.
 */
export function productCost(filters: number, terms: number): number {
  return (filters / TILE_FILTERS) * (27 * terms + 80);
}

/**
 * Quarter cycles to bring packed weights from beyond the second-level cache so many times; none where they fit it. As measured, two for
 * each weight.
 */
export function weightCost(weights: number, times: number): number {
  return FLOAT_BYTES * weights > TRANSFORMED_BYTES ? 2 * weights * times : 0;
}
