// Parts: the items of a task in some calls, as the threads of a pool make them.

import { Desk } from '../../src/shared/task';
import { below } from './memory';

/** Calls an entry for all items, the last part first; the desks take turns. */
export function inParts<T>(
  entry: (task: T, desk: Desk, begin: i32, end: i32) => void,
  task: T,
  desks: Desk[],
  items: i32,
  parts: i32,
): void {
  let end = items;
  for (let part = parts - 1; part >= 0; part--) {
    const begin = part == 0 ? 0 : below(end + 1);
    entry(task, desks[part % desks.length], begin, end);
    end = begin;
  }
}
