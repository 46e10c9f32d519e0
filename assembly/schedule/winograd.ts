// Winograd: kernels with fewer multiplications. 3x3 kernels take 2.25 products an output instead of 9 (F(4x4, 3x3)), 2x2 kernels 1.78
// instead of 4 (F(3x3, 2x2)); along the width or the height three taps take 1.5 or 1.33 instead of 3 (F(4, 3), F(6, 3)), four 1.6 (F(5, 4)),
// five 2 (F(4, 5)). Larger kernels are several of these, each a term of its own, and so are the taps that read each residue of a step.
// Kernels without a last tap are short: the element at infinity, the last of an axis, leaves them out.
//
// A tile of 4x4 (3x3, 4) outputs reads E = 6x6 (4x4, 6) inputs, one of 6, 5 or 4 outputs by eight points E = 8. The depth is not
// transformed: a tile is `tileDepth` outputs deep, and the planes of inputs that these share are transformed once. Some tiles at a time
// pass three steps, in the second-level cache:
//
//   V[E][tile / 8][plane][kernel][channel][8]   the transformed inputs
//   M[E][depth][filter][tile]                   for each of the E elements, the product of the packed weights U[E] and some planes of V
//   outputs                                     M transformed back

import { LINE, TILE_ENTRY } from '../../src/shared/sizes';
import { WinogradTask, Workspace } from '../../src/shared/task';
import { isNoted } from '../kernels/tile-table';
import { firstTileOf } from '../weights/filter-table';
import { keepPlanes, transformInputs } from './winograd-inputs';
import { transformOutputs } from './winograd-outputs';
import { multiplyElements } from './winograd-products';
import { listTiles, tilesAlong } from './winograd-tiles';

/** Panels of a stripe. */
const STRIPE: i32 = 2;

/**
 * Computes the items `begin` to `end`. An item is a panel of eight tiles, of the filters of one part of one group. Two panels, through all
 * images, are a stripe: first come all parts of one stripe, then those of the next. So a thread that takes some items transforms few inputs
 * that others transform too, and each weight that it reads serves two panels at least. What is whole is computed as one: stripes, and parts
 * within a stripe.
 *
 * Part after part through all panels had n1 g1 c128 f128 i28x28 k3x3 p1x1 take 1.12 times as long in two halves as at once, n1 g1 c64 f192
 * i27x27 k5x5 p2x2 in quarters 1.21; so they take 0.97. Stripes of four panels: 1.01 and 1.02.
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
    // Loop over the tiles of these panels, as many at once as the workspace holds.
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
  workspace: Workspace,
  own: i32,
  first: i32,
  tiles: i32,
  from: i32,
  to: i32,
): void {
  const padded = (tiles + 7) & ~7;
  listTiles(task, own, first, tiles, padded, workspace.tileTable);

  // A line is added to the stride of elements: at multiples of 4096 all would meet in one set of the first-level cache.
  const planes = task.depthAtOnce + task.planes - 1;
  const planeTerms = task.terms / task.planes;
  const inputElement = ((<usize>(padded * planes * planeTerms)) << 2) + LINE;
  const transformed = <usize>workspace.transformed;
  const products = transformed + <usize>task.elements * inputElement;
  // Loop along the depth; the last step is shortened to end with the tile.
  for (let depth = 0, kept = 0; ; ) {
    transformInputs(task, workspace, padded, depth, kept, transformed, inputElement);
    // Loop over the filter tiles, so many at once that their products stay in a cache.
    for (let f = from; f < to; f += task.filterTilesAtOnce) {
      const end = min(to, f + task.filterTilesAtOnce);
      multiplyElements(task, workspace, own, padded, depth, f, end, transformed, inputElement, products);
      transformOutputs(task, workspace, own, tiles, f, end, depth, products);
    }
    const step = min(task.depthAtOnce, task.tileDepth - task.depthAtOnce - depth);
    if (step == 0) break;
    depth += step;
    kept = planes - step;
    keepPlanes(task, padded, planeTerms, planes, kept, transformed);
  }
  notePanels(task, workspace, own, first, tiles);
}

/** Notes the panels in which an output is not finite. */
function notePanels(task: WinogradTask, workspace: Workspace, own: i32, first: i32, tiles: i32): void {
  let entry = <usize>workspace.tileTable;
  for (let tile = first; tile < first + tiles; tile++, entry += TILE_ENTRY) {
    if (isNoted(entry)) {
      store<i32>(noteOf(task, own, tile), 1);
      workspace.notFinite = 1;
    }
  }
}

/** Where the note of the panel of a tile is. */
function noteOf(task: WinogradTask, own: i32, tile: i32): usize {
  const columns = tilesAlong(task.width, task.tileWidth, task.widthGap);
  const panels = (tilesOf(task, columns) + 7) >> 3;
  return <usize>task.notes + ((<usize>(own * panels + (tile >> 3))) << 2);
}
