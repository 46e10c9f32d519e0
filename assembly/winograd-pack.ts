// Packs weights for winograd: every kernel transformed, in the order in which the products read them.

import { PlanRecord } from '../src/record';
import { coefficient3x2, spreadKernel3x2 } from './kernels/winograd3x2';
import { coefficient4x3, spreadKernel4x3 } from './kernels/winograd4x3';
import { filterTileCount, packedRows, tileRow, tileRows } from './tiles';

/** Packs the filter tiles `begin` to `end` (an item is one tile of one group): U[E][block of terms][filter tile][term][filter of the tile]. */
export function winogradPack(plan: PlanRecord, begin: i32, end: i32): void {
  const tiles = filterTileCount(plan);
  const terms = plan.terms;
  const planeTerms = terms / plan.tilePlanes;
  const kernels = planeTerms / plan.channels;
  const kernelBytes = <usize>(plan.taps / kernels / plan.tilePlanes) << 2;
  const element = <usize>(packedRows(plan) * terms) << 2;
  for (let item = begin; item < end; item++) {
    const group = item / tiles;
    const tile = item - group * tiles;
    const first = tileRow(plan, tile);
    const rows = tileRows(plan, tile);
    const from = <usize>plan.raw + <usize>group * <usize>plan.rawGroup;
    const weights = <usize>plan.weights + <usize>group * <usize>plan.weightsGroup;
    for (let term = 0; term < terms; term++) {
      const block = term - (term % plan.termsBlock);
      const count = min(plan.termsBlock, terms - block);
      let to = weights + (<usize>(block * packedRows(plan) + count * first + (term - block) * rows) << 2);
      const plane = term / planeTerms;
      const channel = (term - plane * planeTerms) / kernels;
      const table = <usize>plan.kernelTable + <usize>(plane * kernels + (term % kernels)) * kernelBytes;
      for (let row = first; row < first + rows; row++, to += 4) {
        const kernel = from + <usize>channel * <usize>plan.rawChannel + <usize>row * <usize>plan.rawFilter;
        transformKernel(plan, row < plan.filters, kernel, table, to, element);
      }
    }
  }
}

/** G k G^T (G k) of one kernel, whose elements are found by a table of byte offsets, or zeros: element e goes to `to + e * step`. */
function transformKernel(plan: PlanRecord, exists: bool, kernel: usize, table: usize, to: usize, step: usize): void {
  if (!exists) {
    for (let e = 0; e < plan.tileElements; e++, to += step) store<f32>(to, 0);
  } else if (plan.tileElements == plan.tileSide) {
    spreadKernel4x3(tapOf(kernel, table, 0), tapOf(kernel, table, 1), tapOf(kernel, table, 2), to, step);
  } else if (plan.tileSide == 6) {
    // Loop over the rows of G k; each is spread along the other axis at once.
    for (let i = 0; i < 6; i++, to += 6 * step) {
      const c0 = coefficient4x3(i, 0);
      const c1 = coefficient4x3(i, 1);
      const c2 = coefficient4x3(i, 2);
      const h0 = c0 * tapOf(kernel, table, 0) + c1 * tapOf(kernel, table, 3) + c2 * tapOf(kernel, table, 6);
      const h1 = c0 * tapOf(kernel, table, 1) + c1 * tapOf(kernel, table, 4) + c2 * tapOf(kernel, table, 7);
      const h2 = c0 * tapOf(kernel, table, 2) + c1 * tapOf(kernel, table, 5) + c2 * tapOf(kernel, table, 8);
      spreadKernel4x3(h0, h1, h2, to, step);
    }
  } else {
    for (let i = 0; i < 4; i++, to += 4 * step) {
      const c0 = coefficient3x2(i, 0);
      const c1 = coefficient3x2(i, 1);
      const h0 = c0 * tapOf(kernel, table, 0) + c1 * tapOf(kernel, table, 2);
      const h1 = c0 * tapOf(kernel, table, 1) + c1 * tapOf(kernel, table, 3);
      spreadKernel3x2(h0, h1, to, step);
    }
  }
}

/** One element of a kernel. */
// @ts-ignore: decorator
@inline
function tapOf(kernel: usize, table: usize, tap: usize): f64 {
  return <f64>load<f32>(kernel + <usize>load<u32>(table + (tap << 2)));
}
