// Allocates and records the results of the functions of convnd/train.

import { describe, type Where } from '../../core/errors.js';
import { allocate, type Shape, type Tensor } from '../../core/tensor.js';
import { checkCopy } from '../../layers/recording.js';
import { active } from './active.js';
import type { Operation } from './node.js';

/** A new tensor for a result: in wasm memory inside `record`, else a plain one. Uninitialised. */
export function newResult(shape: Shape, where: Where): Tensor {
  return (
    active.tape?.newOutput(shape, where) ??
    allocate([...shape], () => `the result ${describe(shape)} [${where()}]`)
  );
}

/** Records an operation, if a tape is active. Returns its output. */
export function recorded(operation: Operation): Tensor {
  checkCopy(operation.name);
  active.tape?.record(operation);
  return operation.output;
}
