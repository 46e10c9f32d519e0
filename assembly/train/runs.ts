// Runs: so many positions that float32 sums stay exact enough. The sums of runs are added in float64, always in the same order, so that no
// bit depends on how items are divided.

import { WeightTask } from '../../src/shared/gradient-task';

/** Where the rows of a run begin in the table; those of the run before end there. */
// @ts-ignore: decorator
@inline
export function runAt(task: WeightTask, run: i32): usize {
  return <usize>task.rowTable + ((<usize>load<i32>(<usize>task.runs + ((<usize>run) << 2))) << 4);
}
