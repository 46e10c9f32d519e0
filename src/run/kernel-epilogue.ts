// Kernel epilogue: activations and additions fused into kernels, which do them as they stage, pack or store numbers.

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
import type { Operands } from './operands.js';
import { wordOf } from './task-writer.js';
import { writeFinish } from './transfer.js';

/** The word of a task with the address of the FinishTask for outputs. */
export const FINISH = wordOf(new FinishedSumTask(), 'finish');

/** The words of tasks with the address of the FinishTask for inputs. */
const ENTER = wordOf(new GemmTask(), 'enter');
const ENTER_STAGE = wordOf(new StageTask(), 'enter');

/**
 * Makes the kernels of a block finish outputs as they store them, as far as they can.
 * @returns what is left to be done afterwards
 */
export function fuseOutput(
  engine: Engine,
  { calls, target, outputFinish, plan }: Block,
  { output, epilogue }: Operands,
): Epilogue | undefined {
  const { finishes, adds } = plan.variant;
  if (finishes === undefined || plan.turned || plan.interleaved) return epilogue;
  const { scale = 1, add, activation } = epilogue ?? {};
  const isKnown = activation && kinds[activation.entry] <= finishes && isMaximum(activation);
  const isSummed = add ? adds && liesAlike(add, output, plan) : isKnown;
  const isDone = target < 0 && scale === 1 && isSummed;
  const done = isDone ? { scale, add, activation: isKnown ? activation : undefined } : undefined;
  setFinish(engine, calls[calls.length - 1].task, FINISH, outputFinish, done, output);
  if (!done) return epilogue;
  return isKnown ? undefined : { scale, activation };
}

/** Whether a leaky ReLU is the maximum of x and slope x, as kernels compute it: 0 times an infinity is not NaN. */
function isMaximum({ entry, operand }: Activation): boolean {
  return entry !== 'leakyRelu' || (operand <= 1 && operand !== 0);
}

/** Whether each output has the same distance in memory from the number that is added to it. */
function liesAlike(add: Tensor, out: Tensor, { convolution: { batch } }: Plan): boolean {
  return placeOf(add) >= 0 && (batch === 1 || stepOf(add) === stepOf(out));
}

/**
 * Whether kernels of a plan can activate inputs as they stage or pack them. Otherwise activated copies are read. Zeros around a map stay
 * zeros. Inputs that are read where they lie are packed once if there is one tap.
 */
export function canFuseInput(
  { variant, turned, interleaved, slices, tapSets }: Plan,
  input: Activation,
): boolean {
  if (kinds[input.entry] > LEAKY_RELU || variant.input !== 'window') return false;
  if (turned || isAlwaysStaged(slices)) return true;
  return variant.entry === 'gemm' && !interleaved && !isStaged(slices) && tapSets[0]?.taps === 1;
}

/** Makes the kernels of a block activate inputs that are not copied. */
export function fuseInput(
  engine: Engine,
  { calls, loaded, inputFinish }: Block,
  input: Activation | undefined,
): void {
  const [{ entry, task }] = calls;
  const field = entry === 'stage' ? ENTER_STAGE : ENTER;
  // what kernels cannot activate is activated as it is copied
  const isFused = loaded < 0 && input;
  if (entry === 'stage' || entry === 'gemm')
    setFinish(engine, task, field, inputFinish, isFused ? { scale: 1, activation: input } : undefined);
}

/** Sets the field of a task that has the address of a FinishTask, which is written; 0: nothing is done. A kernel finds addends by their distance. */
function setFinish(
  engine: Engine,
  task: number,
  field: number,
  address: number,
  epilogue: Epilogue | undefined,
  output?: Tensor,
): void {
  engine.i32[task / WORD_BYTES + field] = epilogue ? address : 0;
  if (!epilogue) return;
  const { add } = epilogue;
  const places = { target: output ? placeOf(output) : 0, addend: add ? placeOf(add) : 0 };
  writeFinish(engine, address, places, epilogue);
}
