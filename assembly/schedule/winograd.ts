// Winograd: kernels of stride one with fewer multiplications. 3x3 kernels take 2.25 products an output instead of 9 (F(4x4, 3x3)),
// 2x2 kernels 1.78 instead of 4 (F(3x3, 2x2)), three taps along the width 1.5 instead of 3 (F(4, 3)). Larger kernels are several of
// these, each a term of its own.
//
// A tile of 4x4 (3x3, 4) outputs reads E = 6x6 (4x4, 6) inputs. The depth is not transformed: a tile is `tileDepth` outputs deep,
// and the planes of inputs that these share are transformed once. Some tiles at a time pass three steps, in the second-level cache:
//
//   V[E][tile / 8][plane][term][8]   the transformed inputs
//   M[E][depth][filter][tile]        for each of the E elements, the product of the packed weights U[E] and some planes of V
//   outputs                          M transformed back

import { F3X3_2X2, F4_3, LINE, TILE_ENTRY } from '../../src/shared/sizes';
import { Desk, WinogradTask } from '../../src/shared/task';
import { isNoted } from '../kernels/tile-table';
import { input3x2 } from '../kernels/winograd3x2/input';
import { output3x2 } from '../kernels/winograd3x2/output';
import { input4x3, inputRows4x3 } from '../kernels/winograd4x3/input';
import { output4x3, outputRows4x3 } from '../kernels/winograd4x3/output';
import { firstFilter } from '../weights/filter-table';
import { zerosOf } from './groups';
import { correlate } from './register-tile';
import { listTiles, tilesAlong } from './winograd-tiles';

/** Channels that F(3x3, 2x2) transforms in a call: few, so that the lines they write are still there for the panel's other half. */
const CHANNELS_3X2: i32 = 4;

/**
 * Computes the tile rows `begin` to `end` (an item is one row of tiles of all filters of one group of one image; the images of a group
 * follow one another).
 */
export function winograd(task: WinogradTask, desk: Desk, begin: i32, end: i32): void {
  const rows =
    task.images *
    tilesAlong(task.depth, task.tileDepth, task.depthGap) *
    tilesAlong(task.height, task.tileHeight, task.heightGap);
  const columns = tilesAlong(task.width, task.tileWidth, task.widthGap);
  while (begin < end) {
    const group = begin / rows;
    const first = begin - group * rows;
    const last = min(first + end - begin, rows);
    // Loop over the tiles of these rows, as many at once as the desk holds.
    for (let tile = first * columns; tile < last * columns; tile += task.tilesAtOnce) {
      tileBatch(task, desk, group, tile, min(task.tilesAtOnce, last * columns - tile));
    }
    begin += last - first;
  }
}

/** Computes the `tiles` tiles of one group from `first` on. */
function tileBatch(task: WinogradTask, desk: Desk, own: i32, first: i32, tiles: i32): void {
  const padded = (tiles + 7) & ~7;
  listTiles(task, own, first, tiles, padded, desk.tileTable);

  // A line is added to the stride of elements: at multiples of 4096 all would meet in one set of the first-level cache.
  const planes = task.depthAtOnce + task.planes - 1;
  const planeTerms = task.terms / task.planes;
  const inputElement = ((<usize>(padded * planes * planeTerms)) << 2) + LINE;
  const outputElement = ((<usize>(padded * task.depthAtOnce * task.packedFilters)) << 2) + LINE;
  const transformed = <usize>desk.transformed;
  const products = transformed + <usize>task.elements * inputElement;
  // Loop along the depth; the last step is shortened to end with the tile.
  for (let depth = 0, kept = 0; ; ) {
    inputs(task, desk, padded, depth, kept, transformed, inputElement);
    multiply(task, own, padded, transformed, inputElement, products, outputElement);
    outputs(task, desk, own, tiles, depth, products, outputElement);
    const step = min(task.depthAtOnce, task.tileDepth - task.depthAtOnce - depth);
    if (step == 0) break;
    depth += step;
    kept = planes - step;
    keepPlanes(task, padded, planeTerms, planes, kept, transformed);
  }
  noteItems(task, desk, own, first, tiles);
}

