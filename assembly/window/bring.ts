// Bring: reads inputs ahead of sums.

import { Desk, DirectTask } from '../../src/shared/task';

/** Brings bytes into a cache; the store only keeps compilers from leaving that out. */
export function touch(desk: Desk, from: usize, bytes: i32): void {
  let touched = 0;
  for (const end = from + <usize>bytes; from < end; from += 64) touched |= load<i32>(from);
  desk.touched = touched;
}

/**
 * Brings what all terms read for so many outputs, from `b` on, term by term: processors foresee that, unlike the order of the sums, which
 * take a line of each in turn.
 */
export function bring(task: DirectTask, desk: Desk, b: usize, outputs: i32): void {
  const end = <usize>task.tapTable + ((<usize>task.terms) << 2);
  for (let tap = <usize>task.tapTable; tap < end; tap += 4)
    touch(desk, b + <usize>load<u32>(tap), outputs << 2);
}
