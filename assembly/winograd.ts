// Winograd: small kernels of step one with fewer multiplications, 2.25 instead of 9 an output for 3x3 kernels (F(4x4, 3x3)), 1.78
// instead of 4 for 2x2 kernels (F(3x3, 2x2)), the classes of outputs of a transposed 4x4 kernel of step two, and 1.5 instead of 3
// along the width (F(4, 3)) for three taps in a row, dilated or not, whatever the other axes do.
//
// Tiles of 4x4 (3x3, 4) outputs read tiles of E = 6x6 (4x4, 6) inputs. A block of tiles passes three steps, in the second-level cache:
//
//   V[E][tile / 8][term][8]     the transformed inputs; a term is a channel, and a tap along the axes that tiles don't cover
//   M[E][filter][tile]          for each of the E elements a matrix product of packed weights U[E] with V
//   the transformed M           back to outputs
//
// The last tile of a row or column is moved back to end with it; a tile row writes only what the one before did not.

import { PlanRecord } from '../src/record';
import { coefficient3x2, spreadKernel3x2, transformInput3x2, transformOutput3x2 } from './kernels/winograd3x2';
import { coefficient4x3, spreadKernel4x3, transformInput4x3, transformOutput4x3 } from './kernels/winograd4x3';
import { transformInput4x3Line, transformOutput4x3Line } from './kernels/winograd4x3line';
import { correlate, filterTileCount, packedRows, tileRow, tileRows } from './tiles';

/** Bytes of a tile's entry in the tile table: addresses of its inputs and outputs, rows that it does not write. */
const ENTRY: usize = 12;

/** Packs the filter tiles `begin` to `end` (an item is one tile of one group): U[E][block of terms][filter tile][term][filter of the tile]. */
export function winogradPack(plan: PlanRecord, begin: i32, end: i32): void {
  const tiles = filterTileCount(plan);
  const terms = plan.terms;
  const kernels = terms / plan.channels;
  const kernelBytes = <usize>(plan.taps / kernels) << 2;
  const element = <usize>(packedRows(plan) * terms) << 2;
  for (let item = begin; item < end; item++) {
    const group = item / tiles;
    const tile = item - group * tiles;
    const first = tileRow(plan, tile);
    const rows = tileRows(plan, tile);
    const from = <usize>plan.raw + <usize>group * <usize>plan.rawGroup;
    const weights = <usize>plan.weights + <usize>group * <usize>plan.weightsGroup;
    for (let term = 0; term < terms; term++) {
      const block = term - (term % plan.termsBlock);
      const count = min(plan.termsBlock, terms - block);
      let to = weights + (<usize>(block * packedRows(plan) + count * first + (term - block) * rows) << 2);
      const channel = term / kernels;
      const table = <usize>plan.kernelTable + <usize>(term - channel * kernels) * kernelBytes;
      for (let row = first; row < first + rows; row++, to += 4) {
        const kernel = from + <usize>channel * <usize>plan.rawChannel + <usize>row * <usize>plan.rawFilter;
        transformKernel(plan, row < plan.filters, kernel, table, to, element);
      }
    }
  }
}

/** G k G^T (G k) of one kernel, whose elements are found by a table of byte offsets, or zeros: element e goes to `to + e * step`. */
function transformKernel(plan: PlanRecord, exists: bool, kernel: usize, table: usize, to: usize, step: usize): void {
  if (!exists) {
    for (let e = 0; e < plan.tileElements; e++, to += step) store<f32>(to, 0);
  } else if (plan.tileElements == plan.tileSide) {
    spreadKernel4x3(tapOf(kernel, table, 0), tapOf(kernel, table, 1), tapOf(kernel, table, 2), to, step);
  } else if (plan.tileSide == 6) {
    // Loop over the rows of G k; each is spread along the other axis at once.
    for (let i = 0; i < 6; i++, to += 6 * step) {
      const c0 = coefficient4x3(i, 0);
      const c1 = coefficient4x3(i, 1);
      const c2 = coefficient4x3(i, 2);
      const h0 = c0 * tapOf(kernel, table, 0) + c1 * tapOf(kernel, table, 3) + c2 * tapOf(kernel, table, 6);
      const h1 = c0 * tapOf(kernel, table, 1) + c1 * tapOf(kernel, table, 4) + c2 * tapOf(kernel, table, 7);
      const h2 = c0 * tapOf(kernel, table, 2) + c1 * tapOf(kernel, table, 5) + c2 * tapOf(kernel, table, 8);
      spreadKernel4x3(h0, h1, h2, to, step);
    }
  } else {
    for (let i = 0; i < 4; i++, to += 4 * step) {
      const c0 = coefficient3x2(i, 0);
      const c1 = coefficient3x2(i, 1);
      const h0 = c0 * tapOf(kernel, table, 0) + c1 * tapOf(kernel, table, 2);
      const h1 = c0 * tapOf(kernel, table, 1) + c1 * tapOf(kernel, table, 3);
      spreadKernel3x2(h0, h1, to, step);
    }
  }
}