/** Notes the items, which are rows of tiles, in which an output is not finite. */
function noteItems(task: WinogradTask, desk: Desk, own: i32, first: i32, tiles: i32): void {
  const columns = tilesAlong(task.width, task.tileWidth, task.widthGap);
  const rows =
    task.images *
    tilesAlong(task.depth, task.tileDepth, task.depthGap) *
    tilesAlong(task.height, task.tileHeight, task.heightGap);
  let entry = <usize>desk.tileTable;
  for (let tile = first; tile < first + tiles; tile++, entry += TILE_ENTRY) {
    if (!isNoted(entry)) continue;
    store<i32>(<usize>task.notes + ((<usize>(own * rows + tile / columns)) << 2), 1);
    desk.notFinite = 1;
  }
}

/** Moves the last planes of inputs, which the next outputs read too, to the front. */
function keepPlanes(
  task: WinogradTask,
  padded: i32,
  planeTerms: i32,
  planes: i32,
  kept: i32,
  to: usize,
): void {
  const bytes = (<usize>(kept * planeTerms)) << 5;
  const skipped = (<usize>((planes - kept) * planeTerms)) << 5;
  // Loop over the elements, over the panels of eight tiles, over the numbers.
  for (let e = 0; e < task.elements; e++, to += LINE) {
    for (let t = 0; t < padded; t += 8, to += skipped) {
      for (let end = to + bytes; to < end; to += 32) {
        v128.store(to, v128.load(to + skipped));
        v128.store(to, v128.load(to + skipped, 16), 16);
      }
    }
  }
}

/** Transforms the inputs for the outputs from `first` along the depth on; `kept` planes are there already. */
function inputs(
  task: WinogradTask,
  desk: Desk,
  padded: i32,
  first: i32,
  kept: i32,
  to: usize,
  element: usize,
): void {
  const transform = task.transform;
  const row = <usize>(task.windowRow * task.heightGap);
  const gap = (<usize>task.widthGap) << 2;
  const half = <usize>desk.halfTransformed;
  const channels = task.channels;
  const channel = <usize>task.windowChannel;
  const taps = task.planes;
  const last = first + task.depthAtOnce + taps - 1;
  const kernels = task.kernels;
  const kernelBytes = task.kernelTaps << 2;
  const term = (<usize>kernels) << 5;
  // channels in a call: some, all, or one, whose columns are transformed after its rows
  const together = transform == F3X3_2X2 ? CHANNELS_3X2 : transform == F4_3 ? channels : 1;
  let table = <usize>desk.tileTable;
  // Loop over the panels of eight tiles.
  for (const end = table + <usize>(padded * TILE_ENTRY); table < end; table += 8 * TILE_ENTRY) {
    to += <usize>(kept * channels) * term;
    // Loop over the planes; those beyond the first output's follow one another.
    for (let plane = first + kept; plane < last; plane++, to += <usize>channels * term) {
      const beyond = max(0, plane - taps + 1);
      // Loop over the kernels of the plane.
      for (let kernel = 0; kernel < kernels; kernel++) {
        const tap = <usize>task.tapTable + <usize>(((plane - beyond) * kernels + kernel) * kernelBytes);
        let offset = <usize>load<u32>(tap) + <usize>(beyond * task.depthGap * task.windowDepth);
        let panel = to + ((<usize>kernel) << 5);
        // Loop over the channels, and over the halves of the panel, four tiles each.
        for (let c = 0; c < channels; c += together) {
          const count = min(together, channels - c);
          for (let t: usize = 0; t < 2; t++) {
            const entry = table + t * 4 * TILE_ENTRY;
            const v = panel + (t << 4);
            if (transform == F3X3_2X2) input3x2(entry, offset, row, channel, v, element, term, count);
            else if (transform == F4_3) inputRows4x3(entry, offset, channel, gap, v, element, term, count);
            else input4x3(entry, offset, row, gap, half, v, element);
          }
          offset += <usize>together * channel;
          panel += <usize>together * term;
        }
      }
    }
  }
}

