// Winograd: kernels with fewer multiplications. 3x3 kernels take 2.25 products an output instead of 9 (F(4x4, 3x3)), 2x2 kernels 1.78
// instead of 4 (F(3x3, 2x2)), three taps along the width or the height 1.5 instead of 3 (F(4, 3)). Larger kernels are several of these,
// each a term of its own, and so are the taps that read each residue of a step. Kernels without a last tap are short: the element at
// infinity, the last of an axis, leaves them out.
//
// A tile of 4x4 (3x3, 4) outputs reads E = 6x6 (4x4, 6) inputs. The depth is not transformed: a tile is `tileDepth` outputs deep,
// and the planes of inputs that these share are transformed once. Some tiles at a time pass three steps, in the second-level cache:
//
//   V[E][tile / 8][plane][kernel][channel][8]   the transformed inputs
//   M[E][depth][filter][tile]                   for each of the E elements, the product of the packed weights U[E] and some planes of V
//   outputs                                     M transformed back

import { elementBytes, F3X3_2X2, F4_3, F4_3_HIGH, LINE, TILE_ENTRY } from '../../src/shared/sizes';
import { Desk, WinogradTask } from '../../src/shared/task';
import { isNoted } from '../kernels/tile-table';
import { input3x2 } from '../kernels/winograd3x2/input';
import { output3x2 } from '../kernels/winograd3x2/output';
import { input4x3, inputRows4x3 } from '../kernels/winograd4x3/input';
import { output4x3, outputRows4x3 } from '../kernels/winograd4x3/output';
import { firstFilter, firstTileOf } from '../weights/filter-table';
import { zerosOf } from './groups';
import { correlate } from './register-tile';
import { listTiles, tilesAlong } from './winograd-tiles';

/** Channels that F(3x3, 2x2) transforms in a call: few, so that the lines they write are still there for the panel's other half. */
const CHANNELS_3X2: i32 = 4;

/** Panels of a stripe. */
const STRIPE: i32 = 2;

/** Bytes of a row of a panel: a term of eight tiles. */
const PANEL_ROW: i32 = 32;

/**
 * Computes the items `begin` to `end`. An item is a panel of eight tiles, of the filters of one part of one group. Two panels, through all
 * images, are a stripe: first come all parts of one stripe, then those of the next. So a thread that takes some items transforms few inputs
 * that others transform too, and each weight that it reads serves two panels at least. What is whole is computed as one: stripes, and parts
 * within a stripe.
 *
 * Part after part through all panels had n1 g1 c128 f128 i28x28 k3x3 p1x1 take 1.12 times as long in two halves as at once, n1 g1 c64 f192
 * i27x27 k5x5 p2x2 in quarters 1.21; so they take 0.97. Stripes of four panels: 1.01 and 1.02.
 */
export function winograd(task: WinogradTask, desk: Desk, begin: i32, end: i32): void {
  const columns = tilesAlong(task.width, task.tileWidth, task.widthGap);
  const tiles = tilesOf(task, columns);
  const panels = (tiles + 7) >> 3;
  const parts = task.filterParts;
  while (begin < end) {
    const group = begin / (panels * parts);
    const item = begin - group * panels * parts;
    const items = min(end - begin, panels * parts - item);
    let panel = (item / (STRIPE * parts)) * STRIPE;
    const inStripe = item - panel * parts;
    // all that is left of the group, or whole stripes
    let last = item + items == panels * parts ? panels : panel + (items / (STRIPE * parts)) * STRIPE;
    let part = 0;
    let partEnd = parts;
    if (inStripe > 0 || last == panel) {
      const width = min(STRIPE, panels - panel);
      part = inStripe / width;
      const before = inStripe - part * width;
      const whole = before == 0 ? min(items / width, parts - part) : 0;
      panel += before;
      last = panel + (whole > 0 ? width : min(width - before, items));
      partEnd = part + max(1, whole);
    }
    const from = firstTileOf(part, task.filterTiles, parts);
    const to = firstTileOf(partEnd, task.filterTiles, parts);
    const lastTile = last == panels ? tiles : boundaryOf(task, columns, last);
    // Loop over the tiles of these panels, as many at once as the desk holds.
    for (let tile = boundaryOf(task, columns, panel); tile < lastTile; tile += task.tilesAtOnce) {
      tileBatch(task, desk, group, tile, min(task.tilesAtOnce, lastTile - tile), from, to);
    }
    begin += (partEnd - part) * (last - panel);
  }
}

/** Tiles of a group, in all images. */
function tilesOf(task: WinogradTask, columns: i32): i32 {
  return (
    task.images *
    tilesAlong(task.depth, task.tileDepth, task.depthGap) *
    tilesAlong(task.height, task.tileHeight, task.heightGap) *
    columns
  );
}

