// Call: one call of a layer or functional: its input is checked, its output is taken or made, and the plan is run.

import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { inOrder, isPlain } from '../core/foreign.js';
import { product } from '../core/lists.js';
import { allocate, asTensor, sameShape, type Tensor, type TensorLike } from '../core/tensor.js';
import { isFloat32 } from '../core/typed-array.js';
import { overlap, ResidentTensor, spanOf } from '../engine/resident.js';
import type { Problem } from '../problem/problem.js';
import type { Activation } from '../run/activation.js';
import type { Parameters } from '../run/parameters.js';
import type { PreparedPlan } from '../run/prepared-plan.js';
import { recording } from './recording.js';

/** What a layer or functional computes a call with, and the shape of its output. */
export interface PreparedCall {
  readonly prepared: PreparedPlan;
  readonly outputShape: readonly number[];
}

/** The shape of a problem's output; an unbatched input gives an unbatched output. */
export function outputShapeOf(problem: Problem, inputRank: number): number[] {
  const { rank, batch, filters, output } = problem;
  return inputRank === rank + 1 ? [filters, ...output] : [batch, filters, ...output];
}

/** Brings the input into the plain form; a resident tensor stays where it is. */
export function inputTensor(x: TensorLike, where: Where): Tensor {
  return x instanceof ResidentTensor ? x : asTensor(x, 'input', where);
}

/**
 * Computes a call's output into `out`, or into a new tensor.
 * @throws TypeError if `out` is no tensor of float32, RangeError if its shape is another, or it shares memory with the input
 */
export function forward(
  call: PreparedCall,
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

/** A new tensor for the output. A function of its own: in `forward` its closure would be allocated by every call. */
function newOutput({ outputShape, prepared }: PreparedCall, where: Where): Tensor {
  if (recording.recorder) return recording.recorder.newOutput(outputShape, where);
  const purpose = () => `the output ${describe(outputShape)} [${where()}]: ${prepared.plan.line}`;
  return allocate([...outputShape], purpose);
}

/** Checks that `out` is a tensor of float32 of this shape, with memory of its own. */
export function checkOut(out: Tensor, shape: readonly number[], x: Tensor, where: Where): void {
  // resident tensors have as much memory as their shapes say
  const resident = out instanceof ResidentTensor && x instanceof ResidentTensor;
  recording.checkOut?.(out, where);
  if (out === x) refuse(where, 'out: is the input; give it memory of its own');
  if (!(out instanceof ResidentTensor || isTensor(out))) {
    refuseKind(where, `out: expected { data: Float32Array, shape }, got ${describe(out)}`);
  }
  if (!sameShape(out.shape, shape)) {
    refuse(where, `out: expected shape ${describe(shape)}, got ${describe(out.shape)}`);
  }
  if (resident ? overlap(out, x) : shareBytes(numbersIn(out), numbersIn(x)))
    refuse(where, 'out: shares memory with the input; give it memory of its own');
  if (out instanceof ResidentTensor) return;
  if (out.data.length !== product(shape))
    refuse(where, `out: shape ${describe(shape)} is invalid for data of ${out.data.length} elements`);
  if (!isPlain(out) && inOrder(out.data, shape, out, 'out', where) !== out.data)
    refuse(where, 'out: its elements must lie in C order');
}

function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null) return false;
  const { data, shape } = value as Partial<Tensor>;
  return isFloat32(data) && Array.isArray(shape);
}

/** A tensor's numbers, with what may lie between them. */
function numbersIn(tensor: Tensor): Float32Array {
  return tensor instanceof ResidentTensor ? spanOf(tensor) : tensor.data;
}

function shareBytes(a: Float32Array, b: Float32Array): boolean {
  return (
    a.buffer === b.buffer &&
    a.byteOffset < b.byteOffset + b.byteLength &&
    b.byteOffset < a.byteOffset + a.byteLength
  );
}