/** The matrix products, one for each element of the transformed tiles. */
function multiply(
  task: WinogradTask,
  own: i32,
  padded: i32,
  from: usize,
  inputElement: usize,
  to: usize,
  outputElement: usize,
): void {
  const terms = task.terms;
  const planeTerms = terms / task.planes;
  const panelTerms = planeTerms * (task.depthAtOnce - 1) + terms;
  const packed = task.packedFilters;
  const filterTiles = task.filterTiles;
  const row = (<usize>padded) << 2;
  const zeros = zerosOf(task);
  const element = (<usize>(packed * terms)) << 2;
  let weights = <usize>task.weights + <usize>(own * task.elements) * element;
  // Loop over the elements.
  for (let e = 0; e < task.elements; e++, weights += element, from += inputElement, to += outputElement) {
    // Loop over the terms, so many at once as in gemm: a panel stays in the first-level cache, and errors stay small.
    for (let term = 0; term < terms; term += task.termsAtOnce) {
      const count = min(task.termsAtOnce, terms - term);
      // Loop over the panels of eight tiles, over the filter tiles, along the depth.
      // Not taken: tiles of four pixels where a panel holds four tiles or fewer, 1.00 for n1 g1 c64 f64 i7x7 k3x3 p1x1.
      for (let t = 0; t < padded; t += 8) {
        for (let f = 0; f < filterTiles; f++) {
          const first = firstFilter(task.filterTable, f);
          const tileFilters = firstFilter(task.filterTable, f + 1) - first;
          const a = weights + ((<usize>(term * packed + count * first)) << 2);
          let panel = from + ((<usize>((t >> 3) * panelTerms + term)) << 5);
          let products = to + <usize>first * row + ((<usize>t) << 2);
          for (
            let d = 0;
            d < task.depthAtOnce;
            d++, panel += (<usize>planeTerms) << 5, products += <usize>packed * row
          ) {
            correlate(tileFilters, count, a, panel, products, row, zeros, term != 0);
          }
        }
      }
    }
  }
}

/** Transforms the products back and stores the outputs from `first` along the depth on. */
function outputs(
  task: WinogradTask,
  desk: Desk,
  own: i32,
  tiles: i32,
  first: i32,
  from: usize,
  element: usize,
): void {
  const transform = task.transform;
  const line = (<usize>((tiles + 7) & ~7)) << 2;
  const row = (<usize>(task.width * task.heightGap)) << 2;
  const gap = (<usize>task.widthGap) << 2;
  const half = <usize>desk.halfTransformed;
  const filter = <usize>task.targetFilter;
  const bias = <usize>task.bias + ((<usize>own * task.packedFilters) << 2);
  const table = <usize>desk.tileTable;
  const end = table + <usize>(tiles * TILE_ENTRY);
  // F(4, 3) takes the filters in the place of rows, all in one call.
  const filters = transform == F4_3 ? 1 : task.filters;
  // Loop along the depth, over the filters, over four tiles at a time.
  for (let d = first; d < first + task.depthAtOnce; d++, from += <usize>task.packedFilters * line) {
    let to = (<usize>(d * task.depthGap * task.height * task.width)) << 2;
    for (let f = 0; f < filters; f++, to += filter) {
      let m = from + <usize>f * line;
      const start = bias + ((<usize>f) << 2);
      for (let entry = table; entry < end; entry += 4 * TILE_ENTRY, m += 16) {
        if (transform == F3X3_2X2) output3x2(m, element, half, start, entry, to, row);
        else if (transform == F4_3)
          outputRows4x3(m, element, line, task.filters, start, 4, entry, to, filter, gap);
        else output4x3(m, element, half, start, entry, to, row, gap);
      }
    }
  }
}
