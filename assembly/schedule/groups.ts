// Address computations for groups. `group` counts the groups of all images; `own` is its index within the image.
//
// These functions must not be inlined: V8 11.3 would recompute inlined expressions, including divisions, in the innermost loop of a
// macro-kernel: 0.8 of the speed of n1 g1 c1 f512 i16000 k10 s5.

import { SumTask } from '../../src/shared/task';
import { quotient } from '../window/quotient';

/** The window of a group. */
export function windowOf(task: SumTask, group: i32): usize {
  const image = quotient(group, task.groups);
  const own = group - image * task.groups;
  return <usize>(task.window + image * task.windowImage + own * task.windowGroup);
}

/** The outputs of the first filter of a group. */
export function targetOf(task: SumTask, group: i32): usize {
  const image = quotient(group, task.groups);
  const own = group - image * task.groups;
  return <usize>(task.target + image * task.targetImage + own * task.targetGroup);
}

/** The index of a group's first packed filter, counted over all groups of an image. */
function packedFilterOf(task: SumTask, group: i32): i32 {
  return (group - quotient(group, task.groups) * task.groups) * task.packedFilters;
}

/** The packed weights of a group. */
export function weightsOf(task: SumTask, group: i32): usize {
  return <usize>task.weights + ((<usize>packedFilterOf(task, group) * <usize>task.terms) << 2);
}

/** The packed bias of a group. */
export function biasOf(task: SumTask, group: i32): usize {
  return <usize>task.bias + ((<usize>packedFilterOf(task, group)) << 2);
}

/** As many zeros as the largest register tile has filters; they follow the bias of all groups. */
export function zerosOf(task: SumTask): usize {
  return <usize>task.bias + ((<usize>(task.groups * task.packedFilters)) << 2);
}

/** The group of an item, if an item is one filter of one image. */
export function groupOf(task: SumTask, item: i32): i32 {
  return quotient(item, task.filters);
}

/** The filter of such an item, counted over all groups of an image. */
export function filterOf(task: SumTask, item: i32): i32 {
  const all = task.groups * task.filters;
  return item - quotient(item, all) * all;
}

/** The outputs of such an item. */
export function mapTargetOf(task: SumTask, item: i32): usize {
  const group = quotient(item, task.filters);
  return targetOf(task, group) + <usize>((item - group * task.filters) * task.targetFilter);
}
