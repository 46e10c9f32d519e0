// Kernel activation: what kernels do themselves as they stage, pack or store numbers, so that these do not pass once more.

import { WORD_BYTES } from '../core/bytes.js';
import type { Engine } from '../engine/engine.js';
import { isAlwaysStaged, isStaged } from '../geometry/slice.js';
import type { Plan } from '../plan/plan.js';
import { LEAKY_RELU } from '../shared/sizes.js';
import { FinishedSumTask, GemmTask, StageTask } from '../shared/task.js';
import { type Activation, type Beside, kinds } from './activation.js';
import type { Block } from './block.js';
import { writeFinish } from './passage.js';
import { wordOf } from './task-writer.js';

/** The word of a task that has the address of what outputs pass. */
export const FINISH = wordOf(new FinishedSumTask(), 'finish');

/** The words of tasks that have the address of what their inputs pass. */
const ENTER = wordOf(new GemmTask(), 'enter');
const ENTER_STAGE = wordOf(new StageTask(), 'enter');

/**
 * Tells the kernels of a block which activation outputs pass as they store them where these belong, if they know it and nothing else is done.
 * @returns false where it is left for later, or there is none
 */
export function storeActivated(
  engine: Engine,
  { calls, target, finished, plan }: Block,
  beside: Beside | undefined,
): boolean {
  const { finishes } = plan.variant;
  if (finishes === undefined || plan.turned || plan.interleaved) return false;
  const { scale, add, activation } = beside ?? {};
  const isAlone = activation && target < 0 && scale === 1 && !add && kinds[activation.entry] <= finishes;
  return setFinish(engine, calls[calls.length - 1].task, FINISH, finished, isAlone ? activation : undefined);
}

/**
 * Whether a plan's kernels can activate inputs where they stage or pack them, rather than read copies of them. Zeros around a map stay zeros.
 * Inputs that are read where they lie are packed once if there is one tap.
 */
export function canEnterActivated(
  { variant, turned, interleaved, slices, tapSets }: Plan,
  input: Activation,
): boolean {
  if (kinds[input.entry] > LEAKY_RELU || variant.input !== 'window') return false;
  if (turned || isAlwaysStaged(slices)) return true;
  return variant.entry === 'gemm' && !interleaved && !isStaged(slices) && tapSets[0]?.taps === 1;
}

/** Tells the kernels of a block which activation inputs pass that are not copied. */
export function enterActivated(
  engine: Engine,
  { calls, loaded, entered }: Block,
  input: Activation | undefined,
): void {
  const [{ entry, task }] = calls;
  const field = entry === 'stage' ? ENTER_STAGE : ENTER;
  // what kernels cannot activate was copied in
  if (entry === 'stage' || entry === 'gemm')
    setFinish(engine, task, field, entered, loaded < 0 ? input : undefined);
}

/**
 * Gives a field of a task the address of a FinishTask with an activation, or 0: none.
 * @returns whether there is one
 */
function setFinish(
  engine: Engine,
  task: number,
  field: number,
  address: number,
  activation: Activation | undefined,
): boolean {
  engine.i32[task / WORD_BYTES + field] = activation ? address : 0;
  if (activation) writeFinish(engine, address / WORD_BYTES, 0, 0, 0, 0, 1, activation);
  return !!activation;
}
