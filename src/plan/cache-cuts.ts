// Cache cuts: smaller blocks where copies take much of the time. Plain tensors are copied into wasm memory and out of it, and inputs are
// staged. While a block stays in the second-level cache these copies are cheap, and main memory is read and written once. Large inputs are
// cut for all tensors; large inputs and outputs together, for plain tensors.

import { FLOAT_BYTES, PAGE } from '../core/bytes.js';
import { product } from '../core/lists.js';
import { type Axis, mapAxes, type PerAxis, turnedIf } from '../geometry/axis.js';
import type { Cut } from '../geometry/slice.js';
import type { Convolution } from '../problem/convolution.js';
import { ROW_PIXELS } from '../shared/sizes.js';
import type { WinogradTile } from './algorithms/algorithm.js';
import { CACHED_BLOCK_BYTES, COPIED_SEGMENT_BYTES, MOST_CACHED_BLOCK_BYTES } from './caches.js';
import type { Choice } from './choice.js';
import type { Cuts } from './cuts.js';

/** Blocks are cut where copies take more than this share of the time. */
const WORTHWHILE = 0.04;

/**
 * Bytes of the inputs of a block for each image, as they are loaded and staged, from which on it is cut. Smaller ones stay in the third-level cache: shorter
 * segments then took 1.05 times as long for plain n1 g1 c64 f64 i56x56 k1x1, 1.1 for plain n1 g1 c3 f64 i224x224 k3x3 p1x1.
 */
const LARGE_INPUT = 4 << 20;

/** Approximate bytes that are copied from or to a third-level cache in a quarter cycle. */
const COPIED_IN_QUARTER_CYCLE = 2;

/** The same, from one place in a third-level cache to another: 14 GB/s where they pass at 27 through a second-level cache (Intel Sapphire Rapids). */
const MOVED_IN_QUARTER_CYCLE = 0.8;

/**
 * Bytes of the inputs and outputs of a plan's single block from which on it is cut for plain tensors. Less was in a second-level cache: 1.05 for plain
 * n1 g1 c64 f64 i56x56 k3x3 p1x1.
 */
const LARGE_COPIES = 2 << 20;

/** The largest share of a block's bytes that its neighbour may load too. */
const MOST_SHARED = 0.1;

/** The parts of a plan that cuts depend on. */
interface CutPlan {
  readonly convolution: Convolution;
  readonly choice: Choice;
  readonly axes: Readonly<PerAxis<Axis>>;
  readonly turned: boolean;
  readonly cuts: Cuts;
  readonly images: number;
  readonly blocks: number;
  readonly classes: number;
  readonly tile: WinogradTile | undefined;
  readonly mapsAtOnce: number;
  readonly bytes: { readonly loaded: number; readonly staged: number; readonly target: number };
}

/** Blocks of an image, at most: to build a thousand of them took three times as long as n1 g1 c5 f3 i256x256x256 k1x1x1 itself. */
const MOST_BLOCKS = 256;

/**
 * The granularity of the slices of an axis, in outputs: slices have whole tiles, and rows as many outputs as kernels compute at a time. The
 * last tile of an axis is moved back to end with the axis, so the last slice must not be shorter than a tile either.
 */
export function granuleOf({ tile }: Pick<CutPlan, 'tile'>, index: number): number {
  if (tile) return tile.outputs[index] * tile.gaps[index];
  return index === 2 ? ROW_PIXELS : 1;
}

/** Smaller blocks for all tensors; undefined where the plan's own are as good. */
export function cacheCutsOf(plan: CutPlan): Cuts | undefined {
  const { images, bytes } = plan;
  const isLarge = bytes.loaded + bytes.staged >= LARGE_INPUT * images;
  return isLarge && isWorthwhile(plan, COPIED_IN_QUARTER_CYCLE) ? outermostCut(plan, true) : undefined;
}

/**
 * Smaller blocks of a plan that has one, for plain tensors; undefined where these are copied as fast as a whole: from 128 maps on,
 * segments would be short (1.00 to 1.05 for plain n1 g1 c40 f240 i64x64 k1x1 and n1 g1 c24 f144 i56x56 k1x1).
 */
