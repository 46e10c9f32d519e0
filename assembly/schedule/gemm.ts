// gemm: implicit GEMM, a blocked matrix product of filters x terms by terms x pixels. There is no im2col matrix: panels of eight pixels
// are packed from the window as they are needed.

import { HALF_TILE } from '../../src/shared/sizes';
import { GemmTask, Workspace } from '../../src/shared/task';
import { correlate10x4 } from '../kernels/correlate10x4';
import { correlate20x1 } from '../kernels/correlate20x1';
import { firstFilter, firstTileOf } from '../weights/filter-table';
import { finishRun } from '../window/finish';
import { imageOf, packPanels } from '../window/panel';
import { biasOf, targetOf, weightsOf, windowOf, zerosOf } from './groups';
import { areFives, correlate } from './register-tile';

/**
 * Computes items `begin` to `end` (exclusive). An item is a tile of eight pixels, which may span several images, for one part of the
 * filters of a group; the tiles of a part are consecutive. Several whole parts are computed as one, so that their panels are packed once.
 */
export function gemm(task: GemmTask, workspace: Workspace, begin: i32, end: i32): void {
  const tiles = (task.images * task.depth * task.height * task.width + 7) >> 3;
  const parts = task.filterParts;
  while (begin < end) {
    const run = begin / tiles;
    const group = run / parts;
    const part = run - group * parts;
    const tile = begin - run * tiles;
    const whole = tile == 0 ? min((end - begin) / tiles, parts - part) : 0;
    const last = whole > 0 ? tiles : min(tiles, tile + end - begin);
    const from = firstTileOf(part, task.filterTiles, parts);
    const to = firstTileOf(part + max(1, whole), task.filterTiles, parts);
    for (let first = tile; first < last; first += task.pixelTilesAtOnce) {
      pixelTiles(task, workspace, group, first, min(last, first + task.pixelTilesAtOnce), from, to);
    }
    begin += max(1, whole) * (last - tile);
  }
}

/** Computes pixel tiles `first` to `last` of one group for filter tiles `from` to `to`. All their panels fit into the workspace. */
function pixelTiles(
  task: GemmTask,
  workspace: Workspace,
  group: i32,
  first: i32,
  last: i32,
  from: i32,
  to: i32,
): void {
  const window = windowOf(task, group);

  // Loop over blocks of terms for which a panel fits into the L1 cache.
  let term = 0;
  do {
    const terms = min(task.termsAtOnce, task.terms - term);
    for (let tile = first, to = <usize>workspace.panel; tile < last; ) {
      const packed = packPanels(task, window, tile << 3, last - tile, term, terms, to);
      finishRun(task.enter, to, (packed * terms) << 3);
      tile += packed;
      to += (<usize>(packed * terms)) << 5;
    }
    multiply(task, workspace, group, first, last, from, to, term, terms);
    term += task.termsAtOnce;
  } while (term < task.terms);
  if (task.finish != 0) finishTiles(task, group, first, last, from, to);
}

/** Applies addend and activation to pixel tiles `first` to `last` for filter tiles `from` to `to`, image by image. */
function finishTiles(task: GemmTask, group: i32, first: i32, last: i32, from: i32, to: i32): void {
  const map = task.depth * task.height * task.width;
  const end = min(last << 3, task.images * map);
  const before = firstFilter(task.filterTable, from);
  const filters = min(task.filters, firstFilter(task.filterTable, to)) - before;
  const target = targetOf(task, group) + <usize>before * <usize>task.targetFilter;
  for (let pixel = first << 3; pixel < end; ) {
    const image = imageOf(task, pixel);
    const place = pixel - image * map;
    const count = min(map - place, end - pixel);
    let at = target + <usize>(image * task.targetImage + (place << 2));
    for (let f = 0; f < filters; f++, at += <usize>task.targetFilter) finishRun(task.finish, at, count);
    pixel += count;
  }
}

