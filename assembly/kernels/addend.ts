// The distance from outputs to their addends, which is constant: that of a FinishTask's addend from its target.

import { FinishTask } from '../../src/shared/task';

/** The byte distance from an output to its addend; 0 if there is none. */
// @ts-ignore: decorator
@inline
export function distanceToAddend(finish: usize): usize {
  const task = changetype<FinishTask>(finish);
  return task.addend == 0 ? 0 : <usize>(task.addend - task.target);
}
