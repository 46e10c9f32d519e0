// Spectral plan: in what blocks a request is computed, and an estimate of the time.

import { product } from '../core/lists.js';
import { columnSize, numberBytes, type Precision, rowSize } from '../spectrum/sizes.js';
import { type BlockSizes, tableBytes } from '../spectrum/tables.js';
import { blockBytes, factorBytes, TRANSFORM_BYTES, workBytes } from '../spectrum/transform.js';
import { isZero } from './border.js';
import type { SumRequest } from './request.js';
import { type SpectralAxes, type SpectralAxis, spectralAxes } from './spectral-axes.js';

/** How a request is computed. Lists have an entry each for planes, rows, and numbers of a row. */
export interface SpectralPlan {
  readonly axes: SpectralAxes;
  readonly precision: Precision;
  /** block sizes */
  readonly sizes: BlockSizes;
  /** numbers of a block along each axis before the first that is a good output, and good outputs */
  readonly skipped: readonly number[];
  readonly good: readonly number[];
  /** filter elements that are taken at a time; all, but for filters too large for the scratch */
  readonly taps: readonly number[];
  /** blocks of one row that are made in one go */
  readonly together: number;
  /** bytes of scratch, and of tables and the spectrum, which are kept */
  readonly scratch: number;
  readonly bytes: number;
  /** estimated nanoseconds */
  readonly cost: number;
  /** log2 of a block's numbers. What is promised: |error| <= u · this · ‖signal in the block‖₂ · ‖kernel‖₂ */
  readonly logSize: number;
}

/** Bytes of the scratch and of what is kept, for a request of any size. */
export const MOST_BYTES = 24 * 2 ** 20;

/** Bytes of blocks of one row that are copied together, computed, and copied back: a part of the second-level cache. */
const STRIP_BYTES = 2 ** 16;

/** Nanoseconds of a call, of a copy in or out with what goes with it, and of a number that is copied in and out. */
export const CALL = 3000;
export const COPY = 150;
const COPIED = 0.35;

/** Nanoseconds a number: there, times a spectrum, and back. Float64 takes as much a byte. */
export function nanoseconds({ length, rows, planes }: BlockSizes, precision: Precision): number {
  const size = Math.log2(length * rows * planes) + (precision === 'float64' ? 1 : 0);
  // a row in the first-level cache; rows, of which the shortest are all beginning and end; planes
  const base =
    rows * planes === 1
      ? 0.92 + 0.13 * Math.min(size - 8, 6) + 0.1 * Math.max(0, size - 14)
      : (planes > 1 ? 2 : 1.5) +
        0.1 * Math.max(0, size - 11) +
        0.06 * Math.max(0, size - 16) +
        (length < 64 ? 0.4 : 0);
  return (base + COPIED) * (precision === 'float64' ? 2 : 1);
}

/** The plan of a request with a stride and an upsample of 1 along each axis; none where it has more axes than a block. */
export function spectralPlan(
  request: Pick<SumRequest, 'axes' | 'border' | 'dtype'>,
  signal: readonly number[],
  kernel: readonly number[],
): SpectralPlan | undefined {
  const axes = spectralAxes(request, signal, kernel);
  if (!axes) return undefined;
  const precision = request.dtype;
  const all = axes.map(({ taps }) => taps);
  const taps = [...all];
  for (;;) {
    const wholes = axes.map((axis, i) => wholeOf(axis, taps[i], isZero(request.border)));
    const best = bestBlock(axes, taps, wholes, precision);
    if (best) return { axes, ...best, precision, taps };
    // too large for the scratch: the filter in parts
    const longest = taps.indexOf(Math.max(...taps));
    taps[longest] = Math.ceil(taps[longest] / 2);
  }
}

type Block = Omit<SpectralPlan, 'axes' | 'precision' | 'taps'>;

/** A block for all outputs of an axis: how many numbers it has at least, and how many of them stand before the first output. */
interface Whole {
  readonly least: number;
  readonly skipped: number;
}

/**
 * Zeros that stand around a signal need no place in a block of everything: neither those before it, nor those behind it, where what goes
 * beyond the block's end comes back at its beginning, as long as that is before the first output.
 */
