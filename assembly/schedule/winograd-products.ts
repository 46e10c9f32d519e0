// The second step of winograd.ts: M[E][depth][filter][tile], for each of the E elements the product of the packed weights and some planes
// of V.

import {
  EIGHT_POINTS_HIGH,
  elementBytes,
  F3X3_2X2,
  F4_3_HIGH,
  F4X4_3X3,
  FAR_WEIGHTS,
  FAR_WEIGHTS_OF_PAIRS,
  HALF_TILE,
  LINE,
} from '../../src/shared/sizes';
import { WinogradTask, Workspace } from '../../src/shared/task';
import { correlate10x4 } from '../kernels/correlate10x4';
import { firstFilter } from '../weights/filter-table';
import { touch } from '../window/prefetch';
import { zerosOf } from './groups';
import { areFives, correlate } from './register-tile';

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
  // the live terms of a panel, those that are not in planes of zeros
  const live = planeTerms * (task.livePlanes - depth);
  const liveEnd = planeTerms * (task.livePlanesEnd - depth);
  const before = firstFilter(task.filterTable, firstTile);
  const depthBytes = <usize>(firstFilter(task.filterTable, lastTile) - before) * row;
  const outputElement = outputElementOf(task, depthBytes);
  // With short kernels, some elements have fewer terms. Not taken: asking this of each element, which costs divisions, 0.93 for
  // n1 g32 c512 f512 i14x14 k3x3 p1x1.
  const hasShort = task.highEnd < task.kernels || task.wideBegin > 0 || task.wideEnd < task.kernels;
  const isPaired = tiles <= HALF_TILE && areFives(task.filterTable, firstTile, 2, lastTile);
  const far = isPaired ? FAR_WEIGHTS_OF_PAIRS : FAR_WEIGHTS;
  const isFar = <usize>(task.groups * task.elements) * element >= <usize>far;
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
        const a = weights + ((<usize>(chunk * packed + inChunk * before)) << 2);
        multiplyPanels(
          task,
          firstTile,
          lastTile,
          a,
          inChunk,
          term - chunk,
          term,
          count,
          live,
          liveEnd,
          from,
          planeTerms,
          (<usize>panelTerms) << 5,
          to,
          row,
          depthBytes,
          zeros,
          add,
          tiles,
          isFar ? workspace : null,
        );
        term += count;
      } while (term < end);
    }
  }
}

/**
 * Multiplies all panels by the filter tiles `from` to `to`, for all output depths that are computed together. At `a` are the weights of the
 * tiles, packed in blocks of `inChunk` terms, of which the first `before` are skipped. `count` terms of each depth are multiplied, except
 * those that are not live; in the panel those of the first depth begin at `term`, those of the next depth `planeTerms` later. If only the
 * first half of the last panel has tiles, two tiles of five filters are computed at once. With a workspace, the weights are prefetched for
 * the first panel.
 *
 * Not inlined, for the reason in groups.ts. The live range is passed, because V8 11.3 sinks its computation into the loops. Filter tiles
 * are in the innermost loop, and pairs of them have a loop of their own: 1.04 for n1 g1 c16 f16 i28x28 k3x3 p1x1.
 */
function multiplyPanels(
  task: WinogradTask,
  from: i32,
  to: i32,
  a: usize,
  inChunk: i32,
  before: i32,
  term: i32,
  count: i32,
  live: i32,
  liveEnd: i32,
  panel: usize,
  planeTerms: i32,
  panelBytes: usize,
  products: usize,
  row: usize,
  depthBytes: usize,
  zeros: usize,
  add: bool,
  tiles: i32,
  workspace: Workspace | null,
): void {
  const table = task.filterTable;
  const lastTerm = term + task.depthAtOnce * planeTerms;
  // Loop over the panels of eight tiles.
  for (; tiles > 0; tiles -= 8, panel += panelBytes, products += 32) {
    // Loop over the depths.
    for (let first = term, map = products; first < lastTerm; first += planeTerms, map += depthBytes) {
      const begin = max(first, live);
      const taken = max(0, min(first + count, liveEnd) - begin);
      const skipped = before + begin - first;
      const b = panel + ((<usize>begin) << 5);
      let tile = a;
      let c = map;
      let f = from;
      if (tiles <= HALF_TILE) {
        const tileBytes = <usize>(inChunk * 20);
        for (; areFives(table, f, 2, to); f += 2) {
          const weights = tile + <usize>(skipped * 20);
          if (workspace) {
            touch(workspace, weights, taken * 20);
            touch(workspace, weights + tileBytes, taken * 20);
          }
          correlate10x4(taken, weights, tileBytes, b, c, row, zeros, add);
          tile += 2 * tileBytes;
          c += 10 * row;
        }
      }
      for (let filter = firstFilter(table, f); f < to; ) {
        f++;
        const filters = firstFilter(table, f) - filter;
        const weights = tile + ((<usize>(skipped * filters)) << 2);
        if (workspace) touch(workspace, weights, (taken * filters) << 2);
        correlate(filters, taken, weights, b, c, row, zeros, add);
        tile += (<usize>(inChunk * filters)) << 2;
        c += <usize>filters * row;
        filter += filters;
      }
    }
    workspace = null;
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
