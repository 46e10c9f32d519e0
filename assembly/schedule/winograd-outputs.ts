// The third step of winograd.ts: transforms M back, adds the bias, and stores the outputs.

import {
  EIGHT_POINTS,
  EIGHT_POINTS_HIGH,
  F3X3_2X2,
  F4_3,
  F4_3_HIGH,
  TILE_ENTRY,
} from '../../src/shared/sizes';
import { WinogradTask, Workspace } from '../../src/shared/task';
import { output3x2 } from '../kernels/winograd3x2/output';
import { output4x3, outputRows4x3 } from '../kernels/winograd4x3/output';
import { output8 } from '../kernels/winograd8/output';
import { firstFilter } from '../weights/filter-table';
import { outputElementOf } from './winograd-products';

/** Transforms the products of some filter tiles back and stores the outputs from depth `first` on. */
export function transformOutputs(
  task: WinogradTask,
  workspace: Workspace,
  group: i32,
  tiles: i32,
  firstTile: i32,
  lastTile: i32,
  first: i32,
  from: usize,
): void {
  const transform = task.transform;
  const line = (<usize>((tiles + 7) & ~7)) << 2;
  const row = (<usize>(task.width * task.heightGap)) << 2;
  const isHigh = transform == F4_3_HIGH || transform == EIGHT_POINTS_HIGH;
  const isEight = transform == EIGHT_POINTS || transform == EIGHT_POINTS_HIGH;
  const isLine = isHigh || isEight || transform == F4_3;
  const outputs = isHigh ? task.tileHeight : task.tileWidth;
  const gap = isHigh ? row : (<usize>task.widthGap) << 2;
  const half = <usize>workspace.halfTransformed;
  const filter = <usize>task.targetFilter;
  const before = firstFilter(task.filterTable, firstTile);
  const count = min(task.filters, firstFilter(task.filterTable, lastTile)) - before;
  const bias = <usize>task.bias + ((<usize>(group * task.packedFilters + before)) << 2);
  const depthBytes = <usize>(firstFilter(task.filterTable, lastTile) - before) * line;
  const element = outputElementOf(task, depthBytes);
  const table = <usize>workspace.tileTable;
  const end = table + <usize>(tiles * TILE_ENTRY);
  // along one axis all filters are transformed in one call
  const filters = isLine ? 1 : count;
  const finish = <usize>task.finish;
  // Loop along the depth, over the filters, over four tiles at a time.
  for (let d = first; d < first + task.depthAtOnce; d++, from += depthBytes) {
    let to = <usize>before * filter + ((<usize>(d * task.depthGap * task.height * task.width)) << 2);
    for (let f = 0; f < filters; f++, to += filter) {
      let m = from + <usize>f * line;
      const start = bias + ((<usize>f) << 2);
      for (let entry = table; entry < end; entry += 4 * TILE_ENTRY, m += 16) {
        if (transform == F3X3_2X2) output3x2(m, element, half, start, entry, to, row);
        else if (isEight)
          output8(outputs, m, element, line, count, half, start, entry, to, filter, gap, isHigh, finish);
        else if (isLine)
          outputRows4x3(m, element, line, count, start, 4, entry, to, filter, gap, isHigh, finish);
        else output4x3(m, element, half, start, entry, to, row, gap, finish);
      }
    }
  }
}
