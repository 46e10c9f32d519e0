// Call: one call of a layer or functional: its input is checked, its output is taken or made, and the plan is run.

import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { inOrder, isPlain } from '../core/foreign.js';
import { product } from '../core/lists.js';
import { allocate, asTensor, sameShape, type Tensor, type TensorLike } from '../core/tensor.js';
import { isFloat32 } from '../core/typed-array.js';
import { imageOf, Resident, stepOf } from '../engine/address.js';
import type { Convolution } from '../problem/convolution.js';
import type { Problem } from '../problem/problem.js';
import type { Epilogue } from '../run/activation.js';
import type { Parameters } from '../run/parameters.js';
import type { PreparedPlan } from '../run/prepared-plan.js';
import { numbersIn, shareNumbers } from '../run/tensors.js';
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

/** Brings an input into the plain form; a resident tensor stays where it is. */
export function inputTensor(x: TensorLike, where: Where, name = 'input'): Tensor {
  return x instanceof Resident ? x : asTensor(x, name, where);
}

/**
 * Computes a call's output into `out`, or into a new tensor.
 * @throws TypeError if `out` is not a tensor of float32, RangeError if its shape or that of `epilogue.add` is another, or it shares memory
 * with a part of `epilogue.add`, or with the input but not map for map
 */
export function forward(
  call: PreparedCall,
  x: Tensor,
  parameters: Parameters,
  out: Tensor | undefined,
  epilogue: Epilogue | undefined,
  where: Where,
): Tensor {
  const isOver = out !== undefined && checkOver(out, x, call, where);
  const y = outputOf(call, out, epilogue, where);
  call.prepared.run(x, y, parameters, epilogue, isOver);
  return y;
}

/** Where the output of a call goes: `out`, which was looked at, or a new tensor. Checks what is added to it. */
export function outputOf(
  call: PreparedCall,
  out: Tensor | undefined,
  epilogue: Epilogue | undefined,
  where: Where,
): Tensor {
  const add = epilogue?.add;
  if (add) checkAdd(add, call.outputShape, out, where);
  return out ?? newOutput(call, where);
}

/** A new tensor for the output. A function of its own: in `forward` its closure would be allocated by every call. */
function newOutput({ outputShape, prepared }: PreparedCall, where: Where): Tensor {
  if (recording.recorder) return recording.recorder.newOutput(outputShape, where);
  const purpose = () => `the output ${describe(outputShape)} [${where()}]: ${prepared.plan.line}`;
  return allocate([...outputShape], purpose);
}

/** Checks that `out` is a tensor of float32 of this shape, with memory of its own. */
export function checkOut(out: Tensor, shape: readonly number[], x: Tensor, where: Where): void {
  checkForm(out, shape, where);
  if (shareNumbers(out, x)) refuse(where, 'out: shares memory with the input; give it memory of its own');
}

/**
 * Checks the `out` of a convolution, which may take the place of the input.
 * @returns whether it does
 */
function checkOver(out: Tensor, x: Tensor, { outputShape, prepared }: PreparedCall, where: Where): boolean {
  checkForm(out, outputShape, where);
  const isOver = shareNumbers(out, x);
  if (isOver && !isMapForMap(out, x, prepared.plan.convolution))
    refuse(
      where,
      'out: shares memory with the input, but not map for map from its first channel on; give it memory of its own',
    );
  return isOver;
}

/** Whether tensors begin with the same number, and each map of one lies where the other has a map, if it has so many. */
function isMapForMap(out: Tensor, x: Tensor, { batch, axes }: Convolution): boolean {
  return (
    numbersIn(out).byteOffset === numbersIn(x).byteOffset &&
    axes.every(({ input, output }) => input === output) &&
    (batch === 1 || imageOf(out) === imageOf(x))
  );
}

/** Checks that `out` is a tensor of float32 of this shape. */
function checkForm(out: Tensor, shape: readonly number[], where: Where): void {
  recording.checkOut?.(out, where);
  if (!(out instanceof Resident || isTensor(out))) {
    refuseKind(where, `out: expected { data: Float32Array, shape }, got ${describe(out)}`);
  }
  if (!sameShape(out.shape, shape)) {
    refuse(where, `out: expected shape ${describe(shape)}, got ${describe(out.shape)}`);
  }
  if (out instanceof Resident) return;
  if (out.data.length !== product(shape))
    refuse(where, `out: shape ${describe(shape)} is invalid for data of ${out.data.length} elements`);
  if (!isPlain(out) && inOrder(out.data, shape, out, 'out', where) !== out.data)
    refuse(where, 'out: its elements must lie in C order');
}

/** Checks that what is added has this shape, and is `out` or has memory of its own. */
function checkAdd(add: Tensor, shape: readonly number[], out: Tensor | undefined, where: Where): void {
  if (!sameShape(add.shape, shape))
    refuse(where, `add: expected shape ${describe(shape)}, got ${describe(add.shape)}`);
  if (!out || add === out || !shareNumbers(add, out)) return;
  if (stepOf(add) !== stepOf(out) || numbersIn(add).byteOffset !== numbersIn(out).byteOffset)
    refuse(where, 'add: shares a part of its memory with out; give it memory of its own, or out itself');
}

function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null) return false;
  const { data, shape } = value as Partial<Tensor>;
  return isFloat32(data) && Array.isArray(shape);
}
