// Winograd's second step: M[E][depth][filter][tile], for each of the E elements the product of the packed weights and some planes of V.

import { EIGHT_POINTS_HIGH, elementBytes, F3X3_2X2, F4_3_HIGH, F4X4_3X3, LINE } from '../../src/shared/sizes';
import { WinogradTask, Workspace } from '../../src/shared/task';
import { firstFilter } from '../weights/filter-table';
import { touch } from '../window/prefetch';
import { zerosOf } from './groups';
import { correlate } from './register-tile';

/**
 * Bytes of weights that hardly stay in a third-level cache from call to call. Those of a tile are then brought right before the first panel
 * meets them: a loop that only reads waits for many lines at once, 1.8 for n1 g1 c256 f512 i20x20 k3x3 s2x2 p1x1. From 2 MB on it was 0.94 for
 * n1 g1 c256 f256 i14x14 k3x3 p1x1.
 */
const FAR_WEIGHTS: usize = 16 << 20;

/** The matrix products of some filter tiles, one for each element of the transformed tiles, from output `depth` along the depth on. */
export function multiplyElements(
  task: WinogradTask,
  workspace: Workspace,
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
  const isFar = <usize>(task.groups * task.elements) * element >= FAR_WEIGHTS;
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
            isFar && t == 0 ? workspace : null,
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
 * the reason in groups.ts. With a workspace, the weights are brought into a cache first.
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
  workspace: Workspace | null,
): void {
  const plane = task.planes > 1 ? planeTerms : 0;
  // the live terms, counted from the first that the first output takes; those of the next begin a plane later
  const live = plane * (task.livePlanes - first) - term;
  const liveEnd = plane * (task.livePlanesEnd - first) - term;
  for (let f = from; f < to; f++) {
    const filters = firstFilter(task.filterTable, f + 1) - firstFilter(task.filterTable, f);
    const weights = a + ((<usize>((term - chunk) * filters)) << 2);
    if (workspace) touch(workspace, weights, (count * filters) << 2);
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
  const columns = columnsOf(task);
  return columns < task.elements && element >= task.elements - columns;
}

function isLastColumn(task: WinogradTask, element: i32): bool {
  const columns = columnsOf(task);
  return columns > 1 && element % columns == columns - 1;
}

/** Elements in a row. */
function columnsOf(task: WinogradTask): i32 {
  const transform = task.transform;
  if (transform == F4X4_3X3) return 6;
  if (transform == F3X3_2X2) return 4;
  return transform == F4_3_HIGH || transform == EIGHT_POINTS_HIGH ? 1 : task.elements;
}

/** Bytes from an element of the products to the next, of filters that take so many at one depth. */
export function outputElementOf(task: WinogradTask, depthBytes: usize): usize {
  return <usize>task.depthAtOnce * depthBytes + LINE;
}
