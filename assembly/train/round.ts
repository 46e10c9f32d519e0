// roundSums: rounds the float64 sums of all runs to the weight gradient. An item is one filter of a group.

import { RoundTask } from '../../src/shared/gradient-task';
import { Workspace } from '../../src/shared/task';

/** The sums are f64[channels][taps], or f64[panels][taps][8] if lanes are channels, with channels padded to whole panels. */
export function roundSums(task: RoundTask, _workspace: Workspace, begin: i32, end: i32): void {
  const taps = (<usize>task.taps) << 2;
  const lanes = task.lanes;
  const step = (<usize>lanes) << 3;
  for (let item = begin; item < end; item++) {
    const group = item / task.filters;
    const filter = item - group * task.filters;
    const sums = <usize>(task.sums + group * task.sumsGroup + filter * task.sumsFilter);
    let to = <usize>task.target + <usize>(item * task.channels) * taps;
    for (let channel = 0; channel < task.channels; channel++) {
      const panel = channel / lanes;
      let from = sums + <usize>(panel * task.sumsChannel + ((channel - panel * lanes) << 3));
      for (const last = to + taps; to < last; to += 4, from += step) store<f32>(to, <f32>load<f64>(from));
    }
  }
}
