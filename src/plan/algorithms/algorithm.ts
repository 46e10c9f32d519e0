// Algorithm: what a row of the table decides. Everything about one way of computing is in its row's file: whether it can, whether it
// should, what it costs, which of its variants runs, with which register tile, items, micro-kernels and scratch.

import type { Axis, PerAxis } from '../../geometry/axis.js';
import type { Slice } from '../../geometry/slice.js';
import type { Convolution } from '../../problem/convolution.js';
import type { Desk, SumTask } from '../../shared/task.js';
import type { Cuts } from '../cuts.js';
import type { FilterTiles } from '../filter-tiles.js';
import type { KernelTaps, Spacing, TapSet } from '../tap-sets.js';

/** The sizes that rows judge by: those of one group, and of the smallest class of outputs. */
export interface Workload {
  readonly channels: number;
  readonly filters: number;
  /** products of one output, at most */
  readonly terms: number;
  /** outputs of a group of an image */
  readonly depth: number;
  readonly height: number;
  readonly width: number;
  /** of depth, height and width */
  readonly spacings: readonly [Spacing, Spacing, Spacing];
  /** classes of outputs that can share what they read */
  readonly classes: number;
  /** outputs along each axis that are computed then */
  readonly sizes: Readonly<PerAxis>;
}

/** What a row would do with a workload. */
export interface Offer {
  /** estimated work for one class of outputs of a group of an image, in quarter cycles: in one there is room for a vector instruction */
  readonly cost: number;
  /** why another row should be taken, if so */
  readonly unwise?: string | undefined;
  /** the tile of a transform, for rows that have one */
  readonly tile?: WinogradTile;
}

/** The tile of Winograd's transform. Along its depth nothing is transformed, but neighbouring outputs share transformed inputs. */
export interface WinogradTile {
  /** as in the literature: F(outputs, taps) */
  readonly name: string;
  /** as in WinogradTask */
  readonly transform: number;
  /** elements of a transformed tile */
  readonly elements: number;
  readonly outputs: Readonly<PerAxis>;
  /** outputs from one of a tile to the next */
  readonly gaps: Readonly<PerAxis>;
  /** taps along each axis that become one term */
  readonly taps: KernelTaps;
  /** planes of inputs along the depth that go into an output */
  readonly planes: number;
  /** outputs along the depth that are computed at a time */
  readonly depthAtOnce: number;
}

/** A convolution that was cut into blocks, by which a row decides how it computes. */
export interface CutWork {
  readonly convolution: Convolution;
  readonly axes: readonly [Axis, Axis, Axis];
  readonly cuts: Cuts;
  readonly slices: readonly [readonly Slice[], readonly Slice[], readonly Slice[]];
  /** the filters of a group's register tiles, those of all classes that are computed together */
  readonly filterTiles: FilterTiles;
  readonly tapSets: readonly TapSet[];
  readonly tile: WinogradTile | undefined;
}

/**
 * Where a variant reads its inputs. 'window': from the staged window of a block, or from the input itself where that is the same.
 * 'plane': likewise, but it stages each map itself. 'planes' and 'rows': from the input as it is, with zeros imagined around it.
 */
export type InputPlace = 'window' | 'plane' | 'planes' | 'rows';

/** The wasm entries that compute outputs. */
export type SumEntry =
  | 'gemm'
  | 'direct'
  | 'directRows'
  | 'winograd'
  | 'depthwisePlanes'
  | 'depthwiseRows'
  | 'depthwiseVectors'
  | 'depthwiseLongRows';

/** Bytes of each area of a desk that an entry works in. */
export type DeskBytes = Readonly<Partial<Record<Exclude<keyof Desk, 'notFinite' | 'touched'>, number>>>;

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
  readonly desk: DeskBytes;
  /** independent units of work of a group of an image, for so many outputs along each axis */
  readonly items: (sizes: Readonly<PerAxis>) => number;
  /** the task of a tap set, with all that only this entry reads but for addresses and what differs from block to block */
  readonly task: (set: TapSet) => SumTask;
}

/** A row of the table. */
export interface Algorithm<Name extends string = string> {
  readonly name: Name;
  /** why it is taken */
  readonly reason: string;
  /** products summed in registers at most, before they are added to the output */
  readonly mostTerms: number;
  /** it is taken only where it costs less than the row that would be taken without it */
  readonly compares: boolean;
  /** what it would do, or why it can't */
  readonly offer: (load: Workload) => Offer | string;
  /** how it divides filters among register tiles */
  readonly filterTiles: (filters: number) => FilterTiles;
  readonly variant: (work: CutWork) => Variant;
}

/**
 * Quarter cycles for a product of filters by terms by eight pixels: 27 a term and five filters, and about 80 to begin and end such a
 * tile.
 */
export function productCost(filters: number, terms: number): number {
  return (filters / 5) * (27 * terms + 80);
}
