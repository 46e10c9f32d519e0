// Groups: where the numbers of a group of an image begin. `group` counts the groups of all images; `own` is its number in its image.
//
// These stay functions of their own. What is inlined into a macro-kernel V8 11.3 computes again in its innermost loop, divisions
// included: 0.8 of the speed of n1 g1 c1 f512 i16000 k10 s5.

import { SumTask } from '../../src/shared/task';

/** a / b, which is mostly 0 or a. A division takes as long as a few outputs: 1.05 for n1 g384 c384 f384 i14x14 k3x3 p1x1. */
// @ts-ignore: decorator
@inline
function quotient(a: i32, b: i32): i32 {
  return a < b ? 0 : b == 1 ? a : a / b;
}

/** The window of a group of an image. */
export function windowOf(task: SumTask, group: i32): usize {
  const image = quotient(group, task.groups);
  const own = group - image * task.groups;
  return <usize>(task.window + image * task.windowImage + own * task.windowGroup);
}

/** The outputs of the first filter of a group of an image. */
export function targetOf(task: SumTask, group: i32): usize {
  const image = quotient(group, task.groups);
  const own = group - image * task.groups;
  return <usize>(task.target + image * task.targetImage + own * task.targetGroup);
}

/** The first packed filter of the group, numbered through all groups. */
function packedFilterOf(task: SumTask, group: i32): i32 {
  return (group - quotient(group, task.groups) * task.groups) * task.packedFilters;
}

/** The packed weights of the group. */
export function weightsOf(task: SumTask, group: i32): usize {
  return <usize>task.weights + ((<usize>packedFilterOf(task, group) * <usize>task.terms) << 2);
}

/** Their bias. */
export function biasOf(task: SumTask, group: i32): usize {
  return <usize>task.bias + ((<usize>packedFilterOf(task, group)) << 2);
}

/** Behind the bias of all groups: as many zeros as a register tile has filters. */
export function zerosOf(task: SumTask): usize {
  return <usize>task.bias + ((<usize>(task.groups * task.packedFilters)) << 2);
}

/** The group of an image that an item belongs to which is one filter of one image. */
export function groupOf(task: SumTask, item: i32): i32 {
  return quotient(item, task.filters);
}

/** The filter of such an item, numbered through all groups. */
export function filterOf(task: SumTask, item: i32): i32 {
  const all = task.groups * task.filters;
  return item - quotient(item, all) * all;
}

/** Where its outputs go. */
export function mapTargetOf(task: SumTask, item: i32): usize {
  const group = quotient(item, task.filters);
  return targetOf(task, group) + <usize>((item - group * task.filters) * task.targetFilter);
}