/**
 * The first tile of a panel. The last tiles of a row that are moved back compute outputs again that those before them have, and round
 * otherwise: theirs are stored last, so that these are never parted; a boundary among them is moved back before them.
 */
function boundaryOf(task: WinogradTask, columns: i32, panel: i32): i32 {
  const tile = panel << 3;
  const gap = task.widthGap;
  if (task.width % (task.tileWidth * gap) == 0) return tile;
  return tile - max(0, (tile % columns) - (columns - 2 * gap));
}

/** Computes the `tiles` tiles of one group from `first` on, for the filter tiles `from` to `to`. */
function tileBatch(
  task: WinogradTask,
  desk: Desk,
  own: i32,
  first: i32,
  tiles: i32,
  from: i32,
  to: i32,
): void {
  const padded = (tiles + 7) & ~7;
  listTiles(task, own, first, tiles, padded, desk.tileTable);

  // A line is added to the stride of elements: at multiples of 4096 all would meet in one set of the first-level cache.
  const planes = task.depthAtOnce + task.planes - 1;
  const planeTerms = task.terms / task.planes;
  const inputElement = ((<usize>(padded * planes * planeTerms)) << 2) + LINE;
  const transformed = <usize>desk.transformed;
  const products = transformed + <usize>task.elements * inputElement;
  // Loop along the depth; the last step is shortened to end with the tile.
  for (let depth = 0, kept = 0; ; ) {
    inputs(task, desk, padded, depth, kept, transformed, inputElement);
    // Loop over the filter tiles, so many at once that their products stay in a cache.
    for (let f = from; f < to; f += task.filterTilesAtOnce) {
      const end = min(to, f + task.filterTilesAtOnce);
      multiply(task, own, padded, depth, f, end, transformed, inputElement, products);
      outputs(task, desk, own, tiles, f, end, depth, products);
    }
    const step = min(task.depthAtOnce, task.tileDepth - task.depthAtOnce - depth);
    if (step == 0) break;
    depth += step;
    kept = planes - step;
    keepPlanes(task, padded, planeTerms, planes, kept, transformed);
  }
  notePanels(task, desk, own, first, tiles);
}

/** Notes the panels in which an output is not finite. */
function notePanels(task: WinogradTask, desk: Desk, own: i32, first: i32, tiles: i32): void {
  let entry = <usize>desk.tileTable;
  for (let tile = first; tile < first + tiles; tile++, entry += TILE_ENTRY) {
    if (isNoted(entry)) {
      store<i32>(noteOf(task, own, tile), 1);
      desk.notFinite = 1;
    }
  }
}

/** Where the note of the panel of a tile is. */
function noteOf(task: WinogradTask, own: i32, tile: i32): usize {
  const columns = tilesAlong(task.width, task.tileWidth, task.widthGap);
  const panels = (tilesOf(task, columns) + 7) >> 3;
  return <usize>task.notes + ((<usize>(own * panels + (tile >> 3))) << 2);
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
  const isHigh = transform == F4_3_HIGH;
  const isLine = isHigh || transform == F4_3;
  // from an input of a line to the next
  const gap = isHigh ? row : (<usize>task.widthGap) << 2;
  const half = <usize>desk.halfTransformed;
  const channels = task.channels;
  const channel = <usize>task.windowChannel;
  const taps = task.planes;
  const last = first + task.depthAtOnce + taps - 1;
  const kernels = task.kernels;
  const kernelBytes = task.kernelTaps << 2;
  const term = <usize>PANEL_ROW;
  const kernelTerms = (<usize>channels) << 5;
  // channels in a call: some, all, or one, whose columns are transformed after its rows
  const together = transform == F3X3_2X2 ? CHANNELS_3X2 : isLine ? channels : 1;
  let table = <usize>desk.tileTable;
  // Loop over the panels of eight tiles.
  for (const end = table + <usize>(padded * TILE_ENTRY); table < end; table += 8 * TILE_ENTRY) {
    to += <usize>(kept * kernels) * kernelTerms;
    // Loop over the planes; those beyond the first output's follow one another.
    for (let plane = first + kept; plane < last; plane++) {
      if (plane < task.livePlanes || plane >= task.livePlanesEnd) {
        to += <usize>kernels * kernelTerms;
        continue;
      }
      const beyond = max(0, plane - taps + 1);
      // Loop over the kernels of the plane.
      for (let kernel = 0; kernel < kernels; kernel++, to += kernelTerms) {
        const tap = <usize>task.tapTable + <usize>(((plane - beyond) * kernels + kernel) * kernelBytes);
        let offset = <usize>load<u32>(tap) + <usize>(beyond * task.depthGap * task.windowDepth);
        let panel = to;
        // a short kernel does not read the last row or column, which may lie outside of the window
        const lacksRow = kernel >= task.highEnd;
        const lacksColumn = isHigh ? lacksRow : kernel < task.wideBegin || kernel >= task.wideEnd;
        const last = gap * (lacksColumn ? 4 : 5);
        const lastRow = row * (lacksRow ? 2 : 3);
        const rows = lacksRow ? 5 : 6;
        // Loop over the channels, and over the halves of the panel, four tiles each.
        for (let c = 0; c < channels; c += together) {
          const count = min(together, channels - c);
          for (let t: usize = 0; t < 2; t++) {
            const entry = table + t * 4 * TILE_ENTRY;
            const v = panel + (t << 4);
            if (transform == F3X3_2X2)
              input3x2(entry, offset, row, lastRow, channel, v, element, term, count);
            else if (isLine) inputRows4x3(entry, offset, channel, gap, last, v, element, term, count);
            else input4x3(entry, offset, row, gap, last, half, v, element, rows);
          }
          offset += <usize>together * channel;
          panel += <usize>together * term;
        }
      }
    }
  }
}

