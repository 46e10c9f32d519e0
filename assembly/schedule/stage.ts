// The entry that stages maps and applies an activation to them. Separate from window/stage.ts, which the module of gradients also uses:
// that module must not include finish.ts, which has static data.

import { StageTask, Workspace } from '../../src/shared/task';
import { finishRun } from '../window/finish';
import { sourceOf, stageMap } from '../window/stage';

/** Stages maps `begin` to `end` (exclusive). An item is one channel of one image. */
export function stage(task: StageTask, _workspace: Workspace, begin: i32, end: i32): void {
  for (let map = begin; map < end; map++) {
    const to = <usize>task.staged + <usize>map * <usize>task.stagedChannel;
    stageMap(task, sourceOf(task, map), to, true);
    finishRun(task.enter, to, task.stagedDepths * task.stagedRows * (task.stagedRow >> 2));
  }
}
