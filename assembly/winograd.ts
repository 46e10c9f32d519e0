// Winograd: kernels of step one with fewer multiplications, 2.25 instead of 9 an output for 3x3 kernels (F(4x4, 3x3)), 1.78
// instead of 4 for 2x2 kernels (F(3x3, 2x2)), the classes of outputs of a transposed 4x4 kernel of step two, and 1.5 instead of 3
// along the width (F(4, 3)) for three taps in a row whatever the other axes do. Threes of taps may be dilated. Larger kernels are
// several of these.
//
// Tiles of 4x4 (3x3, 4) outputs read tiles of E = 6x6 (4x4, 6) inputs. Along the depth, which is not transformed, a tile is a column
// of `tileDepth` outputs, and the planes of inputs that these share are transformed once. A block of tiles passes three steps, in
// the second-level cache:
//
//   V[E][tile / 8][plane][term][8]   the transformed inputs; a term is one of the kernels of a channel
//   M[E][depth][filter][tile]        for each of the E elements a matrix product of packed weights U[E] with some planes of V
//   the transformed M                back to outputs
//
// The last tile of an axis is moved back to end with it; a row of tiles writes only what the one before did not, and a column
// computes the same bits again.

import { PlanRecord } from '../src/shared/record';
import { TILE_ENTRY as ENTRY } from './kernels/tile-table';
import { input3x2 } from './kernels/winograd3x2/input';
import { output3x2 } from './kernels/winograd3x2/output';
import { input4x3, inputRows4x3 } from './kernels/winograd4x3/input';
import { output4x3, outputRows4x3 } from './kernels/winograd4x3/output';
import { correlate, tileRow } from './tiles';

/** Channels that F(3x3, 2x2) transforms in one call: few, so that the lines they write are still there for the panel's other half. */
const TOGETHER: i32 = 4;

/** Computes the tile rows `begin` to `end` (an item is one row of tiles of all filters of one group of one image). */
export function winograd(plan: PlanRecord, begin: i32, end: i32): void {
  const rows =
    tilesAlong(plan.depth, plan.tileDepth, plan.tileDepthGap) *
    tilesAlong(plan.height, plan.tileRows, plan.tileRowGap);
  const columns = tilesAlong(plan.width, plan.tileOutputs, plan.tileGap);
  while (begin < end) {
    const map = begin / rows;
    const first = begin - map * rows;
    const last = min(first + end - begin, rows);
    // Loop over the tiles of these rows, as many at a time as the work space holds.
    for (let tile = first * columns; tile < last * columns; tile += plan.panelTiles) {
      blockOfTiles(plan, map, tile, min(plan.panelTiles, last * columns - tile));
    }
    begin += last - first;
  }
}

/** Tiles that cover an axis; of dilated taps, as many tiles as the dilation lie interleaved. */
function tilesAlong(size: i32, outputs: i32, gap: i32): i32 {
  const reach = outputs * gap;
  return ((size + reach - 1) / reach) * gap;
}

/** The first output of a tile along an axis. */
function placeOf(tile: i32, size: i32, outputs: i32, gap: i32): i32 {
  const reach = outputs * gap;
  return min((tile / gap) * reach, size - reach) + (tile % gap);
}

function blockOfTiles(plan: PlanRecord, map: i32, first: i32, tiles: i32): void {
  const padded = (tiles + 7) & ~7;
  const table = <usize>plan.edge + 36 * 16;
  listTiles(plan, map, first, tiles, padded, table);

  // A line is added to every stride: all elements at multiples of 4096 would meet in one set of the first cache.
  const planes = plan.tileStretch + plan.tilePlanes - 1;
  const planeTerms = plan.terms / plan.tilePlanes;
  const inputStep = ((<usize>(padded * planes * planeTerms)) << 2) + 64;
  const outputStep = ((<usize>(padded * plan.tileStretch * plan.packedRows)) << 2) + 64;
  const transformed = <usize>plan.panel;
  const products = transformed + <usize>plan.tileElements * inputStep;
  // Loop along the depth; the last stretch is moved back to end with it.
  for (let depth = 0, kept = 0; ; ) {
    inputs(plan, padded, table, depth, kept, transformed, inputStep);
    multiply(plan, map % plan.groups, padded, transformed, inputStep, products, outputStep);
    outputs(plan, map % plan.groups, tiles, table, depth, products, outputStep);
    const step = min(plan.tileStretch, plan.tileDepth - plan.tileStretch - depth);
    if (step == 0) break;
    depth += step;
    kept = planes - step;
    keepPlanes(plan, padded, planeTerms, planes, kept, transformed);
  }
}