/** One element of a kernel. */
// @ts-ignore: decorator
@inline
function tapOf(kernel: usize, table: usize, tap: usize): f64 {
  return <f64>load<f32>(kernel + <usize>load<u32>(table + (tap << 2)));
}

/** Computes the tile rows `begin` to `end` (an item is one row of tiles of all filters of one group of one image). */
export function winograd(plan: PlanRecord, begin: i32, end: i32): void {
  const rows = plan.depth * tileRowsOf(plan);
  const columns = tileColumnsOf(plan);
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

/** Rows of tiles that cover the height. */
function tileRowsOf(plan: PlanRecord): i32 {
  if (plan.tileElements == plan.tileSide) return plan.height;
  return (plan.height + plan.tileOutputs - 1) / plan.tileOutputs;
}

/** Tiles that cover a row; of dilated taps, as many tiles as the dilation lie interleaved. */
function tileColumnsOf(plan: PlanRecord): i32 {
  const reach = plan.tileOutputs * plan.tileGap;
  return ((plan.width + reach - 1) / reach) * plan.tileGap;
}

function blockOfTiles(plan: PlanRecord, map: i32, first: i32, tiles: i32): void {
  const padded = (tiles + 7) & ~7;
  const table = <usize>plan.edge + 36 * 16;
  listTiles(plan, map, first, tiles, padded, table);

  // A line is added to every stride: all elements at multiples of 4096 would meet in one set of the first cache.
  const terms = plan.terms;
  const inputStep = (<usize>(padded * terms) << 2) + 64;
  const outputStep = (<usize>(padded * packedRows(plan)) << 2) + 64;
  const transformed = <usize>plan.panel;
  const products = transformed + <usize>plan.tileElements * inputStep;
  inputs(plan, padded, table, transformed, inputStep);
  multiply(plan, map % plan.groups, padded, transformed, inputStep, products, outputStep);
  outputs(plan, map % plan.groups, tiles, table, products, outputStep);
}

/** Writes the tile table; the panel is filled up with repetitions of the last tile. */
function listTiles(plan: PlanRecord, map: i32, first: i32, tiles: i32, padded: i32, table: usize): void {
  const columns = tileColumnsOf(plan);
  const perDepth = tileRowsOf(plan);
  const gap = plan.tileGap;
  const wide = plan.tileOutputs * gap;
  const high = plan.tileElements == plan.tileSide ? 1 : plan.tileOutputs;
  const window = <usize>plan.staged + <usize>map * <usize>plan.channels * <usize>plan.stagedChannel;
  const target = <usize>plan.target + <usize>map * <usize>plan.filters * <usize>plan.targetFilter;
  for (let t = 0; t < padded; t++, table += ENTRY) {
    const tile = first + min(t, tiles - 1);
    const line = tile / columns;
    const d = line / perDepth;
    const h = min((line - d * perDepth) * high, plan.height - high);
    const column = tile % columns;
    const w = min((column / gap) * wide, plan.width - wide) + (column % gap);
    store<usize>(
      table,
      window + <usize>d * <usize>plan.stagedDepth + <usize>h * <usize>plan.stagedRow + (<usize>w << 2),
    );
    store<usize>(table, target + (<usize>((d * plan.height + h) * plan.width + w) << 2), 4);
    store<i32>(table, (line - d * perDepth) * high - h, 8);
  }
}

/** Transforms the inputs of all tiles of a block. */
function inputs(plan: PlanRecord, padded: i32, table: usize, to: usize, step: usize): void {
  const row = <usize>plan.stagedRow;
  const terms = plan.terms;
  const kernelBytes = (plan.taps * plan.channels / terms) << 2;
  const gap = <usize>plan.tileGap << 2;
  const isLine = plan.tileElements == plan.tileSide;
  // Loop over four tiles at a time: half a panel.
  for (let t = 0; t < padded; t += 4, table += 4 * ENTRY) {
    const p0 = load<usize>(table);
    const p1 = load<usize>(table, 12);
    const p2 = load<usize>(table, 24);
    const p3 = load<usize>(table, 36);
    let half = to + (<usize>((t >> 3) * terms) << 5) + (<usize>(t & 4) << 2);
    // Loop over the terms: the first tap of each of a term's 3x3 kernels.
    let tap = <usize>plan.tapTable;
    for (let term = 0; term < terms; term++, tap += kernelBytes, half += 32) {
      const offset = <usize>load<u32>(tap);
      const q0 = p0 + offset;
      const q1 = p1 + offset;
      const q2 = p2 + offset;
      const q3 = p3 + offset;
      if (isLine) transformInput4x3Line(q0, q1, q2, q3, gap, half, step);
      else if (plan.tileSide == 6) transformInput4x3(q0, q1, q2, q3, row, <usize>plan.edge, half, step);
      else transformInput3x2(q0, q1, q2, q3, row, <usize>plan.edge, half, step);
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
  const rows = packedRows(plan);
  const filterTiles = filterTileCount(plan);
  const row = <usize>padded << 2;
  const zeros = <usize>plan.bias + <usize>plan.groups * <usize>plan.biasGroup;
  let weights = <usize>plan.weights + <usize>group * <usize>plan.weightsGroup;
  const element = <usize>(rows * terms) << 2;
  // Loop over the elements.
  for (let e = 0; e < plan.tileElements; e++, weights += element, from += inputStep, to += outputStep) {
    // Loop over blocks of terms, as in gemm: a panel stays in the first cache, and errors stay small.
    for (let block = 0; block < terms; block += plan.termsBlock) {
      const count = min(plan.termsBlock, terms - block);
      // Loop over the panels of eight tiles.
      for (let t = 0; t < padded; t += 8) {
        const panel = from + (<usize>((t >> 3) * terms + block) << 5);
        for (let f = 0; f < filterTiles; f++) {
          const first = tileRow(plan, f);
          const tileFilters = tileRows(plan, f);
          const a = weights + (<usize>(block * rows + count * first) << 2);
          const c = to + <usize>first * row + (<usize>t << 2);
          correlate(tileFilters, count, a, panel, c, row, zeros, block != 0);
        }
      }
    }
  }
}

/** Transforms the products back and writes the outputs. */
function outputs(plan: PlanRecord, group: i32, tiles: i32, table: usize, from: usize, step: usize): void {
  const padded = (tiles + 7) & ~7;
  const row = <usize>plan.width << 2;
  const gap = <usize>plan.tileGap << 2;
  const isLine = plan.tileElements == plan.tileSide;
  for (let f = 0; f < plan.filters; f++) {
    const bias = <usize>plan.bias + <usize>group * <usize>plan.biasGroup + (<usize>f << 2);
    const filter = <usize>f * <usize>plan.targetFilter;
    const line = from + (<usize>(f * padded) << 2);
    for (let t = 0; t < tiles; t += 4) {
      const entry = table + <usize>t * ENTRY;
      const m = line + (<usize>t << 2);
      const q0 = load<usize>(entry, 4) + filter;
      const q1 = load<usize>(entry, 16) + filter;
      const q2 = load<usize>(entry, 28) + filter;
      const q3 = load<usize>(entry, 40) + filter;
      const skips = entry + 8;
      const work = <usize>plan.edge;
      const flag = <usize>plan.flag;
      if (isLine) transformOutput4x3Line(m, step, bias, q0, q1, q2, q3, gap, flag);
      else if (plan.tileSide == 6) transformOutput4x3(m, step, work, bias, q0, q1, q2, q3, skips, row, flag);
      else transformOutput3x2(m, step, work, bias, q0, q1, q2, q3, skips, row, flag);
    }
  }
}
