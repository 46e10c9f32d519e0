// Prefetch: reads inputs ahead of the sums that need them.

import { DirectTask, Workspace } from '../../src/shared/task';
import { inputsOf } from '../kernels/tile-table';

/** Brings bytes into a cache; the store only keeps compilers from leaving that out. */
export function touch(workspace: Workspace, from: usize, bytes: i32): void {
  let touched = 0;
  for (const end = from + <usize>bytes; from < end; from += 64) touched |= load<i32>(from);
  workspace.touched = touched;
}

/**
 * Brings what all terms read for so many outputs, from `b` on, term by term: processors foresee that, unlike the order of the sums, which
 * take a line of each in turn.
 */
export function prefetch(task: DirectTask, workspace: Workspace, b: usize, outputs: i32): void {
  const end = <usize>task.tapTable + ((<usize>task.terms) << 2);
  for (let tap = <usize>task.tapTable; tap < end; tap += 4)
    touch(workspace, b + <usize>load<u32>(tap), outputs << 2);
}

/**
 * Brings what eight tiles read of all channels into a cache: channels lie pages apart, and processors foresee no such steps, but wait for many
 * lines at once where nothing else is done. 1.07 for n1 g1 c320 f4 i96x96 k3x3 p1x1, 1.00 to 1.04 for layers of as many filters as channels.
 * @param last bytes to the last input of a row of a tile
 */
export function prefetchTiles(
  workspace: Workspace,
  tiles: usize,
  from: usize,
  channels: i32,
  channel: usize,
  rows: i32,
  row: usize,
  last: usize,
): void {
  let touched = 0;
  for (; channels > 0; channels--, from += channel) {
    // tiles that are neighbours take three lines of a row at most: one for the first, one for the last, and one between
    let first = inputsOf(tiles, 0) + from;
    let middle = inputsOf(tiles, 4) + from;
    let end = inputsOf(tiles, 7) + from + last;
    for (let r = 0; r < rows; r++, first += row, middle += row, end += row)
      touched |= load<i32>(first) | load<i32>(middle) | load<i32>(end);
  }
  workspace.touched = touched;
}
