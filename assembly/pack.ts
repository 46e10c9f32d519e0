// Pack: brings the weights of one phase into the order in which the register tiles read them.
//
//   group | block of terms | filter tile | term | filter of the tile      (tiles of five rows first, then of four, three and one)
//
// A term is a pair (channel, tap), taps innermost. Rows beyond the last filter are zeros.

import { PlanRecord } from '../src/record';
import { tileRow } from './tiles';

/** Packs the filter tiles `begin` to `end` (an item is one tile of one group). */
export function pack(plan: PlanRecord, begin: i32, end: i32): void {
  const tiles = plan.filterTiles;
  for (let item = begin; item < end; item++) {
    const group = item / tiles;
    const tile = item - group * tiles;
    const first = tileRow(plan, tile);
    const rows = tileRow(plan, tile + 1) - first;
    const from = <usize>plan.raw + <usize>group * <usize>plan.rawGroup;

    // Loop over the blocks of terms; within one, a tile is contiguous.
    for (let block = 0; block < plan.terms; block += plan.termsBlock) {
      const terms = min(plan.termsBlock, plan.terms - block);
      let to =
        <usize>plan.weights +
        ((<usize>(group * plan.terms + block) * plan.packedRows + <usize>terms * first) << 2);
      for (let term = block; term < block + terms; term++) {
        const channel = term / plan.taps;
        const tap = term - channel * plan.taps;
        const element =
          from +
          <usize>channel * <usize>plan.rawChannel +
          <usize>load<u32>(<usize>plan.kernelTable + (<usize>tap << 2));
        for (let row = first; row < first + rows; row++, to += 4) {
          store<f32>(to, row < plan.filters ? load<f32>(element + <usize>row * <usize>plan.rawFilter) : 0);
        }
      }
    }
  }
}
