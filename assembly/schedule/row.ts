// Row: calls the micro-kernel for one filter along a row.

import { RowsTask } from '../../src/shared/task';
import { row1x16 } from '../kernels/row1x16';
import { row1x16k3 } from '../kernels/row1x16k3';

/** Computes `width` outputs, at least sixteen, of a filter (numbered through all groups) at `c`; `b`: what the first reads at tap 0. */
// @ts-ignore: decorator
@inline
export function sumRow(task: RowsTask, filter: i32, b: usize, c: usize, width: i32): void {
  const weights = <usize>task.weights + ((<usize>filter * <usize>task.terms) << 2);
  const bias = <usize>task.bias + ((<usize>filter) << 2);
  if (task.threeTaps) row1x16k3(weights, task.tapTable, bias, b, c, width);
  else row1x16(task.terms, weights, task.tapTable, bias, b, c, width);
}
