// direct: the convolution row by row, reading the window in place through the tap table. For layers with few filters per group, where
// packing panels would cost more than it saves.
//
// An item is a piece of one row of outputs, for all filters of one group of one image. Consecutive pieces are computed in stretches, whose
// inputs stay in a cache for all filters.

import { DirectTask, Workspace } from '../../src/shared/task';
import { row2x16 } from '../kernels/row2x16';
import { firstFilter } from '../weights/filter-table';
import { prefetch } from '../window/prefetch';
import { biasOf, targetOf, weightsOf, windowOf } from './groups';
import { correlateInPlace } from './register-tile';
import { sumRow } from './row';

/** Computes pieces `begin` to `end` (exclusive) with register tiles of several filters. */
export function direct(task: DirectTask, workspace: Workspace, begin: i32, end: i32): void {
  stretches(task, workspace, begin, end, false);
}

/** Computes the same pieces with one or two filters and sixteen pixels at a time. */
export function directRows(task: DirectTask, workspace: Workspace, begin: i32, end: i32): void {
  stretches(task, workspace, begin, end, true);
}

/** The common body. `isByRows` is a compile-time constant, so each entry has the code of one way only. */
// @ts-ignore: decorator
@inline
function stretches(task: DirectTask, workspace: Workspace, begin: i32, end: i32, isByRows: bool): void {
  const pieces = piecesOf(task);
  const ofGroup = task.depth * task.height * pieces;
  // Loop over the groups of images, then over their rows.
  for (let group = begin / ofGroup; begin < end; group++) {
    const window = windowOf(task, group);
    const weights = weightsOf(task, group);
    const bias = biasOf(task, group);
    const target = targetOf(task, group);
    const first = begin - group * ofGroup;
    const last = min(ofGroup, first + end - begin);
    begin += last - first;
    for (let piece = first; piece < last; ) {
      const row = pieces == 1 ? piece : piece / pieces;
      const next = min(last, (row + 1) * pieces);
      const b = window + placeOf(task, row);
      const c = target + ((<usize>(row * task.width)) << 2);
      const stop = next == (row + 1) * pieces ? task.width : (next - row * pieces) * task.piece;
      let brought = 0;
      // Loop over the stretches; the last one includes the remainder.
      for (let x = (piece - row * pieces) * task.piece; x < stop; ) {
        const width = stop - x < 2 * task.stretch ? stop - x : task.stretch;
        const place = (<usize>x) << 2;
        if (task.ahead > 0 && x >= brought) {
          brought = x + task.ahead;
          prefetch(task, workspace, b + place, min(task.ahead, stop - x));
        }
        if (isByRows) rowsAlong(task, weights, bias, b + place, c + place, width);
        else tilesAlong(task, weights, bias, b + place, c + place, width);
        x += width;
      }
      piece = next;
    }
  }
}

// The following functions are not inlined, for the reason that groups.ts gives.

/** Computes a stretch of `width` outputs at `c`. `b` is the input that the first output reads at tap 0. */
function tilesAlong(task: DirectTask, weights: usize, bias: usize, b: usize, c: usize, width: i32): void {
  const terms = task.terms;
  const taps = <usize>task.tapTable;
  const filterTiles = task.filterTiles;
  const targetFilter = <usize>task.targetFilter;
  // Loop over the filter tiles, which cover the filters exactly.
  for (let f = 0; f < filterTiles; f++) {
    const filter = firstFilter(task.filterTable, f);
    const filters = firstFilter(task.filterTable, f + 1) - filter;
    const a = weights + ((<usize>terms * filter) << 2);
    const to = c + <usize>filter * targetFilter;
    const start = bias + ((<usize>filter) << 2);
    correlateInPlace(filters, terms, a, b, taps, to, targetFilter, start, width);
  }
}

/** Computes the same with two filters at a time, and a last one alone. With three taps, one filter at a time is faster. */
function rowsAlong(task: DirectTask, weights: usize, bias: usize, b: usize, c: usize, width: i32): void {
  const terms = task.terms;
  const taps = <usize>task.tapTable;
  const row = <usize>task.targetFilter;
  let f = 0;
  if (terms != 3) {
    for (; f + 1 < task.filters; f += 2) {
      row2x16(terms, weights, taps, bias, b, c, row, width);
      weights += (<usize>terms) << 3;
      bias += 8;
      c += 2 * row;
    }
  }
  for (; f < task.filters; f++) {
    sumRow(terms, weights, taps, bias, b, c, width);
    weights += (<usize>terms) << 2;
    bias += 4;
    c += row;
  }
}

/** The number of pieces of a row; the last one includes the remainder. */
function piecesOf(task: DirectTask): i32 {
  return max(1, task.width / task.piece);
}

/** The byte offset in a group's window of the input that the first output of a row reads at tap 0. */
function placeOf(task: DirectTask, row: i32): usize {
  const d = task.depth == 1 ? 0 : row / task.height;
  return <usize>(d * task.windowDepth + (row - d * task.height) * task.windowRow);
}
