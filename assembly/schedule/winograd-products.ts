// The second step of winograd.ts: M[E][depth][filter][tile], for each of the E elements the product of the packed weights and some planes
// of V.

import {
  EIGHT_POINTS_HIGH,
  elementBytes,
  F3X3_2X2,
  F4_3_HIGH,
  F4X4_3X3,
  HALF_TILE,
  LINE,
} from '../../src/shared/sizes';
import { WinogradTask, Workspace } from '../../src/shared/task';
import { correlate10x4 } from '../kernels/correlate10x4';
import { firstFilter } from '../weights/filter-table';
import { touch } from '../window/prefetch';
import { zerosOf } from './groups';
import { areFives, correlate } from './register-tile';

/**
 * Bytes of weights that mostly do not stay in a third-level cache between calls. From this size on, the weights of a tile are prefetched
 * before the first panel uses them: a loop that only reads overlaps its cache misses, 1.8 for n1 g1 c256 f512 i20x20 k3x3 s2x2 p1x1.
 * Prefetching from 2 MB on was 0.94 for n1 g1 c256 f256 i14x14 k3x3 p1x1.
 */
const FAR_WEIGHTS: usize = 16 << 20;

/** The matrix products of some filter tiles, one for each element of the transformed tiles, from output depth `depth` on. */
export function multiplyElements(
  task: WinogradTask,
  workspace: Workspace,
  group: i32,
  tiles: i32,
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
  const padded = (tiles + 7) & ~7;
  const row = (<usize>padded) << 2;
  const element = <usize>elementBytes(packed, terms);
  const zeros = zerosOf(task);
  const before = firstFilter(task.filterTable, firstTile);
  const depthBytes = <usize>(firstFilter(task.filterTable, lastTile) - before) * row;
  const outputElement = outputElementOf(task, depthBytes);
  // With short kernels, some elements have fewer terms. Not taken: asking this of each element, which costs divisions, 0.93 for
  // n1 g32 c512 f512 i14x14 k3x3 p1x1.
  const hasShort = task.highEnd < task.kernels || task.wideBegin > 0 || task.wideEnd < task.kernels;
  const isFar = <usize>(task.groups * task.elements) * element >= FAR_WEIGHTS;
  let weights = <usize>task.weights + <usize>(group * task.elements) * element;
  // Loop over the elements.
  for (let e = 0; e < task.elements; e++, weights += element, from += inputElement, to += outputElement) {
    const begin = hasShort ? firstTerm(task, e) : 0;
    const taken = hasShort ? lastTerm(task, e) - begin : planeTerms;
    const isAll = taken == planeTerms;
    const planes = isAll ? 1 : task.planes;
    // Loop over the planes; if no term is skipped, all planes are one.
    for (let plane = 0; plane < planes; plane++) {
      let term = plane * planeTerms + begin;
      const end = isAll ? terms : term + taken;
      // Loop over blocks of terms, as long as in gemm: a panel stays in the first-level cache, and errors stay small. Without terms, the
      // products are zero.
      do {
        const chunk = term < task.termsAtOnce ? 0 : term - (term % task.termsAtOnce);
        const inChunk = min(task.termsAtOnce, terms - chunk);
        const count = min(chunk + inChunk, end) - term;
        const add = term != begin;
        // Loop over the panels of eight tiles.
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
            tiles - t <= HALF_TILE,
            isFar && t == 0 ? workspace : null,
          );
        }
        term += count;
      } while (term < end);
    }
  }
}

/**
 * Multiplies a panel by the filter tiles `from` to `to`, for the output depths from `first` on. At `a` are the weights of the tiles, packed
 * in blocks of `inChunk` terms; this block begins at term `chunk`. `count` terms from `term` on are multiplied, except those of planes of
 * zeros. If only the first half of the panel has tiles, two tiles of five filters are computed at once. With a workspace, the weights are
 * prefetched. Not inlined, for the reason in groups.ts.
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
  isHalf: bool,
  workspace: Workspace | null,
): void {
  const plane = task.planes > 1 ? planeTerms : 0;
  // the live terms, relative to the first term of the first output; those of the next output begin a plane later
  const live = plane * (task.livePlanes - first) - term;
  const liveEnd = plane * (task.livePlanesEnd - first) - term;
  for (let f = from, after = f; f < to; f = after) {
    const isTwo = isHalf && areFives(task.filterTable, f, 2, to);
    after = isTwo ? f + 2 : f + 1;
    const filters = firstFilter(task.filterTable, f + 1) - firstFilter(task.filterTable, f);
    const tile = (<usize>(inChunk * filters)) << 2;
    const weights = a + ((<usize>((term - chunk) * filters)) << 2);
    if (workspace) {
      touch(workspace, weights, (count * filters) << 2);
      if (isTwo) touch(workspace, weights + tile, (count * filters) << 2);
    }
    let b = panel;
    let c = products;
    for (let d = 0; d < task.depthAtOnce; d++, b += (<usize>planeTerms) << 5, c += depth) {
      let begin = 0;
      let taken = count;
      if (plane > 0) {
        begin = max(0, live - d * plane);
        taken = max(0, min(count, liveEnd - d * plane) - begin);
      }
      const firstWeights = weights + ((<usize>(begin * filters)) << 2);
      const firstPixels = b + ((<usize>begin) << 5);
      if (isTwo) correlate10x4(taken, firstWeights, tile, firstPixels, c, row, zeros, add);
      else correlate(filters, taken, firstWeights, firstPixels, c, row, zeros, add);
    }
    a += tile * (after - f);
    products += <usize>(filters * (after - f)) * row;
  }
}

/** The first term of a plane that an element has. Short kernels are zero at infinity, the last element of an axis. */
function firstTerm(task: WinogradTask, element: i32): i32 {
  return isLastColumn(task, element) ? task.wideBegin * task.channels : 0;
}

/** The end (exclusive) of the terms of a plane that an element has. */
function lastTerm(task: WinogradTask, element: i32): i32 {
  const high = isLastRow(task, element) ? task.highEnd : task.kernels;
  return (isLastColumn(task, element) ? min(high, task.wideEnd) : high) * task.channels;
}

function isLastRow(task: WinogradTask, element: i32): bool {
  const columns = columnsOf(task);
  return columns < task.elements && element >= task.elements - columns;
}

function isLastColumn(task: WinogradTask, element: i32): bool {
  const columns = columnsOf(task);
  return columns > 1 && element % columns == columns - 1;
}

/** Elements per row. */
function columnsOf(task: WinogradTask): i32 {
  const transform = task.transform;
  if (transform == F4X4_3X3) return 6;
  if (transform == F3X3_2X2) return 4;
  return transform == F4_3_HIGH || transform == EIGHT_POINTS_HIGH ? 1 : task.elements;
}

/** Bytes between elements of the products, given the bytes of the filters at one depth. */
export function outputElementOf(task: WinogradTask, depthBytes: usize): usize {
  return <usize>task.depthAtOnce * depthBytes + LINE;
}
