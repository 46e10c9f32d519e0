// Gemm: the convolution as a blocked matrix product, filters x terms by terms x pixels, with no matrix of patches:
// panels of eight pixels are packed from the staged window as they are needed.

import { PlanRecord } from '../src/shared/record';
import { packPanel } from './panel';
import { correlate, tileRow } from './tiles';

/** Computes the pixel tiles `begin` to `end` (an item is eight outputs of all filters of one group of one image). */
export function gemm(plan: PlanRecord, begin: i32, end: i32): void {
  const tiles = (plan.depth * plan.height * plan.width + 7) >> 3;
  while (begin < end) {
    const map = begin / tiles;
    const first = begin - map * tiles;
    const count = min(min(end - begin, tiles - first), plan.panelTiles);
    blockOfTiles(plan, map, first, first + count);
    begin += count;
  }
}

/** Computes the pixel tiles `first` to `last` of one map; their panels fit the work space together. */
function blockOfTiles(plan: PlanRecord, map: i32, first: i32, last: i32): void {
  const window = <usize>plan.staged + <usize>map * <usize>plan.channels * <usize>plan.stagedChannel;

  // Loop over the terms, one block at a time: a panel of this many rows stays in the first cache.
  let block = 0;
  do {
    const terms = min(plan.termsBlock, plan.terms - block);
    for (let tile = first, to = <usize>plan.panel; tile < last; tile++, to += (<usize>terms) << 5) {
      packPanel(plan, window, tile << 3, block, terms, to);
    }
    multiply(plan, map, first, last, block, terms);
    block += plan.termsBlock;
  } while (block < plan.terms);
}

/** Multiplies the packed panels by the weights of all filters. */
function multiply(plan: PlanRecord, map: i32, first: i32, last: i32, block: i32, terms: i32): void {
  const group = map % plan.groups;
  const pixels = plan.depth * plan.height * plan.width;
  const filterTiles = plan.filterTiles;
  const rows = plan.packedRows;
  const weights = <usize>plan.weights + ((<usize>group * rows * plan.terms) << 2);
  const bias = <usize>plan.bias + ((<usize>group * rows) << 2);
  const zeros = <usize>plan.bias + ((<usize>plan.groups * rows) << 2);
  const target = <usize>plan.target + <usize>map * <usize>plan.filters * <usize>plan.targetFilter;
  const panelBytes = (<usize>terms) << 5;

  // Loop over the filters, so many tiles at a time that their weights stay in the second cache.
  for (let from = 0; from < filterTiles; from += plan.tilesTogether) {
    const to = min(from + plan.tilesTogether, filterTiles);

    // Loop over the pixel tiles; their panel is in the first cache while the filter tiles pass by.
    for (let tile = first, panel = <usize>plan.panel; tile < last; tile++, panel += panelBytes) {
      const pixel = tile << 3;
      for (let f = from; f < to; f++) {
        const row = tileRow(plan, f);
        const a = weights + ((<usize>block * rows + <usize>terms * row) << 2);
        const c = target + <usize>row * <usize>plan.targetFilter + ((<usize>pixel) << 2);
        const start = block == 0 ? bias + ((<usize>row) << 2) : zeros;
        const tileFilters = tileRow(plan, f + 1) - row;
        const filters = min(tileFilters, plan.filters - row);
        if (pixel + 8 <= pixels && filters == tileFilters) {
          correlate(tileFilters, terms, a, panel, c, plan.targetFilter, start, block != 0);
        } else {
          const edge = <usize>plan.edge;
          correlate(tileFilters, terms, a, panel, edge, 32, start, false);
          copyEdge(edge, c, <usize>plan.targetFilter, filters, min(8, pixels - pixel), block != 0);
        }
      }
    }
  }
}

/** Copies, or adds, the part of a register tile that lies inside the output. */
function copyEdge(edge: usize, c: usize, row: usize, filters: i32, pixels: i32, add: bool): void {
  for (let f = 0; f < filters; f++, edge += 32, c += row) {
    for (let p: usize = 0; p < (<usize>pixels) << 2; p += 4) {
      const value = load<f32>(edge + p);
      store<f32>(c + p, add ? load<f32>(c + p) + value : value);
    }
  }
}
