// The entry that stages maps, and activates them there. The module of gradients stages too, but has no finish, whose numbers would lie where
// this module's are.

import { StageTask, Workspace } from '../../src/shared/task';
import { finishRun } from '../window/finish';
import { sourceOf, stageMap } from '../window/stage';

/** Stages the maps `begin` to `end` (an item is one channel of one image). */
export function stage(task: StageTask, _workspace: Workspace, begin: i32, end: i32): void {
  for (let map = begin; map < end; map++) {
    const to = <usize>task.staged + <usize>map * <usize>task.stagedChannel;
    stageMap(task, sourceOf(task, map), to, true);
    finishRun(task.enter, to, task.stagedDepths * task.stagedRows * (task.stagedRow >> 2));
  }
}
