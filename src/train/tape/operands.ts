// Operands: what the functions of convnd/train take and give: plain tensors outside of `record`, recorded ones inside.

import { describe, type Where } from '../../core/errors.js';
import { allocate, asTensor, type Shape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { ResidentTensor } from '../../engine/resident.js';
import { active } from './active.js';
import type { Operation } from './node.js';

/** What was handed over, as a tensor; what lies in wasm memory stays there. */
export function operand(given: TensorLike, name: string, where: Where): Tensor {
  return given instanceof ResidentTensor ? given : asTensor(given, name, where);
}

/** A new tensor for a result, with any numbers in it. */
export function newResult(shape: Shape, where: Where): Tensor {
  return (
    active.tape?.newOutput(shape, where) ??
    allocate([...shape], () => `the result ${describe(shape)} [${where()}]`)
  );
}

/** Tells the tape of an operation, where there is one. Returns its output. */
export function recorded(operation: Operation): Tensor {
  active.tape?.record(operation);
  return operation.output;
}
