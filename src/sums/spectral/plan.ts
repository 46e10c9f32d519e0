// The FFT plan of a request: sizes of blocks, and the estimated time.

import { product } from '../../core/lists.js';
import { columnSize, numberBytes, type Precision, rowSize } from '../../spectrum/sizes.js';
import { type BlockSizes, tableBytes } from '../../spectrum/tables.js';
import { blockBytes, factorBytes, rowBytes, TRANSFORM_BYTES } from '../../spectrum/transform.js';
import { isZero } from '../borders/border.js';
import type { SumRequest } from '../request.js';
import { type SpectralAxes, type SpectralAxis, spectralAxes } from './axes.js';

/** How a request is computed by FFT. Lists have an entry for planes, for rows, and for row elements. */
export interface SpectralPlan {
  readonly axes: SpectralAxes;
  readonly precision: Precision;
  /** block sizes */
  readonly sizes: BlockSizes;
  /** along each axis of a block, the number of invalid leading outputs and of valid outputs */
  readonly skipped: readonly number[];
  readonly good: readonly number[];
  /** filter elements of a part: all of them, unless the filter is too large for the scratch memory */
  readonly taps: readonly number[];
  /** number of one-row blocks that are computed together */
  readonly together: number;
  /** bytes of these blocks' numbers, which overlap */
  readonly window: number;
  /** bytes of scratch memory, and including the cached tables */
  readonly scratch: number;
  readonly bytes: number;
  /** estimated nanoseconds */
  readonly cost: number;
  /** log2 of a block's size. Error bound: |error| <= u · this · ‖signal in the block‖₂ · ‖kernel‖₂ */
  readonly logSize: number;
}

/** The limit of scratch memory and tables, for requests of any size. */
export const MOST_BYTES = 24 * 2 ** 20;

/** Bytes of one-row blocks that are copied, computed and copied back together: a part of the second-level cache. */
const STRIP_BYTES = 2 ** 16;

/** Numbers of a cache line, or of two if they are float64. */
const LINE_NUMBERS = 16;

/** Nanoseconds of a call, of a copy in or out including its overhead, and of copying a number in and out. */
const CALL = 3000;
export const COPY = 150;
const COPIED = 0.35;

/** Nanoseconds per number: forward transform, product, inverse transform. Float64 takes as long per byte. */
export function nanoseconds({ length, rows, planes }: BlockSizes, precision: Precision): number {
  const size = Math.log2(length * rows * planes) + (precision === 'float64' ? 1 : 0);
  // one row in the first-level cache; several rows, with an overhead for short ones; several planes
  const base =
    rows * planes === 1
      ? 0.92 + 0.13 * Math.min(size - 8, 6) + 0.1 * Math.max(0, size - 14)
      : (planes > 1 ? 1.85 : 1.5) +
        0.1 * Math.max(0, size - 11) +
        0.06 * Math.max(0, size - 16) +
        (length < 64 ? 0.4 : 0);
  return (base + COPIED) * (precision === 'float64' ? 2 : 1);
}

/** The plan of a request without strides and upsampling; undefined if it has more axes than a block. */
export function spectralPlan(
  request: Pick<SumRequest, 'axes' | 'border' | 'dtype'>,
  signal: readonly number[],
  kernel: readonly number[],
): SpectralPlan | undefined {
  const axes = spectralAxes(request, signal, kernel);
  if (!axes) return undefined;
  const precision = request.dtype;
  const taps = axes.map((axis) => axis.taps);
  const isZeroAround = isZero(request.border);
  for (;;) {
    const needs = axes.map((axis, i) => needOf(axis, taps[i], isZeroAround));
    const parts = product(axes.map((axis, i) => Math.ceil(axis.taps / taps[i])));
    const best = bestBlock(needs, parts, precision);
    // other borders than zeros are added row by row
    const extension = isZeroAround ? 0 : 2 * COPY * needs[0].least * needs[1].least;
    if (best) return { axes, ...best, cost: best.cost + extension, precision, taps };
    // too large for the scratch memory: divides the filter
    const longest = taps.indexOf(Math.max(...taps));
    taps[longest] = Math.ceil(taps[longest] / 2);
  }
}

type Block = Omit<SpectralPlan, 'axes' | 'precision' | 'taps'>;

/** What blocks must hold along an axis. */
interface Need {
  /** outputs, and filter elements of a part */
  readonly count: number;
  readonly taps: number;
  /** the minimum size of a block that covers all outputs, and the number of its invalid leading outputs */
  readonly least: number;
  readonly skipped: number;
}

