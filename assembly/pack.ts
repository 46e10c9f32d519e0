// Pack: brings weights into the order in which the register tiles read them; for winograd every kernel is transformed.
//
//   group | element | block of terms | filter tile | term | filter of the tile      (tiles of five rows first, then of four, three and one)
//
// Without a transform there is one element, and a term is a pair (channel, tap), taps innermost. Rows beyond the last filter repeat it;
// nobody reads what they give.

import { PlanRecord } from '../src/shared/record';
import { tileRow } from './tiles';
import { transformKernel } from './winograd-kernel';

/** Packs the filter tiles `begin` to `end` (an item is one tile of one group). */
export function pack(plan: PlanRecord, begin: i32, end: i32): void {
  const tiles = plan.filterTiles;
  const terms = plan.terms;
  if (terms == 0) return;
  const planeTerms = terms / plan.tilePlanes;
  const kernels = planeTerms / plan.channels;
  const kernelBytes = (<usize>(plan.taps / kernels / plan.tilePlanes)) << 2;
  const element = (<usize>(plan.packedRows * terms)) << 2;
  for (let item = begin; item < end; item++) {
    const group = item / tiles;
    const tile = item - group * tiles;
    const first = tileRow(plan, tile);
    const rows = tileRow(plan, tile + 1) - first;
    const from = <usize>plan.raw + <usize>group * <usize>plan.rawGroup;
    const weights = <usize>plan.weights + <usize>(group * plan.tileElements) * element;
    for (let term = 0; term < terms; term++) {
      // within a block of terms a tile is contiguous
      const block = term - (term % plan.termsBlock);
      const count = min(plan.termsBlock, terms - block);
      let to = weights + ((<usize>(block * plan.packedRows + count * first + (term - block) * rows)) << 2);
      const plane = term / planeTerms;
      const channel = (term - plane * planeTerms) / kernels;
      const table = <usize>plan.kernelTable + <usize>(plane * kernels + (term % kernels)) * kernelBytes;
      for (let row = first; row < first + rows; row++, to += 4) {
        const offset = load<u32>(<usize>plan.rowTable + ((<usize>min(row, plan.filters - 1)) << 2));
        const kernel = from + <usize>channel * <usize>plan.rawChannel + <usize>offset;
        if (plan.tileOutputs == 0) store<f32>(to, load<f32>(kernel + <usize>load<u32>(table)));
        else transformKernel(plan, kernel, table, to, element);
      }
    }
  }
}