/** Moves the last planes of inputs to the front. */
function keepPlanes(plan: PlanRecord, padded: i32, planeTerms: i32, planes: i32, kept: i32, to: usize): void {
  const bytes = (<usize>(kept * planeTerms)) << 5;
  const skipped = (<usize>((planes - kept) * planeTerms)) << 5;
  // Loop over the elements and the panels of eight tiles.
  for (let e = 0; e < plan.tileElements; e++, to += 64) {
    for (let t = 0; t < padded; t += 8, to += skipped) {
      for (let end = to + bytes; to < end; to += 32) {
        v128.store(to, v128.load(to + skipped));
        v128.store(to, v128.load(to + skipped, 16), 16);
      }
    }
  }
}

/** Writes the tile table; the panel is filled up with repetitions of the last tile. */
function listTiles(plan: PlanRecord, map: i32, first: i32, tiles: i32, padded: i32, table: usize): void {
  const columns = tilesAlong(plan.width, plan.tileOutputs, plan.tileGap);
  const rowGap = plan.tileRowGap;
  const perDepth = tilesAlong(plan.height, plan.tileRows, rowGap);
  const window = <usize>plan.staged + <usize>map * <usize>plan.channels * <usize>plan.stagedChannel;
  const target = <usize>plan.target + <usize>map * <usize>plan.filters * <usize>plan.targetFilter;
  for (let t = 0; t < padded; t++, table += ENTRY) {
    const tile = first + min(t, tiles - 1);
    const line = tile / columns;
    const column = line / perDepth;
    const row = line - column * perDepth;
    const d = placeOf(column, plan.depth, plan.tileDepth, plan.tileDepthGap);
    const h = placeOf(row, plan.height, plan.tileRows, rowGap);
    const w = placeOf(tile - line * columns, plan.width, plan.tileOutputs, plan.tileGap);
    store<usize>(
      table,
      window + <usize>d * <usize>plan.stagedDepth + <usize>h * <usize>plan.stagedRow + ((<usize>w) << 2),
    );
    store<usize>(table, target + ((<usize>((d * plan.height + h) * plan.width + w)) << 2), 4);
    // rows before those that the tile above did not write
    const begin = (row / rowGap) * rowGap * plan.tileRows;
    store<i32>(table, (begin - h + rowGap - 1) / rowGap, 8);
  }
}

/** Transforms the inputs of a block for the outputs from `first` along the depth on, but for planes that were kept. */
function inputs(
  plan: PlanRecord,
  padded: i32,
  table: usize,
  first: i32,
  kept: i32,
  to: usize,
  step: usize,
): void {
  const row = <usize>(plan.stagedRow * plan.tileRowGap);
  const gap = (<usize>plan.tileGap) << 2;
  const work = <usize>plan.edge;
  const channels = plan.channels;
  const channel = <usize>plan.stagedChannel;
  const taps = plan.tilePlanes;
  const last = first + plan.tileStretch + taps - 1;
  const kernels = plan.terms / taps / channels;
  const kernelBytes = (plan.taps / taps / kernels) << 2;
  const term = (<usize>kernels) << 5;
  // Loop over the panels of eight tiles.
  for (const end = table + <usize>padded * ENTRY; table < end; table += 8 * ENTRY) {
    to += <usize>(kept * channels) * term;
    // Loop over the planes; those beyond the first output's follow one another.
    for (let plane = first + kept; plane < last; plane++, to += <usize>channels * term) {
      const beyond = max(0, plane - taps + 1);
      for (let kernel = 0; kernel < kernels; kernel++) {
        const tap = <usize>plan.tapTable + <usize>(((plane - beyond) * kernels + kernel) * kernelBytes);
        const offset = <usize>load<u32>(tap) + <usize>(beyond * plan.tileDepthGap * plan.stagedDepth);
        // Loop over channels, one or some at a time, and four tiles of them; tiles along the width take all channels.
        let half = to + ((<usize>kernel) << 5);
        const some = plan.tileOutputs == 3 ? TOGETHER : plan.tileRows == 1 ? channels : 1;
        for (
          let c = 0, p = offset;
          c < channels;
          c += some, p += <usize>some * channel, half += <usize>some * term
        ) {
          for (let t: usize = 0; t < 2; t++) {
            const entry = table + t * 4 * ENTRY;
            const v = half + (t << 4);
            const count = min(some, channels - c);
            if (plan.tileOutputs == 3) input3x2(entry, p, row, channel, v, step, term, count);
            else if (plan.tileRows == 1) inputRows4x3(entry, p, channel, gap, v, step, term, count);
            else input4x3(entry, p, row, gap, work, v, step);
          }
        }
      }
    }
  }
}