/** The matrix products of some filter tiles, one for each element of the transformed tiles, from output `depth` along the depth on. */
function multiply(
  task: WinogradTask,
  own: i32,
  padded: i32,
  depth: i32,
  firstTile: i32,
  lastTile: i32,
  from: usize,
  inputElement: usize,
  to: usize,
): void {
  const terms = task.terms;
  const planeTerms = terms / task.planes;
  const panelTerms = planeTerms * (task.depthAtOnce - 1) + terms;
  const packed = task.packedFilters;
  const row = (<usize>padded) << 2;
  const element = <usize>elementBytes(packed, terms);
  const zeros = zerosOf(task);
  const before = firstFilter(task.filterTable, firstTile);
  const depthBytes = <usize>(firstFilter(task.filterTable, lastTile) - before) * row;
  const outputElement = outputElementOf(task, depthBytes);
  // with short kernels, some elements take fewer terms; to ask each costs divisions, 0.93 for n1 g32 c512 f512 i14x14 k3x3 p1x1
  const hasShort = task.highEnd < task.kernels || task.wideBegin > 0 || task.wideEnd < task.kernels;
  let weights = <usize>task.weights + <usize>(own * task.elements) * element;
  // Loop over the elements.
  for (let e = 0; e < task.elements; e++, weights += element, from += inputElement, to += outputElement) {
    const begin = hasShort ? firstTerm(task, e) : 0;
    const taken = hasShort ? lastTerm(task, e) - begin : planeTerms;
    const isAll = taken == planeTerms;
    const planes = isAll ? 1 : task.planes;
    // Loop over the planes, all at once where no term is left out.
    for (let plane = 0; plane < planes; plane++) {
      let term = plane * planeTerms + begin;
      const end = isAll ? terms : term + taken;
      // Loop over the terms, so many at once as in gemm: a panel stays in the first-level cache, and errors stay small. Where there are
      // none the products are zero.
      do {
        const chunk = term < task.termsAtOnce ? 0 : term - (term % task.termsAtOnce);
        const inChunk = min(task.termsAtOnce, terms - chunk);
        const count = min(chunk + inChunk, end) - term;
        const add = term != begin;
        // Loop over the panels of eight tiles.
        // Not taken: tiles of four pixels where a panel holds four tiles or fewer, 1.00 for n1 g1 c64 f64 i7x7 k3x3 p1x1.
        const a = weights + ((<usize>(chunk * packed + inChunk * before)) << 2);
        for (let t = 0; t < padded; t += 8) {
          const panel = from + ((<usize>((t >> 3) * panelTerms + term)) << 5);
          const products = to + ((<usize>t) << 2);
          tilesDown(
            task,
            depth,
            firstTile,
            lastTile,
            a,
            chunk,
            inChunk,
            term,
            count,
            panel,
            planeTerms,
            products,
            row,
            depthBytes,
            zeros,
            add,
          );
        }
        term += count;
      } while (term < end);
    }
  }
}

/**
 * Multiplies a panel by the filter tiles `from` to `to`, along the depth from output `first` on. The weights of a tile, from `a` on, are of
 * `inChunk` terms from `chunk` on, of which it takes `count` from `term` on, without those of planes of zeros. A function of its own, for
 * the reason in groups.ts.
 */
