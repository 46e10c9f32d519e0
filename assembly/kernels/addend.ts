// Addend: where kernels find what is added to their outputs. It lies as far from each output as the addend of a FinishTask from its target.

import { FinishTask } from '../../src/shared/task';

/** Bytes from an output to what is added to it; 0: nothing is. */
// @ts-ignore: decorator
@inline
export function distanceToAddend(finish: usize): usize {
  const task = changetype<FinishTask>(finish);
  return task.addend == 0 ? 0 : <usize>(task.addend - task.target);
}
