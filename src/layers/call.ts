// Call: one call of a layer or functional: the input made plain, the output found or made, the problem computed.

import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { allocate, asTensor, sameShape, type Tensor, type TensorLike } from '../core/tensor.js';
import { ResidentTensor } from '../engine/resident.js';
import type { Problem } from '../problem/problem.js';
import type { Activation } from '../run/activation.js';
import type { Parameters } from '../run/parameters.js';
import type { PreparedPlan } from '../run/prepared-plan.js';

/** What a call is computed with, and the shape that its output then has. */
export interface Call {
  readonly prepared: PreparedPlan;
  readonly outputShape: readonly number[];
}

/** The shape of a problem's output; an unbatched input gives an unbatched output. */
export function outputShapeOf(problem: Problem, inputRank: number): number[] {
  const { rank, batch, filters, output } = problem;
  return inputRank === rank + 1 ? [filters, ...output] : [batch, filters, ...output];
}

/** Makes the input plain; a resident tensor stays where it is. */
export function inputTensor(x: TensorLike, where: Where): Tensor {
  return x instanceof ResidentTensor ? x : asTensor(x, 'input', where);
}

/**
 * Computes a call's output into `out`, or into a new tensor.
 * @throws TypeError if `out` is no tensor of float32, RangeError if its shape is another, or it shares memory with the input
 */
export function forward(
  call: Call,
  x: Tensor,
  parameters: Parameters,
  out: Tensor | undefined,
  activation: Activation | undefined,
  where: Where,
): Tensor {
  if (out !== undefined) checkOut(out, call.outputShape, x, where);
  const y = out ?? newOutput(call, where);
  call.prepared.run(x, y, parameters, activation);
  return y;
}

/** By itself, as its closure would be made in every call that doesn't need one. */
function newOutput({ outputShape, prepared }: Call, where: Where): Tensor {
  const purpose = () => `the output ${describe(outputShape)} [${where()}]: ${prepared.plan.line}`;
  return allocate([...outputShape], purpose);
}

function checkOut(out: Tensor, shape: readonly number[], x: Tensor, where: Where): void {
  // Resident tensors have memory of their own, as much as their shape says.
  const resident = out instanceof ResidentTensor && x instanceof ResidentTensor;
  if (out === x) refuse(where, 'out: is the input; give it memory of its own');
  if (!resident && !isTensor(out)) {
    refuseKind(where, `out: expected { data: Float32Array, shape }, got ${describe(out)}`);
  }
  if (!sameShape(out.shape, shape)) {
    refuse(where, `out: expected shape ${describe(shape)}, got ${describe(out.shape)}`);
  }
  if (!resident) checkOutData(out.data, shape, x.data, where);
}

function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null) return false;
  const { data, shape } = value as Partial<Tensor>;
  return data instanceof Float32Array && Array.isArray(shape);
}

function checkOutData(data: Float32Array, shape: readonly number[], input: Float32Array, where: Where): void {
  if (data.length !== product(shape)) {
    refuse(where, `out: shape ${describe(shape)} is invalid for data of ${data.length} elements`);
  }
  if (
    data.buffer === input.buffer &&
    data.byteOffset < input.byteOffset + input.byteLength &&
    input.byteOffset < data.byteOffset + data.byteLength
  ) {
    refuse(where, 'out: shares memory with the input; give it memory of its own');
  }
}