/**
 * What blocks must hold along an axis, for a part of so many taps. Zeros around the signal need no room in a block that covers all outputs:
 * neither those before the signal, nor those behind it, since what wraps around from the end of the block to its beginning may fall on the
 * invalid outputs.
 */
function needOf({ size, taps: all, last, count }: SpectralAxis, taps: number, isZeroAround: boolean): Need {
  const before = taps - 1;
  // parts of a filter begin at other positions
  if (!isZeroAround || taps < all) return { count, taps, least: count + before, skipped: before };
  const skipped = Math.max(0, Math.min(before, last));
  // the filter and the outputs fit, and what wraps around ends before the first valid output
  const least = Math.max(taps, count + skipped, Math.min(count, size - last) + before);
  return { count, taps, least, skipped };
}

/** Chosen blocks by needs, parts and precision: choosing takes as long as a small convolution. */
const chosen = new Map<string, Block | undefined>();
const MOST_CHOSEN = 1000;

/**
 * The block sizes of least cost; undefined if all exceed the limit.
 * @param parts of the filter, each of which needs all blocks
 */
function bestBlock(needs: readonly Need[], parts: number, precision: Precision): Block | undefined {
  const key = [needs.map((need) => Object.values(need)), parts, precision].join();
  if (chosen.has(key)) return chosen.get(key);
  const candidates = needs.map(({ taps, least }, i) => sizesFor(taps, least, i === 2 ? rowSize : columnSize));
  let best: Block | undefined;
  for (const planes of candidates[0])
    for (const rows of candidates[1])
      for (const length of candidates[2]) {
        const block = blockOf({ length, rows, planes }, needs, parts, precision);
        // a block without valid outputs has an infinite cost
        if (block.bytes <= MOST_BYTES && block.cost < (best?.cost ?? Number.POSITIVE_INFINITY)) best = block;
      }
  if (chosen.size >= MOST_CHOSEN) chosen.clear();
  chosen.set(key, best);
  return best;
}

/**
 * Candidate sizes along an axis: those that hold the filter, and one block for everything, of at least `least` numbers. Rows of 3·2^a numbers
 * are no faster; as numbers of rows or planes these sizes leave fewer outputs of the last block unused.
 */
export function sizesFor(taps: number, least: number, sizeOf: (least: number) => number): number[] {
  const whole = sizeOf(least);
  if (taps === 1 && sizeOf === columnSize) return [1];
  const sizes: number[] = [];
  for (let size = sizeOf(4); size < whole; size = sizeOf === rowSize ? 2 * size : sizeOf(size + 1))
    if (size >= taps) sizes.push(size);
  return [...sizes, whole];
}

/** The block of these sizes: its layout, memory and cost. */
function blockOf(sizes: BlockSizes, needs: readonly Need[], parts: number, precision: Precision): Block {
  const { length, rows, planes } = sizes;
  const points = length * rows * planes;
  const all = [planes, rows, length];
  const isRow = rows * planes === 1;
  // blocks of one row overlap by whole cache lines: each begins with one, so none of its vectors crosses lines
  const unit = isRow ? LINE_NUMBERS : 1;
  const skipped = needs.map(({ taps, least, skipped: whole }, i) =>
    all[i] >= least ? whole : unit * Math.ceil((taps - 1) / unit),
  );
  const good = all.map((size, i) => size - skipped[i]);
  const blocks = needs.map(({ count }, i) => Math.ceil(count / good[i]));
  const ownBytes = rowBytes(sizes, precision);
  const together = isRow ? Math.max(1, Math.min(blocks[2], Math.floor(STRIP_BYTES / ownBytes))) : 1;
  // rows that are as wide as the outputs are copied together
  const copies = isRow ? 2 / together + 1 : planes * (good[2] >= needs[2].count ? 3 : 2 * rows);
  const each = points * nanoseconds(sizes, precision) + COPY * copies;
  // the transform of the kernel takes half as long as a block, but its spectrum is often in the cache
  const cost = CALL + parts * each * (product(blocks) + 0.25);
  const window = blockBytes(sizes, precision) + (together - 1) * good[2] * numberBytes(precision);
  const spectrum = factorBytes(sizes, precision);
  // blocks that are computed together are not written to where they are read
  const scratch = TRANSFORM_BYTES + (together > 1 ? 2 : 1) * (window + 64) + spectrum + ownBytes + 128;
  const bytes = scratch + tableBytes(sizes, precision);
  return { sizes, skipped, good, together, window, scratch, bytes, cost, logSize: Math.log2(points) };
}