/** The matrix products, one for each element of the transformed tiles. */
function multiply(
  plan: PlanRecord,
  group: i32,
  padded: i32,
  from: usize,
  inputStep: usize,
  to: usize,
  outputStep: usize,
): void {
  const terms = plan.terms;
  const planeTerms = terms / plan.tilePlanes;
  const panelTerms = planeTerms * (plan.tileStretch - 1) + terms;
  const rows = plan.packedRows;
  const filterTiles = plan.filterTiles;
  const row = (<usize>padded) << 2;
  const zeros = <usize>plan.bias + ((<usize>plan.groups * rows) << 2);
  const element = (<usize>(rows * terms)) << 2;
  let weights = <usize>plan.weights + <usize>(group * plan.tileElements) * element;
  // Loop over the elements.
  for (let e = 0; e < plan.tileElements; e++, weights += element, from += inputStep, to += outputStep) {
    // Loop over blocks of terms, as in gemm: a panel stays in the first cache, and errors stay small.
    for (let block = 0; block < terms; block += plan.termsBlock) {
      const count = min(plan.termsBlock, terms - block);
      // Loop over the panels of eight tiles; in each over the filter tiles, and for each of these along the depth.
      for (let t = 0; t < padded; t += 8) {
        for (let f = 0; f < filterTiles; f++) {
          const first = tileRow(plan, f);
          const tileFilters = tileRow(plan, f + 1) - first;
          const a = weights + ((<usize>(block * rows + count * first)) << 2);
          let panel = from + ((<usize>((t >> 3) * panelTerms + block)) << 5);
          let products = to + <usize>first * row + ((<usize>t) << 2);
          for (
            let d = 0;
            d < plan.tileStretch;
            d++, panel += (<usize>planeTerms) << 5, products += <usize>rows * row
          ) {
            correlate(tileFilters, count, a, panel, products, row, zeros, block != 0);
          }
        }
      }
    }
  }
}

/** Transforms the products back and writes the outputs from `first` along the depth on. */
function outputs(
  plan: PlanRecord,
  group: i32,
  tiles: i32,
  table: usize,
  first: i32,
  from: usize,
  step: usize,
): void {
  const line = (<usize>((tiles + 7) & ~7)) << 2;
  const row = (<usize>(plan.width * plan.tileRowGap)) << 2;
  const gap = (<usize>plan.tileGap) << 2;
  const work = <usize>plan.edge;
  const flag = <usize>plan.flag;
  const filter = <usize>plan.targetFilter;
  const bias = <usize>plan.bias + ((<usize>group * plan.packedRows) << 2);
  const end = table + <usize>tiles * ENTRY;
  for (let d = first; d < first + plan.tileStretch; d++, from += <usize>plan.packedRows * line) {
    let to = (<usize>(d * plan.tileDepthGap * plan.height * plan.width)) << 2;
    // Loop over the filters, or take one as a row of the tiles.
    for (let f = 0; f < plan.filters; f++, to += filter) {
      let m = from + <usize>f * line;
      const start = bias + ((<usize>f) << 2);
      for (let entry = table; entry < end; entry += 4 * ENTRY, m += 16) {
        if (plan.tileOutputs == 3) output3x2(m, step, work, start, entry, to, row, flag);
        else if (plan.tileRows == 1)
          outputRows4x3(m, step, line, plan.filters, start, 4, entry, to, filter, gap, flag);
        else output4x3(m, step, work, start, entry, to, row, gap, flag);
      }
      if (plan.tileRows == 1) break;
    }
  }
}
