// Maps: where the inputs and outputs of one group of one image begin. Groups are numbered through all images.

import { SumTask } from '../../src/shared/task';

/** The window of a group of an image. */
// @ts-ignore: decorator
@inline
export function windowOf(task: SumTask, map: i32): usize {
  const image = map / task.groups;
  const group = map - image * task.groups;
  return <usize>task.window + <usize>image * <usize>task.windowImage + <usize>group * <usize>task.windowGroup;
}

/** The outputs of the first filter of a group of an image. */
// @ts-ignore: decorator
@inline
export function targetOf(task: SumTask, map: i32): usize {
  const image = map / task.groups;
  const group = map - image * task.groups;
  return <usize>task.target + <usize>image * <usize>task.targetImage + <usize>group * <usize>task.targetGroup;
}
