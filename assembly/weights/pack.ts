// Packs weights in the order in which register tiles read them.
//
//   group | element | block of terms | filter tile | term | filter of the tile
//
// Without Winograd there is one element, a term is a pair (channel, tap), taps innermost, and all classes have the same elements of a kernel.
// With it, a term is a kernel of the transform in a channel, channels innermost. Padding filters repeat the last one; their outputs are
// ignored.
//
// The original weights come in pieces of some channels and filters. Filters that are not in the piece are skipped.

import { elementBytes } from '../../src/shared/sizes';
import { PackTask, PackWinogradTask, Workspace } from '../../src/shared/task';
import { firstFilter } from './filter-table';
import { transformKernels } from './winograd-weights';

/** Packs the part of filter tiles `begin` to `end` (exclusive) that is in the piece. An item is one tile of one group. */
export function pack(task: PackTask, _workspace: Workspace, begin: i32, end: i32): void {
  const packedGroup = (<usize>(task.packedFilters * task.terms)) << 2;
  // Loop over the tiles, then over the terms.
  for (let item = begin; item < end; item++) {
    const group = item / task.filterTiles;
    const tile = item - group * task.filterTiles;
    const raw = <usize>task.raw + <usize>group * <usize>task.rawGroup;
    const weights = <usize>task.weights + <usize>group * packedGroup;
    const first = firstFilter(task.filterTable, tile);
    const last = firstFilter(task.filterTable, tile + 1);
    for (let channel = task.firstChannel; channel < task.endChannel; channel++) {
      for (let tap = 0; tap < task.taps; tap++) {
        const element = <usize>load<u32>(<usize>task.elementTable + ((<usize>tap) << 2));
        const from = raw + <usize>channel * <usize>task.rawChannel + element;
        let to = weights + placeOf(task, tile, channel * task.taps + tap);
        for (let filter = first; filter < last; filter++, to += 4) {
          const kernel = kernelOf(task, filter);
          if (isInPiece(task, kernel)) store<f32>(to, load<f32>(from + kernel));
        }
      }
    }
  }
}

/** The same, with each kernel transformed. */
export function packWinograd(task: PackWinogradTask, _workspace: Workspace, begin: i32, end: i32): void {
  const groupBytes = <usize>(task.elements * elementBytes(task.packedFilters, task.terms));
  // Loop over the tiles, then over the terms.
  for (let item = begin; item < end; item++) {
    const group = item / task.filterTiles;
    const tile = item - group * task.filterTiles;
    const raw = <usize>task.raw + <usize>group * <usize>task.rawGroup;
    const weights = <usize>task.weights + <usize>group * groupBytes;
    const first = firstFilter(task.filterTable, tile);
    const last = firstFilter(task.filterTable, tile + 1);
    const firstClass = min(first, task.filters - 1) / task.classFilters;
    const tables = <usize>task.elementTable + ((<usize>(firstClass * task.taps)) << 2);
    // A kernel is held back until its neighbour in the packed weights, with which it is transformed.
    let held: usize = 0;
    let heldTable: usize = 0;
    let heldTo: usize = 0;
    for (let term = 0; term < task.terms; term++) {
      const kernel = term / task.channels;
      const channel = term - kernel * task.channels;
      if (channel < task.firstChannel || channel >= task.endChannel) continue;
      let to = weights + placeOf(task, tile, term);
      let table = tables + ((<usize>(kernel * task.kernelTaps)) << 2);
      let classEnd = (firstClass + 1) * task.classFilters;
      for (let filter = first; filter < last; filter++, to += 4) {
        if (filter == classEnd && filter < task.filters) {
          classEnd += task.classFilters;
          table += (<usize>task.taps) << 2;
        }
        const offset = kernelOf(task, filter);
        if (!isInPiece(task, offset)) continue;
        const from = raw + <usize>channel * <usize>task.rawChannel + offset;
        const isPair = held != 0 && heldTo + 4 == to && heldTable == table && held != from;
        if (held != 0) transformKernels(task, held, isPair ? from : held, heldTable, heldTo);
        held = isPair ? 0 : from;
        heldTable = table;
        heldTo = to;
      }
    }
    if (held != 0) transformKernels(task, held, held, heldTable, heldTo);
  }
}

/** The byte offset of a tile's weights for a term. The terms of a block are contiguous within a tile. */
// @ts-ignore: decorator
@inline
function placeOf(task: PackTask, tile: i32, term: i32): usize {
  const first = firstFilter(task.filterTable, tile);
  const filters = firstFilter(task.filterTable, tile + 1) - first;
  const begin = term - (term % task.termsAtOnce);
  const terms = min(task.termsAtOnce, task.terms - begin);
  return (<usize>(begin * task.packedFilters + terms * first + (term - begin) * filters)) << 2;
}

/** The byte offset of a filter's first kernel element. */
// @ts-ignore: decorator
@inline
function kernelOf(task: PackTask, filter: i32): usize {
  return <usize>load<u32>(<usize>task.kernelTable + ((<usize>min(filter, task.filters - 1)) << 2));
}

/** Whether the kernel at this offset is in the piece. */
// @ts-ignore: decorator
@inline
function isInPiece(task: PackTask, kernel: usize): bool {
  return kernel - <usize>task.firstKernel < <usize>task.kernelBytes;
}
