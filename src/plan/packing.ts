// Packing: the pieces in which raw weights are copied into wasm memory to be packed, and the memory that this takes.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { combinations, product, sum } from '../core/lists.js';
import type { Interval } from '../geometry/intervals.js';
import type { Convolution } from '../problem/convolution.js';
import { TILE_FILTERS } from '../shared/sizes.js';
import { PackTask, PackWinogradTask } from '../shared/task.js';
import { COMPARED_BYTES, RAW_BYTES } from './caches.js';
import type { TapSet } from './tap-sets.js';

/** Groups, channels or filters of the raw weights. */
interface RawDimension {
  readonly of: 'group' | 'channel' | 'filter';
  readonly count: number;
  /** numbers from one to the next */
  readonly stride: number;
  /** how many are in a piece */
  readonly taken: number;
}

/** How raw weights are cut into pieces. */
export interface Packing {
  /** numbers of a kernel, which is not cut */
  readonly kernel: number;
  /** in memory order, outermost first. A piece has all of the dimensions inside of one that is cut, so it is one run of numbers */
  readonly dimensions: readonly RawDimension[];
  /** room for a piece, or for as many numbers as are compared at a time */
  readonly bytes: number;
}

/** Cuts raw weights into pieces of neighbouring kernels. */
export function packingOf({ groups, channels, filters, axes, weight }: Convolution): Packing {
  const kernel = product(axes.map((axis) => axis.kernel));
  const dimensions: RawDimension[] = [];
  let numbers = kernel;
  const inwards = [
    { of: 'group', count: groups, stride: weight.group },
    { of: 'channel', count: channels, stride: weight.channel },
    { of: 'filter', count: filters, stride: weight.filter },
  ] as const;
  for (const each of [...inwards].sort((a, b) => a.stride - b.stride)) {
    const most = Math.max(1, Math.floor(RAW_BYTES / FLOAT_BYTES / Math.max(1, numbers)));
    // whole register tiles of filters, most of which are of one size
    const whole = each.of === 'filter' && most > TILE_FILTERS ? most - (most % TILE_FILTERS) : most;
    const taken = Math.min(each.count, whole);
    dimensions.unshift({ ...each, taken });
    numbers *= taken;
  }
  const longer = FLOAT_BYTES * groups * filters * Math.max(channels * kernel, 1);
  const bytes = aligned(Math.max(FLOAT_BYTES * numbers, Math.min(longer, COMPARED_BYTES)));
  return { kernel, dimensions, bytes };
}

/** A run of raw weights: its numbers, and the groups, channels and filters of its kernels. */
export interface Piece extends Readonly<Record<RawDimension['of'], Interval>> {
  readonly numbers: Interval;
}

/** All pieces, in memory order. */
export function piecesOf({ kernel, dimensions }: Packing): Piece[] {
  return combinations(dimensions.map(partsOf)).map((parts) => {
    const [group, channel, filter] = (['group', 'channel', 'filter'] as const).map(
      (name) => parts[dimensions.findIndex(({ of }) => of === name)],
    );
    const first = sum(parts.map((part, i) => part.first * dimensions[i].stride));
    const count = kernel * product(parts.map((part) => part.count));
    return { numbers: { first, count }, group, channel, filter };
  });
}

function partsOf({ count, taken }: RawDimension): Interval[] {
  return Array.from({ length: Math.ceil(count / taken) || 0 }, (_, part) => ({
    first: part * taken,
    count: Math.min(taken, count - part * taken),
  }));
}

/** The tap sets that have weights to pack. */
export function packedSets(sets: readonly TapSet[]): TapSet[] {
  return sets.filter(({ terms }) => terms > 0);
}

/** Bytes of the tasks and tables of packing some tap sets. */
export function packingTables(
  sets: readonly TapSet[],
  filters: number,
  tiles: number,
  isTransformed: boolean,
): number {
  const task = Object.keys(isTransformed ? new PackWinogradTask() : new PackTask()).length;
  let words = tiles + 1;
  for (const { classes, taps } of packedSets(sets)) words += task + classes.length * (filters + taps);
  return WORD_BYTES * words;
}