function wholeOf({ size, taps: all, last, count }: SpectralAxis, taps: number, isZeroAround: boolean): Whole {
  const before = taps - 1;
  // parts of a filter begin at other places
  if (!isZeroAround || taps < all) return { least: count + before, skipped: before };
  const skipped = Math.max(0, Math.min(before, last));
  // the filter and the outputs have room, and what comes back ends before the first output
  return { least: Math.max(taps, count + skipped, Math.min(count, size - last) + before), skipped };
}

/** Blocks by counts, taps and precision: to weigh them takes as long as a small convolution. */
const chosen = new Map<string, Block | undefined>();
const MOST_CHOSEN = 1000;

/** The block size of least cost; none where all are too large. */
function bestBlock(
  axes: SpectralAxes,
  taps: readonly number[],
  wholes: readonly Whole[],
  precision: Precision,
): Block | undefined {
  const counts = axes.map(({ count }) => count);
  const parts = product(axes.map((axis, i) => Math.ceil(axis.taps / taps[i])));
  const key = [counts, taps, wholes.map(({ least, skipped }) => [least, skipped]), parts, precision].join();
  if (!chosen.has(key)) {
    if (chosen.size >= MOST_CHOSEN) chosen.clear();
    chosen.set(key, weighed(counts, taps, wholes, parts, precision));
  }
  return chosen.get(key);
}

function weighed(
  counts: readonly number[],
  taps: readonly number[],
  wholes: readonly Whole[],
  parts: number,
  precision: Precision,
): Block | undefined {
  const candidates = wholes.map(({ least }, i) => sizesFor(taps[i], least, i === 2 ? rowSize : columnSize));
  let best: Block | undefined;
  for (const planes of candidates[0])
    for (const rows of candidates[1])
      for (const length of candidates[2]) {
        const block = blockOf({ length, rows, planes }, counts, taps, wholes, parts, precision);
        if (block.bytes <= MOST_BYTES && !(best && best.cost <= block.cost)) best = block;
      }
  return best;
}

/** Sizes to choose from along an axis: the powers of two that hold the filter, and one block for everything, of `least` numbers or more. */
export function sizesFor(taps: number, least: number, sizeOf: (least: number) => number): number[] {
  const whole = sizeOf(least);
  if (taps === 1 && sizeOf === columnSize) return [1];
  const sizes: number[] = [];
  for (let size = sizeOf(4); size < whole; size *= 2) if (size >= taps) sizes.push(size);
  return [...sizes, whole];
}

function blockOf(
  sizes: BlockSizes,
  counts: readonly number[],
  taps: readonly number[],
  wholes: readonly Whole[],
  parts: number,
  precision: Precision,
): Block {
  const { length, rows, planes } = sizes;
  const points = length * rows * planes;
  const all = [planes, rows, length];
  const skipped = all.map((size, i) => (size >= wholes[i].least ? wholes[i].skipped : taps[i] - 1));
  const good = all.map((size, i) => size - skipped[i]);
  const blocks = counts.map((count, i) => Math.ceil(count / good[i]));
  const isRow = rows * planes === 1;
  const rowBytes = length * numberBytes(precision);
  const together = isRow ? Math.max(1, Math.min(blocks[2], Math.floor(STRIP_BYTES / rowBytes))) : 1;
  const window = isRow
    ? rowBytes + (together - 1) * good[2] * numberBytes(precision)
    : blockBytes(sizes, precision);
  const spectrum = factorBytes(sizes, precision);
  // blocks that are made together are not written to where they are read
  const scratch =
    TRANSFORM_BYTES + (together > 1 ? 2 : 1) * (window + 64) + spectrum + workBytes(sizes, precision) + 128;
  // rows that are as wide as the outputs are copied together
  const isWide = good[2] >= counts[2];
  const copies = isRow ? 2 / together + 1 : isWide ? 2 * planes + 0.5 * rows * planes : 2 * rows * planes;
  const each = points * nanoseconds(sizes, precision) + COPY * copies;
  return {
    sizes,
    skipped,
    good,
    together,
    scratch,
    bytes: scratch + tableBytes(sizes, precision),
    cost: CALL + parts * each * (product(blocks) + 0.5),
    logSize: Math.log2(points),
  };
}
