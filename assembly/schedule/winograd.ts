// Winograd's algorithm: convolution with fewer multiplications. Products per output, compared with a direct sum:
//
//   3x3 kernels        F(4x4, 3x3)           2.25 instead of 9
//   2x2 kernels        F(3x3, 2x2)           1.78 instead of 4
//   3 taps on an axis  F(4, 3) and F(6, 3)   1.5 and 1.33 instead of 3
//   4 taps on an axis  F(5, 4)               1.6 instead of 4
//   5 taps on an axis  F(4, 5)               2 instead of 5
//
// A larger kernel is split into several of these, each of which is a term, and a strided one by residue. A kernel that lacks its last tap
// is short: its element at infinity, the last one of an axis, is zero and is skipped.
//
// A tile of 4x4 (3x3, 4) outputs reads E = 6x6 (4x4, 6) inputs; with eight points, a tile of 6, 5 or 4 outputs reads E = 8. The depth is
// not transformed: a tile is `tileDepth` outputs deep, and planes of inputs that several depths read are transformed once. Tiles are
// processed in batches that fit into the second-level cache, in three steps:
//
//   V[E][tile / 8][plane][kernel][channel][8]   the transformed inputs
//   M[E][depth][filter][tile]                   for each of the E elements, the product of the packed weights U[E] and some planes of V
//   outputs                                     M transformed back

import { LINE, TILE_ENTRY } from '../../src/shared/sizes';
import { WinogradTask, Workspace } from '../../src/shared/task';
import { isNotFinite } from '../kernels/tile-table';
import { firstTileOf } from '../weights/filter-table';
import { keepPlanes, transformInputs } from './winograd-inputs';
import { transformOutputs } from './winograd-outputs';
import { multiplyElements } from './winograd-products';
import { listTiles, tilesAlong } from './winograd-tiles';

/** Panels per stripe. */
const STRIPE: i32 = 2;

/**
 * Computes the items `begin` to `end` (exclusive). An item is a panel of eight tiles and one part of a group's filters. Panels are counted
 * through all images; two consecutive ones are a stripe. All parts of a stripe come before the next stripe. So threads that take
 * neighbouring items transform few inputs twice, and weights that are read serve at least two panels. Whole stripes, and whole parts of a
 * stripe, are computed together.
 *
 * Not taken: each part through all panels. n1 g1 c128 f128 i28x28 k3x3 p1x1 in two calls took 1.12 of the time of one call, n1 g1 c64 f192
 * i27x27 k5x5 p2x2 in four calls 1.21; with stripes of two panels 0.97, with stripes of four 1.01 and 1.02.
 */
export function winograd(task: WinogradTask, workspace: Workspace, begin: i32, end: i32): void {
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
    // the rest of the group, or whole stripes
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
    // Loop over the tiles of these panels, in batches that fit into the workspace.
    for (let tile = boundaryOf(task, columns, panel); tile < lastTile; tile += task.tilesAtOnce) {
      tileBatch(task, workspace, group, tile, min(task.tilesAtOnce, lastTile - tile), from, to);
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
 * The first tile of a panel. The last tiles of a row are moved back, so they recompute outputs of the tiles before them, with different
 * rounding. They must be stored after those tiles, so both must be in one call: a boundary that would separate them is moved before both.
 */
function boundaryOf(task: WinogradTask, columns: i32, panel: i32): i32 {
  const tile = panel << 3;
  const gap = task.widthGap;
  if (task.width % (task.tileWidth * gap) == 0) return tile;
  return tile - max(0, (tile % columns) - (columns - 2 * gap));
}

/** Computes `tiles` tiles of a group, starting at `first`, for the filter tiles `from` to `to`. */
function tileBatch(
  task: WinogradTask,
  workspace: Workspace,
  group: i32,
  first: i32,
  tiles: i32,
  from: i32,
  to: i32,
): void {
  const padded = (tiles + 7) & ~7;
  listTiles(task, group, first, tiles, padded, workspace.tileTable);

  // The stride of elements has an additional cache line: at multiples of 4096 bytes all would be in one set of the first-level cache.
  const planes = task.depthAtOnce + task.planes - 1;
  const planeTerms = task.terms / task.planes;
  const inputElement = ((<usize>(padded * planes * planeTerms)) << 2) + LINE;
  const transformed = <usize>workspace.transformed;
  const products = transformed + <usize>task.elements * inputElement;
  // Loop along the depth; the last step is shortened to end with the tile.
  for (let depth = 0, kept = 0; ; ) {
    transformInputs(task, workspace, tiles, depth, kept, transformed, inputElement);
    // Loop over the filter tiles, in batches whose products stay in a cache.
    for (let f = from; f < to; f += task.filterTilesAtOnce) {
      const end = min(to, f + task.filterTilesAtOnce);
      multiplyElements(task, workspace, group, tiles, depth, f, end, transformed, inputElement, products);
      transformOutputs(task, workspace, group, tiles, f, end, depth, products);
    }
    const step = min(task.depthAtOnce, task.tileDepth - task.depthAtOnce - depth);
    if (step == 0) break;
    depth += step;
    kept = planes - step;
    keepPlanes(task, padded, planeTerms, planes, kept, transformed);
  }
  markPanels(task, workspace, group, first, tiles);
}

/** Marks the panels that have an output that is not finite. */
function markPanels(task: WinogradTask, workspace: Workspace, group: i32, first: i32, tiles: i32): void {
  let entry = <usize>workspace.tileTable;
  for (let tile = first; tile < first + tiles; tile++, entry += TILE_ENTRY) {
    if (isNotFinite(entry)) {
      store<i32>(markOf(task, group, tile), 1);
      workspace.notFinite = 1;
    }
  }
}

/** The address of the mark of a tile's panel. */
function markOf(task: WinogradTask, group: i32, tile: i32): usize {
  const columns = tilesAlong(task.width, task.tileWidth, task.widthGap);
  const panels = (tilesOf(task, columns) + 7) >> 3;
  return <usize>task.marks + ((<usize>(group * panels + (tile >> 3))) << 2);
}
