// weightPanels: a matrix product over positions, vectorized over eight channels of the input, so that row length does not matter. The
// gradient is packed position by position. For groups with several channels and filters.

import { WeightPanelsTask } from '../../src/shared/gradient-task';
import { Workspace } from '../../src/shared/task';
import { correlate3x8InPlace } from '../kernels/correlate3x8';
import { correlate4x8InPlace } from '../kernels/correlate4x8';
import { correlate5x8InPlace } from '../kernels/correlate5x8';
import { addRow } from './lane-sums';
import { packFour, packRows } from './pack-channels';
import { runAt } from './runs';

/** The panels of eight channels per group. */
// @ts-ignore: decorator
@inline
function panelsOf(task: WeightPanelsTask): i32 {
  return (task.channels + 7) >> 3;
}

/** An item is a panel of one image, in memory order: `[group][panel][image]`. */
export function packChannels(task: WeightPanelsTask, _workspace: Workspace, begin: i32, end: i32): void {
  for (let item = begin; item < end; item++) packPanel(task, item);
}

function packPanel(task: WeightPanelsTask, item: i32): void {
  const panels = panelsOf(task);
  const panel = item / task.images;
  const image = item - panel * task.images;
  const group = panel / panels;
  const channel = (panel - group * panels) << 3;
  const stride = <usize>task.channelStride;
  const from =
    <usize>(task.channelWindow + image * task.channelImage + group * task.channelGroup) +
    <usize>channel * stride;
  const to = <usize>task.window + <usize>item * <usize>task.panelImage;
  packFour(from, stride, task.channels - channel, task.channelNumbers, to, 32);
  packFour(from + 4 * stride, stride, task.channels - channel - 4, task.channelNumbers, to + 16, 32);
}

/** An item is a tile of filters of a group. */
export function weightPanels(task: WeightPanelsTask, workspace: Workspace, begin: i32, end: i32): void {
  for (let run = 0; run < task.runCount; run++) {
    const rows = runAt(task, run);
    const rowEnd = runAt(task, run + 1);
    const terms = listPlaces(rows, rowEnd, <usize>workspace.places);
    for (let item = begin; item < end; item++) sumTile(task, workspace, item, rows, rowEnd, terms);
  }
}

/** Lists the offset of each position of a run in a panel. Returns their number. */
function listPlaces(rows: usize, rowEnd: usize, to: usize): i32 {
  const first = to;
  for (; rows < rowEnd; rows += 16) {
    let place = load<u32>(rows, 4);
    for (const end = to + ((<usize>load<u32>(rows, 8)) << 2); to < end; to += 4, place += 32)
      store<u32>(to, place);
  }
  return <i32>((to - first) >> 2);
}

/** Sums a run for a tile of filters, panel by panel and tap by tap. */
function sumTile(
  task: WeightPanelsTask,
  workspace: Workspace,
  item: i32,
  rows: usize,
  rowEnd: usize,
  terms: i32,
): void {
  const group = item / task.filterTiles;
  const table = <usize>task.filterTable + ((<usize>(item - group * task.filterTiles)) << 2);
  const filter = load<i32>(table);
  const filters = load<i32>(table, 4) - filter;
  const allFilters = load<i32>(<usize>task.filterTable + ((<usize>task.filterTiles) << 2));
  const g = <usize>(task.gradient + group * task.gradientGroup + filter * task.gradientFilter);
  const packed = <usize>workspace.panel;
  let to = packed;
  for (let row = rows; row < rowEnd; row += 16) {
    const count = load<i32>(row, 8);
    packRows(filters, g + <usize>load<u32>(row), <usize>task.gradientFilter, count, to);
    to += (<usize>(count * filters)) << 2;
  }

  const panels = panelsOf(task);
  const panelBytes = <usize>(task.images * task.panelImage);
  const tapEnd = <usize>task.tapTable + ((<usize>task.taps) << 2);
  const tile = <usize>workspace.spareTile;
  let panel = <usize>(task.window + group * task.windowGroup);
  let sums = <usize>task.sums + <usize>(group * allFilters + filter) * <usize>task.sumsFilter;
  const taps = (<usize>task.taps) << 2;
  const ofFilter = <usize>task.channels * taps;
  const target = <usize>task.target + <usize>(group * task.filters + filter) * ofFilter;
  for (let p = 0; p < panels; p++, panel += panelBytes) {
    let to = target + ((<usize>p) << 3) * taps;
    const channels = min(8, task.channels - (p << 3));
    for (let tap = <usize>task.tapTable; tap < tapEnd; tap += 4, to += 4, sums += 64) {
      const x = panel + <usize>load<u32>(tap);
      correlateRun(filters, terms, packed, x, <usize>workspace.places, tile, <usize>task.zeros);
      if (task.target) {
        for (let f = 0; f < filters; f++)
          storeRow(tile + ((<usize>f) << 5), channels, to + <usize>f * ofFilter, taps);
        continue;
      }
      for (let f = 0; f < filters; f++)
        addRow(tile + ((<usize>f) << 5), sums + <usize>f * <usize>task.sumsFilter);
    }
  }
}

// @ts-ignore: decorator
@inline
function correlateRun(
  filters: i32,
  terms: i32,
  a: usize,
  b: usize,
  places: usize,
  c: usize,
  zeros: usize,
): void {
  if (filters == 5) correlate5x8InPlace(terms, a, b, places, c, 32, zeros);
  else if (filters == 4) correlate4x8InPlace(terms, a, b, places, c, 32, zeros, 8);
  else correlate3x8InPlace(terms, a, b, places, c, 32, zeros, 8);
}

/** Stores numbers with a stride of `step` bytes. */
// @ts-ignore: decorator
@inline
function storeRow(row: usize, count: i32, to: usize, step: usize): void {
  for (const end = row + ((<usize>count) << 2); row < end; row += 4, to += step)
    store<f32>(to, load<f32>(row));
}
