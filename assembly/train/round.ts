// Round: the sums of all runs, in float64, to the weight gradient. An item is one filter of a group.

import { RoundTask } from '../../src/shared/gradient-task';
import { Desk } from '../../src/shared/task';

/** The sums of a filter. */
// @ts-ignore: decorator
@inline
function sumsOf(task: RoundTask, item: i32): usize {
  const group = item / task.filters;
  return <usize>(task.sums + group * task.sumsGroup + (item - group * task.filters) * task.sumsFilter);
}

/** Of f64[channels][taps]; channels may have more. */
export function roundSums(task: RoundTask, _desk: Desk, begin: i32, end: i32): void {
  const taps = (<usize>task.taps) << 2;
  for (let item = begin; item < end; item++) {
    let sums = sumsOf(task, item);
    let to = <usize>task.target + <usize>(item * task.channels) * taps;
    for (let channel = 0; channel < task.channels; channel++, sums += <usize>task.sumsChannel) {
      let from = sums;
      for (const last = to + taps; to < last; to += 4, from += 8) store<f32>(to, <f32>load<f64>(from));
    }
  }
}

/** Of f64[panels][taps][8]. */
export function roundPanels(task: RoundTask, _desk: Desk, begin: i32, end: i32): void {
  const taps = (<usize>task.taps) << 2;
  const panel = taps << 4;
  for (let item = begin; item < end; item++) {
    const sums = sumsOf(task, item);
    let to = <usize>task.target + <usize>(item * task.channels) * taps;
    for (let channel = 0; channel < task.channels; channel++) {
      let from = sums + <usize>(channel >> 3) * panel + ((<usize>(channel & 7)) << 3);
      for (const last = to + taps; to < last; to += 4, from += 64) store<f32>(to, <f32>load<f64>(from));
    }
  }
}
