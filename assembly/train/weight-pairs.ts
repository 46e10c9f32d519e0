// weightPairs: reads both operands in place, vectorized over positions. For long rows and groups with few channels.

import { WeightPairsTask } from '../../src/shared/gradient-task';
import { Workspace } from '../../src/shared/task';
import { dots2x4 } from './dots2x4';
import { addLanes } from './lane-sums';
import { runAt } from './runs';

/** An item is two filters of a group with a block of taps: `[group][taps][pair]`. */
export function weightPairs(task: WeightPairsTask, workspace: Workspace, begin: i32, end: i32): void {
  for (let run = 0; run < task.runCount; run++) {
    const rows = runAt(task, run);
    const rowEnd = runAt(task, run + 1);
    for (let item = begin; item < end; item++) sumPair(task, <usize>workspace.spareTile, item, rows, rowEnd);
  }
}

/** Sums a run for one item. Not inlined, for the reason that schedule/groups.ts gives. */
function sumPair(task: WeightPairsTask, tile: usize, item: i32, rows: usize, rowEnd: usize): void {
  const pairs = (task.filters + 1) >> 1;
  const parts = (task.taps + task.tapsAtOnce - 1) / task.tapsAtOnce;
  const group = item / (parts * pairs);
  const part = item / pairs - group * parts;
  const filter = (item - (group * parts + part) * pairs) << 1;
  const first = part * task.tapsAtOnce;
  const x = <usize>(task.window + group * task.windowGroup);
  const g = <usize>(task.gradient + group * task.gradientGroup + filter * task.gradientFilter);
  // an odd last filter is summed twice
  const next = filter + 1 < task.filters ? <usize>task.gradientFilter : 0;
  const sumsFilter = <usize>task.sumsFilter;
  let sums = <usize>task.sums + <usize>(group * (pairs << 1) + filter) * sumsFilter + ((<usize>first) << 3);
  let taps = <usize>task.tapTable + ((<usize>first) << 2);
  const tapEnd = <usize>task.tapTable + ((<usize>min(task.taps, first + task.tapsAtOnce)) << 2);
  for (; taps < tapEnd; taps += 16, sums += 32) {
    dots2x4(rows, rowEnd, g, next, x, taps, tile);
    addLanes(tile, 2, sums);
    addLanes(tile + 64, 2, sums + sumsFilter);
  }
}
