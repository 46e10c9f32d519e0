// record: listens while a function computes, and gives what it returns a backward.

import { describe, refuseKind } from '../../core/errors.js';
import type { Tensor } from '../../core/tensor.js';
import { isFloat32 } from '../../core/typed-array.js';
import { recording } from '../../layers/recording.js';
import { active } from './active.js';
import { watchParameters } from './guards.js';
import { Recorded } from './recorded.js';
import { CallRecorder, checkOut } from './recorder.js';
import { Tape } from './tape.js';

const where = () => 'record';

/**
 * Calls a function and records what it computes: every layer, every functional and the functions of convnd/train. The result has the
 * values of the function's result, and a method `backward` that stores gradients in the parameters.
 *
 * Calls are connected by their tensors, so plain loops over their numbers break the chain; `custom` adds such a loop to it. `out` and
 * nested `record` calls are rejected. Tensors computed inside are in wasm memory; `backward` frees those whose `data` was not read.
 *
 * @param fn computes a tensor, usually a loss of one element; it must not be async
 * @throws TypeError if the function does not return a tensor, or returns a promise; Error inside another `record`
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.backward.html
 * @example
 * import { Conv1d } from 'convnd';
 * import { mseLoss, record } from 'convnd/train';
 * const layer = new Conv1d(1, 1, 1);
 * layer.weight = [[[2]]];
 * layer.bias = [0];
 * const loss = record(() => mseLoss(layer.forward([[1, 2]]), [[1, 1]]));
 * loss.backward();
 * console.log(loss.item(), layer.weight.grad?.data.join(), layer.bias?.grad?.data.join()); // 5 7 4
 */
export function record(fn: () => Tensor): Recorded {
  if (typeof fn !== 'function') refuseKind(where, `expected a function, got ${describe(fn)}`);
  if (active.tape) throw new Error('record: inside another record; compute all in one');
  watchParameters();
  recording.checkOut = checkOut;
  const tape = new Tape();
  active.tape = tape;
  recording.recorder = new CallRecorder(tape);
  try {
    return new Recorded(tape, checked(fn()));
  } catch (error) {
    // no backward will give back what it computed so far
    tape.free();
    throw error;
  } finally {
    active.tape = undefined;
    recording.recorder = undefined;
  }
}

/** @throws TypeError for anything but a tensor */
function checked(result: unknown): Tensor {
  if (typeof result === 'object' && result !== null) {
    if ('then' in result) {
      // what it is broken with has nobody to hear it, and would end a program of Node
      Promise.resolve(result).catch(() => {});
      refuseKind(where, 'expected a function that computes at once, got a promise');
    }
    const { data, shape } = result as Partial<Tensor>;
    if (isFloat32(data) && Array.isArray(shape)) return result as Tensor;
  }
  return refuseKind(where, `expected a function that returns a tensor, got ${describe(result)}`);
}
