// Results: what the functions of convnd/train give: plain tensors outside of `record`, recorded ones inside.

import { describe, type Where } from '../../core/errors.js';
import { allocate, type Shape, type Tensor } from '../../core/tensor.js';
import { active } from './active.js';
import type { Operation } from './node.js';

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