function tilesDown(
  task: WinogradTask,
  first: i32,
  from: i32,
  to: i32,
  a: usize,
  chunk: i32,
  inChunk: i32,
  term: i32,
  count: i32,
  panel: usize,
  planeTerms: i32,
  products: usize,
  row: usize,
  depth: usize,
  zeros: usize,
  add: bool,
): void {
  const plane = task.planes > 1 ? planeTerms : 0;
  // the live terms, counted from the first that the first output takes; those of the next begin a plane later
  const live = plane * (task.livePlanes - first) - term;
  const liveEnd = plane * (task.livePlanesEnd - first) - term;
  for (let f = from; f < to; f++) {
    const filters = firstFilter(task.filterTable, f + 1) - firstFilter(task.filterTable, f);
    const weights = a + ((<usize>((term - chunk) * filters)) << 2);
    let b = panel;
    let c = products;
    for (let d = 0; d < task.depthAtOnce; d++, b += (<usize>planeTerms) << 5, c += depth) {
      let begin = 0;
      let taken = count;
      if (plane > 0) {
        begin = max(0, live - d * plane);
        taken = max(0, min(count, liveEnd - d * plane) - begin);
      }
      const own = weights + ((<usize>(begin * filters)) << 2);
      correlate(filters, taken, own, b + ((<usize>begin) << 5), c, row, zeros, add);
    }
    a += (<usize>(inChunk * filters)) << 2;
    products += <usize>filters * row;
  }
}

/** The first term of a plane that an element takes; short kernels are nothing at infinity, which is the last element of an axis. */
function firstTerm(task: WinogradTask, element: i32): i32 {
  return isLastColumn(task, element) ? task.wideBegin * task.channels : 0;
}

/** The term behind its last. */
function lastTerm(task: WinogradTask, element: i32): i32 {
  const high = isLastRow(task, element) ? task.highEnd : task.kernels;
  return (isLastColumn(task, element) ? min(high, task.wideEnd) : high) * task.channels;
}

function isLastRow(task: WinogradTask, element: i32): bool {
  return task.transform != F4_3 && element >= task.elements - columnsOf(task);
}

function isLastColumn(task: WinogradTask, element: i32): bool {
  const columns = columnsOf(task);
  return columns > 1 && element % columns == columns - 1;
}

/** Elements in a row. */
function columnsOf(task: WinogradTask): i32 {
  const transform = task.transform;
  return transform == F3X3_2X2 ? 4 : transform == F4_3_HIGH ? 1 : 6;
}

/** Bytes from an element of the products to the next, of filters that take so many at one depth. */
function outputElementOf(task: WinogradTask, depthBytes: usize): usize {
  return <usize>task.depthAtOnce * depthBytes + LINE;
}

/** Transforms the products of some filter tiles back and stores the outputs from `first` along the depth on. */
function outputs(
  task: WinogradTask,
  desk: Desk,
  own: i32,
  tiles: i32,
  firstTile: i32,
  lastTile: i32,
  first: i32,
  from: usize,
): void {
  const transform = task.transform;
  const line = (<usize>((tiles + 7) & ~7)) << 2;
  const row = (<usize>(task.width * task.heightGap)) << 2;
  const isHigh = transform == F4_3_HIGH;
  const isLine = isHigh || transform == F4_3;
  const gap = isHigh ? row : (<usize>task.widthGap) << 2;
  const half = <usize>desk.halfTransformed;
  const filter = <usize>task.targetFilter;
  const before = firstFilter(task.filterTable, firstTile);
  const count = min(task.filters, firstFilter(task.filterTable, lastTile)) - before;
  const bias = <usize>task.bias + ((<usize>(own * task.packedFilters + before)) << 2);
  const depthBytes = <usize>(firstFilter(task.filterTable, lastTile) - before) * line;
  const element = outputElementOf(task, depthBytes);
  const table = <usize>desk.tileTable;
  const end = table + <usize>(tiles * TILE_ENTRY);
  // F(4, 3) takes the filters in the place of rows, all in one call.
  const filters = isLine ? 1 : count;
  // Loop along the depth, over the filters, over four tiles at a time.
  for (let d = first; d < first + task.depthAtOnce; d++, from += depthBytes) {
    let to = <usize>before * filter + ((<usize>(d * task.depthGap * task.height * task.width)) << 2);
    for (let f = 0; f < filters; f++, to += filter) {
      let m = from + <usize>f * line;
      const start = bias + ((<usize>f) << 2);
      for (let entry = table; entry < end; entry += 4 * TILE_ENTRY, m += 16) {
        if (transform == F3X3_2X2) output3x2(m, element, half, start, entry, to, row);
        else if (isLine) outputRows4x3(m, element, line, count, start, 4, entry, to, filter, gap, isHigh);
        else output4x3(m, element, half, start, entry, to, row, gap);
      }
    }
  }
}
