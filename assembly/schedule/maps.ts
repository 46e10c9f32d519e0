// Maps: where the numbers of one group of one image begin. Groups are numbered through all images.
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
export function windowOf(task: SumTask, map: i32): usize {
  const image = quotient(map, task.groups);
  const group = map - image * task.groups;
  return <usize>(task.window + image * task.windowImage + group * task.windowGroup);
}

/** The outputs of the first filter of a group of an image. */
export function targetOf(task: SumTask, map: i32): usize {
  const image = quotient(map, task.groups);
  const group = map - image * task.groups;
  return <usize>(task.target + image * task.targetImage + group * task.targetGroup);
}

/** The first packed filter of the group, numbered through all groups. */
function packedFilterOf(task: SumTask, map: i32): i32 {
  return (map - quotient(map, task.groups) * task.groups) * task.packedFilters;
}

/** The packed weights of the group. */
export function weightsOf(task: SumTask, map: i32): usize {
  return <usize>task.weights + ((<usize>packedFilterOf(task, map) * <usize>task.terms) << 2);
}

/** Their bias. */
export function biasOf(task: SumTask, map: i32): usize {
  return <usize>task.bias + ((<usize>packedFilterOf(task, map)) << 2);
}

/** Behind the bias of all groups: as many zeros as a register tile has filters. */
export function zerosOf(task: SumTask): usize {
  return <usize>task.bias + ((<usize>(task.groups * task.packedFilters)) << 2);
}

/** The group of an image that an item belongs to which is one filter of one image. */
export function mapOf(task: SumTask, item: i32): i32 {
  return quotient(item, task.filters);
}

/** The filter of such an item, numbered through all groups. */
export function filterOf(task: SumTask, item: i32): i32 {
  const all = task.groups * task.filters;
  return item - quotient(item, all) * all;
}

/** Where its outputs go. */
export function mapTargetOf(task: SumTask, item: i32): usize {
  const map = quotient(item, task.filters);
  return targetOf(task, map) + <usize>((item - map * task.filters) * task.targetFilter);
}