/** Multiplies the packed panels by the weights of some filter tiles. For blocks of terms after the first, adds to the outputs. */
function multiply(
  task: GemmTask,
  workspace: Workspace,
  group: i32,
  first: i32,
  last: i32,
  firstTile: i32,
  lastTile: i32,
  term: i32,
  terms: i32,
): void {
  const map = task.depth * task.height * task.width;
  const pixels = task.images * map;
  const packed = task.packedFilters;
  const weights = weightsOf(task, group);
  const bias = biasOf(task, group);
  const zeros = zerosOf(task);
  const target = targetOf(task, group);
  const panelBytes = (<usize>terms) << 5;

  // Loop over blocks of filter tiles whose weights fit into the L2 cache.
  for (let from = firstTile; from < lastTile; from += task.filterTilesAtOnce) {
    const to = min(from + task.filterTilesAtOnce, lastTile);

    // Loop over the pixel tiles; the panels of `count` of them stay in the L1 cache for all filter tiles.
    let count = 1;
    for (let tile = first, panel = <usize>workspace.panel; tile < last; tile += count) {
      const pixel = tile << 3;
      const image = imageOf(task, pixel);
      const place = pixel - image * map;
      const offset = <usize>(image * task.targetImage + (place << 2));
      count = packed == task.filters ? min(min(last - tile, task.pixelTilesAlong), (map - place) >> 3) : 0;
      if (count > 0) {
        const row = firstFilter(task.filterTable, from);
        const a = weights + ((<usize>term * packed + <usize>terms * row) << 2);
        const c = target + offset + <usize>row * <usize>task.targetFilter;
        if (term == 0)
          tilesDown(task, from, to, count, terms, a, panel, c, bias + ((<usize>row) << 2), 4, false);
        else tilesDown(task, from, to, count, terms, a, panel, c, zeros, 0, true);
        panel += <usize>count * panelBytes;
        continue;
      }
      for (let f = from, next = f; f < to; f = next) {
        const row = firstFilter(task.filterTable, f);
        const left = pixels - pixel;
        // a single remaining pixel: four tiles of five filters at once; up to four: two such tiles
        const isFour = left == 1 && areFives(task.filterTable, f, 4, to);
        const isTwo = !isFour && left <= HALF_TILE && areFives(task.filterTable, f, 2, to);
        next = f + (isFour ? 4 : isTwo ? 2 : 1);
        const a = weights + ((<usize>term * packed + <usize>terms * row) << 2);
        const c = target + offset + <usize>row * <usize>task.targetFilter;
        const start = term == 0 ? bias + ((<usize>row) << 2) : zeros;
        const tileFilters = firstFilter(task.filterTable, next) - row;
        const filters = min(tileFilters, task.filters - row);
        const spare = <usize>workspace.spareTile;
        let width = 8;
        if (isFour) {
          width = 1;
          correlate20x1(terms, a, panel, spare, start);
        } else if (isTwo) {
          width = HALF_TILE;
          correlate10x4(terms, a, <usize>(terms * 20), panel, spare, 16, start, false);
        } else correlate(tileFilters, terms, a, panel, spare, 32, start, false);
        copyInside(task, spare, width << 2, c, filters, place, min(8, left), term != 0);
      }
      count = 1;
      panel += panelBytes;
    }
  }
}

/**
 * Multiplies the panels of `count` pixel tiles in a row by filter tiles `from` to `to`, whose weights begin at `a` and whose outputs begin at
 * `c`. `bias` advances by `step` bytes per filter.
 */
function tilesDown(
  task: GemmTask,
  from: i32,
  to: i32,
  count: i32,
  terms: i32,
  a: usize,
  panel: usize,
  c: usize,
  bias: usize,
  step: i32,
  add: bool,
): void {
  const row = <usize>task.targetFilter;
  const bytes = (<usize>terms) << 5;
  for (let f = from; f < to; f++) {
    const filters = firstFilter(task.filterTable, f + 1) - firstFilter(task.filterTable, f);
    let b = panel;
    for (let i = 0; i < count; i++, b += bytes)
      correlate(filters, terms, a, b, c + ((<usize>i) << 5), row, bias, add);
    a += (<usize>(terms * filters)) << 2;
    c += <usize>filters * row;
    bias += <usize>(filters * step);
  }
}

/**
 * Copies or adds the part of a register tile that is inside of the output, image by image. The first pixel, at `c`, has index `place` in
 * its map. `step` is the stride of filters in the tile, in bytes.
 */
function copyInside(
  task: GemmTask,
  tile: usize,
  step: i32,
  c: usize,
  filters: i32,
  place: i32,
  pixels: i32,
  add: bool,
): void {
  const map = task.depth * task.height * task.width;
  const row = <usize>task.targetFilter;
  while (pixels > 0) {
    const count = min(pixels, map - place);
    const bytes = (<usize>count) << 2;
    let to = c;
    let from = tile;
    for (let f = 0; f < filters; f++, from += <usize>step, to += row) {
      for (let p: usize = 0; p < bytes; p += 4) {
        const value = load<f32>(from + p);
        store<f32>(to + p, add ? load<f32>(to + p) + value : value);
      }
    }
    // the first pixel of the next image
    c += <usize>(task.targetImage - (place << 2));
    tile += bytes;
    pixels -= count;
    place = 0;
  }
}
