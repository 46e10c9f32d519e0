// Forward: what layers and functionals share: the input made plain, the output found or made, the problem computed.

import { describe, refuse, type Where } from '../core/errors.js';
import { allocate, asTensor, elements, sameShape, type Tensor, type TensorLike } from '../core/tensor.js';
import { ResidentTensor } from '../engine/resident.js';
import type { Problem } from '../problem/problem.js';
import type { Activation } from '../run/activation.js';
import type { Computation } from '../run/prepared-plan.js';
import type { WeightSource } from '../run/weights.js';

/** The shape of a problem's output; an unbatched input gives an unbatched output. */
export function outputShapeOf(problem: Problem, inputRank: number): number[] {
  const { rank, batch, filters, output } = problem;
  return inputRank === rank + 1 ? [filters, ...output] : [batch, filters, ...output];
}

/** Computes a problem into `out`, or into a new tensor. */
export function forward(
  computation: Computation,
  shape: readonly number[],
  x: Tensor,
  source: WeightSource,
  out: Tensor | undefined,
  activation: Activation | undefined,
  where: Where,
): Tensor {
  if (out !== undefined) checkOut(out, shape, x, where);
  const y =
    out ?? allocate([...shape], () => `the output ${describe(shape)} [${where()}]: ${computation.plan.line}`);
  computation.run(x, y, source, activation);
  return y;
}

/**
 * Checks the tensor that a caller wants the output in.
 * @throws TypeError if it is no tensor of float32, RangeError if its shape is another, or it shares memory with the input
 */
export function checkOut(out: Tensor, shape: readonly number[], x: Tensor, where: Where): void {
  const resident = out instanceof ResidentTensor && x instanceof ResidentTensor;
  if (out === x) refuse(where, 'out: is the input; give it memory of its own');
  if (
    !resident &&
    (typeof out !== 'object' ||
      out === null ||
      !(out.data instanceof Float32Array) ||
      !Array.isArray(out.shape))
  ) {
    throw new TypeError(`out: expected { data: Float32Array, shape }, got ${describe(out)} [${where()}]`);
  }
  if (!sameShape(out.shape, shape)) {
    refuse(where, `out: expected shape ${describe(shape)}, got ${describe(out.shape)}`);
  }
  if (resident) return;
  const { data } = out;
  if (data.length !== elements(shape)) {
    refuse(where, `out: shape ${describe(shape)} is invalid for data of ${data.length} elements`);
  }
  if (
    data.buffer === x.data.buffer &&
    data.byteOffset < x.data.byteOffset + x.data.byteLength &&
    x.data.byteOffset < data.byteOffset + data.byteLength
  ) {
    refuse(where, 'out: shares memory with the input; give it memory of its own');
  }
}

/** Makes the input plain. */
export function inputTensor(x: TensorLike, where: Where): Tensor {
  if (x instanceof ResidentTensor) return x;
  try {
    return asTensor(x, 'input');
  } catch (error) {
    if (error instanceof Error) error.message += ` [${where()}]`;
    throw error;
  }
}
