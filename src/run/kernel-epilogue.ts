// Kernel epilogue: what kernels do themselves as they stage, pack or store numbers, so that these do not pass once more: activations, and
// sums with another tensor.

import { WORD_BYTES } from '../core/bytes.js';
import type { Tensor } from '../core/tensor.js';
import { placeOf, stepOf } from '../engine/address.js';
import type { Engine } from '../engine/engine.js';
import { isAlwaysStaged, isStaged } from '../geometry/slice.js';
import type { Plan } from '../plan/plan.js';
import { LEAKY_RELU } from '../shared/sizes.js';
import { FinishedSumTask, GemmTask, StageTask } from '../shared/task.js';
import { type Activation, type Epilogue, kinds } from './activation.js';
import type { Block } from './block.js';
import { wordOf } from './task-writer.js';
import { writeFinish } from './transfer.js';

/** The word of a task that has the address of what outputs pass. */
export const FINISH = wordOf(new FinishedSumTask(), 'finish');

/** The words of tasks that have the address of what their inputs pass. */
const ENTER = wordOf(new GemmTask(), 'enter');
const ENTER_STAGE = wordOf(new StageTask(), 'enter');

/**
 * Tells the kernels of a block what outputs pass as they store them where these belong, as far as they know it.
 * @returns what is left for later
 */
export function finishOutputs(
  engine: Engine,
  { calls, target, finished, plan }: Block,
  out: Tensor,
  epilogue: Epilogue | undefined,
): Epilogue | undefined {
  const { finishes, adds } = plan.variant;
  if (finishes === undefined || plan.turned || plan.interleaved) return epilogue;
  const { scale = 1, add, activation } = epilogue ?? {};
  const isKnown = activation && kinds[activation.entry] <= finishes && isMaximum(activation);
  const isSummed = add ? adds && liesAlike(add, out, plan) : isKnown;
  const isDone = target < 0 && scale === 1 && isSummed;
  const done = isDone ? { scale, add, activation: isKnown ? activation : undefined } : undefined;
  setFinish(engine, calls[calls.length - 1].task, FINISH, finished, done, out);
  if (!done) return epilogue;
  return isKnown ? undefined : { scale, activation };
}

/** Whether a leaky ReLU is the maximum of x and slope x, as kernels compute it: 0 times an infinity is not NaN. */
function isMaximum({ entry, operand }: Activation): boolean {
  return entry !== 'leakyRelu' || (operand <= 1 && operand !== 0);
}

/** Whether one distance in memory leads from all outputs to what is added to them. */
function liesAlike(add: Tensor, out: Tensor, { convolution: { batch } }: Plan): boolean {
  return placeOf(add) >= 0 && (batch === 1 || stepOf(add) === stepOf(out));
}

/**
 * Whether a plan's kernels can activate inputs where they stage or pack them, rather than read copies of them. Zeros around a map stay zeros.
 * Inputs that are read where they lie are packed once if there is one tap.
 */
export function canActivateInputs(
  { variant, turned, interleaved, slices, tapSets }: Plan,
  input: Activation,
): boolean {
  if (kinds[input.entry] > LEAKY_RELU || variant.input !== 'window') return false;
  if (turned || isAlwaysStaged(slices)) return true;
  return variant.entry === 'gemm' && !interleaved && !isStaged(slices) && tapSets[0]?.taps === 1;
}

/** Tells the kernels of a block which activation inputs pass that are not copied. */
export function activateInputs(
  engine: Engine,
  { calls, loaded, entered }: Block,
  input: Activation | undefined,
): void {
  const [{ entry, task }] = calls;
  const field = entry === 'stage' ? ENTER_STAGE : ENTER;
  // what kernels cannot activate was copied in
  const isEntered = loaded < 0 && input;
  if (entry === 'stage' || entry === 'gemm')
    setFinish(engine, task, field, entered, isEntered ? { scale: 1, activation: input } : undefined);
}

/** Gives a field of a task the address of a FinishTask, or 0: nothing is done. What is added to outputs is told by where both lie. */
function setFinish(
  engine: Engine,
  task: number,
  field: number,
  address: number,
  epilogue: Epilogue | undefined,
  out?: Tensor,
): void {
  engine.i32[task / WORD_BYTES + field] = epilogue ? address : 0;
  if (!epilogue) return;
  const { scale, add, activation } = epilogue;
  const addend = add ? placeOf(add) : 0;
  writeFinish(engine, address / WORD_BYTES, 0, out ? placeOf(out) : 0, addend, 0, scale, activation);
}
