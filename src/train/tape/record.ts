// record: records the operations of a function for backpropagation.

import { describe, refuse, refuseKind } from '../../core/errors.js';
import type { Tensor } from '../../core/tensor.js';
import { isFloat32 } from '../../core/typed-array.js';
import { type CheckCopy, RECORDING, recording } from '../../layers/recording.js';
import { active } from './active.js';
import { watchParameters } from './guards.js';
import { Recorded } from './recorded.js';
import { CallRecorder, checkOut } from './recorder.js';
import { Tape } from './tape.js';

const where = () => 'record';

/**
 * Calls a function and records its layers, functionals and functions of convnd/train. Returns the function's result as a tensor with a
 * method `backward`, which computes the gradients of all parameters.
 *
 * Operations are connected by the identity of their tensors. No gradient flows through plain loops over a tensor's data; use `custom` for
 * them. `out` and nested `record` calls are not allowed inside. Tensors computed inside are in wasm memory; backward frees those whose
 * `data` was not read.
 *
 * @param fn computes and returns a tensor, usually a loss of one element; must be synchronous
 * @returns the result of `fn` with `backward` and `item`
 * @throws TypeError if the function returns a promise or anything but a tensor; Error inside another `record`
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
  // a record of another copy, within which this one runs
  const outer: unknown = Reflect.get(globalThis, RECORDING);
  // unlike an assignment, this does not throw if globalThis is frozen
  Reflect.set(globalThis, RECORDING, checkCopy);
  const tape = new Tape();
  active.tape = tape;
  recording.recorder = new CallRecorder(tape);
  try {
    return new Recorded(tape, checked(fn()));
  } catch (error) {
    // there will be no backward to free the intermediate tensors
    tape.free();
    throw error;
  } finally {
    active.tape = undefined;
    recording.recorder = undefined;
    Reflect.set(globalThis, RECORDING, outer);
  }
}

const checkCopy: CheckCopy = (caller, name) => {
  if (active.tape && caller !== recording)
    refuse(
      name,
      'expected a call of this copy of convnd, got one of another (convnd/wasm, or another version)',
    );
};

/** @throws TypeError for anything but a tensor */
function checked(result: unknown): Tensor {
  if (typeof result === 'object' && result !== null) {
    if ('then' in result) {
      // an unhandled rejection would end a Node process
      Promise.resolve(result).catch(() => {});
      refuseKind(where, 'expected a synchronous function, got a promise');
    }
    const { data, shape } = result as Partial<Tensor>;
    if (isFloat32(data) && Array.isArray(shape)) return result as Tensor;
  }
  return refuseKind(where, `expected a function that returns a tensor, got ${describe(result)}`);
}
