// Runs: groups of positions that are few enough for float32 sums. The sums of runs are added in float64 in a fixed order, so that the
// result does not depend on how items are divided.

import { WeightTask } from '../../src/shared/gradient-task';

/** The first row of a run in the row table, which is the end of the previous run. */
// @ts-ignore: decorator
@inline
export function runAt(task: WeightTask, run: i32): usize {
  return <usize>task.rowTable + ((<usize>load<i32>(<usize>task.runs + ((<usize>run) << 2))) << 4);
}