export function copyCutsOf(plan: CutPlan): Cuts | undefined {
  const { blocks, bytes } = plan;
  const isLarge = blocks === 1 && bytes.loaded + bytes.target >= LARGE_COPIES;
  return isLarge && isWorthwhile(plan, MOVED_IN_QUARTER_CYCLE) ? outermostCut(plan, false) : undefined;
}

/**
 * Cuts the outermost axis into slices that suit a cache; undefined where there are none.
 * @param mayGrow blocks may be larger, so that their segments are not too short
 */
function outermostCut(plan: CutPlan, mayGrow: boolean): Cuts | undefined {
  const { axes, cuts, tile, mapsAtOnce } = plan;
  if (mapsAtOnce > 0 || cuts.some(({ separate }) => separate)) return undefined;
  const order = orderOf(plan);
  const index = order.find((axis) => axes[axis].output > 1);
  // a transform's tiles may be as deep as the map
  if (index === undefined || (index === 0 && tile && tile.outputs[0] > 1)) return undefined;
  const cut = cutAlong(plan, index, mayGrow);
  return cut && mapAxes(cuts, (other, axis) => (axis === index ? cut : other));
}

/** The axes as they lie in memory, outermost first. */
function orderOf({ turned }: CutPlan): PerAxis {
  return turnedIf(turned, [0, 1, 2]);
}

/** Whether copies take much of the time. */
function isWorthwhile(
  { choice, convolution, cuts, classes, bytes, blocks }: CutPlan,
  inQuarterCycle: number,
): boolean {
  const { batch, groups } = convolution;
  const ofAll = product(cuts.map(({ split }) => split.period));
  const computing = choice.proposal.cost * batch * groups * Math.max(ofAll, classes);
  const copying = (blocks * (bytes.loaded + bytes.target + bytes.staged)) / inQuarterCycle;
  return copying > WORTHWHILE * computing;
}

/** The cut of an axis; undefined where segments would be too short or blocks too large. */
function cutAlong(plan: CutPlan, index: number, mayGrow: boolean): Cut | undefined {
  const { convolution, axes, cuts, tile } = plan;
  const { groups, channels, filters } = convolution;
  const { split } = cuts[index];
  const axis = axes[index];
  const order = orderOf(plan);
  const inner = order.slice(order.indexOf(index) + 1).map((each) => axes[each]);
  const step = Math.abs(split.advance) / (axis.repeat ?? 1);
  // bytes of one map for each output of a phase
  const input = FLOAT_BYTES * step * product(inner.map((each) => each.input));
  const output = FLOAT_BYTES * split.period * product(inner.map((each) => each.output));
  const ofBlock = groups * (channels * input + filters * output);
  const granule = granuleOf(plan, index);
  const least = Math.ceil(COPIED_SEGMENT_BYTES / Math.min(input, output));
  const wanted = Math.max(least, Math.floor(CACHED_BLOCK_BYTES / ofBlock));
  // slices of about equal size
  const whole = Math.ceil(axis.output / split.period);
  const even = granule * Math.ceil(Math.ceil(whole / Math.ceil(whole / wanted)) / granule);
  // maps a multiple of a page apart, whose rows are read in place, share a set of the first-level cache: 1.5 for plain n1 g1 c32 f32 i380x380 k1x1
  const isPaged = index === 2 && ((even * input) % PAGE === 0 || (even * output) % PAGE === 0);
  const count = isPaged ? even + granule : even;
  // positions that two neighbouring outputs of a phase both read; none where the stride is as large as the kernel
  const reach = ((axis.kernel - 1) * Math.abs(axis.dilation)) / axis.upsample;
  const overlap = Math.max(0, reach + 1 - Math.abs(split.advance));
  const shared = (groups * channels * input * overlap) / Math.abs(split.advance);
  const fits =
    even * ofBlock <= MOST_CACHED_BLOCK_BYTES &&
    (mayGrow || least * ofBlock <= CACHED_BLOCK_BYTES) &&
    shared <= MOST_SHARED * even * ofBlock;
  return fits && count < whole && whole <= MOST_BLOCKS * count
    ? { ...cuts[index], count, least: tile ? granule : 1 }
    : undefined;
}
