// Divides the items of a task into several calls, as the threads of a pool do.

import { Workspace } from '../../src/shared/task';
import { below } from './memory';

/** Calls an entry for all items, the last part first, with alternating workspaces. */
export function inParts<T>(
  entry: (task: T, workspace: Workspace, begin: i32, end: i32) => void,
  task: T,
  workspaces: Workspace[],
  items: i32,
  parts: i32,
): void {
  let end = items;
  for (let part = parts - 1; part >= 0; part--) {
    const begin = part == 0 ? 0 : below(end + 1);
    entry(task, workspaces[part % workspaces.length], begin, end);
    end = begin;
  }
}
