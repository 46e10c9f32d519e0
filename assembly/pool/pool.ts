// poolMax, poolSum: max and average pooling of maps `begin` to `end` (exclusive).
//
// The rows of the windows are combined first, column by column, to one row with padding around it; then the columns of that row. So there
// are no special cases along a row, and it is vectorized.

import { PoolTask } from '../../src/shared/pool-task';
import { combineColumns, combineRanges } from './columns';
import { combineRows, pad } from './rows';

export function poolMax(task: PoolTask, begin: i32, end: i32): void {
  pool(true, task, begin, end);
}

export function poolSum(task: PoolTask, begin: i32, end: i32): void {
  pool(false, task, begin, end);
}

// @ts-ignore: decorator
@inline
function pool(isMax: bool, task: PoolTask, begin: i32, end: i32): void {
  const columns = task.columns;
  const left = task.left;
  const right = task.right;
  const depthStep = task.depthStep;
  const rowStep = task.rowStep;
  const targetRow = task.targetRow;
  const row = <usize>task.row;
  const firstColumn = row + ((<usize>left) << 2);
  pad(isMax, row, left);
  for (let map = begin; map < end; map++) {
    const source = <usize>task.source + <usize>map * <usize>task.sourceMap;
    let depthTarget = <usize>task.target + <usize>map * <usize>task.targetMap;
    let depthEntry = <usize>task.depthTable;
    for (let z = task.depth; z > 0; z--, depthEntry += 12, depthTarget += <usize>task.targetDepth) {
      const depths = load<i32>(depthEntry, 4);
      let target = depthTarget;
      let rowEntry = <usize>task.rowTable;
      for (let y = task.height; y > 0; y--, rowEntry += 12, target += <usize>targetRow) {
        const rows = load<i32>(rowEntry, 4);
        const divisor = load<f32>(depthEntry, 8) * load<f32>(rowEntry, 8);
        let from = source + load<u32>(depthEntry) + load<u32>(rowEntry);
        // a single row without padding is read in place
        if (depths != 1 || rows != 1 || (left | right) != 0) {
          combineRows(isMax, from, depths, depthStep, rows, rowStep, columns, firstColumn);
          pad(isMax, firstColumn + ((<usize>columns) << 2), right);
          from = row;
        }
        if (task.columnTable != 0) combineRanges(isMax, task, from, target, divisor);
        else combineColumns(isMax, task, from, target, divisor);
      }
    }
  }
}
