// One call of a layer or functional: checks the tensors, allocates the output if `out` is not given, and runs the plan.

import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { hasNoStrides, inCOrder } from '../core/foreign.js';
import { allocate, asTensor, checkSizes, sameShape, type Tensor, type TensorLike } from '../core/tensor.js';
import { isFloat32 } from '../core/typed-array.js';
import { imageOf, Resident, stepOf } from '../engine/address.js';
import type { Convolution } from '../problem/convolution.js';
import type { Problem } from '../problem/problem.js';
import type { Epilogue } from '../run/activation.js';
import type { Parameters } from '../run/parameters.js';
import type { PreparedPlan } from '../run/prepared-plan.js';
import { numbersIn, shareNumbers } from '../run/tensors.js';
import { checkCopy, recording } from './recording.js';

/** A prepared plan and the shape of the output that it computes. */
export interface PreparedCall {
  readonly prepared: PreparedPlan;
  readonly outputShape: readonly number[];
}

/** The shape of a problem's output. If the input has no batch dimension, neither has the output. */
export function outputShapeOf(problem: Problem, inputRank: number): number[] {
  const { rank, batch, filters, output } = problem;
  return inputRank === rank + 1 ? [filters, ...output] : [batch, filters, ...output];
}

/**
 * Converts an input to a plain tensor. A resident tensor is returned as it is.
 * @throws TypeError for anything but a tensor, RangeError for a tensor whose memory was freed
 */
export function inputTensor(x: TensorLike, where: Where, name = 'input'): Tensor {
  if (!(x instanceof Resident)) return asTensor(x, name, where);
  checkHeld(x, name, where);
  return x;
}

/** @throws RangeError for a tensor whose memory was freed */
function checkHeld({ whyFreed }: Resident, name: string, where: Where): void {
  if (whyFreed !== undefined) refuse(where, `${name}: ${whyFreed}`);
}

/**
 * Computes the output into `out`, or into a new tensor.
 * @throws TypeError if `out` is not a float32 tensor; RangeError if `out` or `epilogue.add` has the wrong shape, or if `out` overlaps
 * the input or `epilogue.add` in a way that in-place computation does not support
 */
export function forward(
  call: PreparedCall,
  x: Tensor,
  parameters: Parameters,
  out: Tensor | undefined,
  epilogue: Epilogue | undefined,
  where: Where,
): Tensor {
  const inPlace = out !== undefined && checkConvolutionOut(out, x, call, where);
  const y = outputOf(call, out, epilogue, where);
  call.prepared.run(x, y, parameters, epilogue, inPlace);
  return y;
}

/** The tensor for the output: `out`, which the caller has checked, or a new one. Checks `epilogue.add`. */
export function outputOf(
  call: PreparedCall,
  out: Tensor | undefined,
  epilogue: Epilogue | undefined,
  where: Where,
): Tensor {
  checkCopy(where);
  const add = epilogue?.add;
  if (add) checkAdd(add, call.outputShape, out, where);
  return out ?? newOutput(call, where);
}

/** Allocates the output. A separate function, because inside `forward` its closure would be allocated in every call. */
function newOutput({ outputShape, prepared }: PreparedCall, where: Where): Tensor {
  if (recording.recorder) return recording.recorder.newOutput(outputShape, where);
  const purpose = () => `the output ${describe(outputShape)} [${where()}]: ${prepared.plan.line}`;
  return allocate([...outputShape], purpose);
}

/** Checks that `out` is a float32 tensor of this shape that does not overlap the input. */
export function checkOut(out: Tensor, shape: readonly number[], x: Tensor, where: Where): void {
  checkForm(out, shape, where);
  if (shareNumbers(out, x)) refuse(where, 'out: shares memory with the input; allocate it separately');
}

/**
 * Checks the `out` of a convolution, which may be computed in place.
 * @returns whether it overlaps the input
 */
function checkConvolutionOut(
  out: Tensor,
  x: Tensor,
  { outputShape, prepared }: PreparedCall,
  where: Where,
): boolean {
  checkForm(out, outputShape, where);
  const inPlace = shareNumbers(out, x);
  if (inPlace && !mapsCoincide(out, x, prepared.plan.convolution))
    refuse(
      where,
      'out: shares memory with the input, but does not begin at its first channel or has maps of another size; allocate it separately',
    );
  return inPlace;
}

/** Whether map i of `out` lies exactly where map i of the input lies, for all maps that both have. */
function mapsCoincide(out: Tensor, x: Tensor, { batch, axes }: Convolution): boolean {
  return (
    numbersIn(out).byteOffset === numbersIn(x).byteOffset &&
    axes.every(({ input, output }) => input === output) &&
    (batch === 1 || imageOf(out) === imageOf(x))
  );
}

/** Checks that `out` is a contiguous float32 tensor of this shape. */
function checkForm(out: Tensor, shape: readonly number[], where: Where): void {
  recording.checkOut?.(out, where);
  if (!(out instanceof Resident || isTensor(out))) {
    refuseKind(where, `out: expected { data: Float32Array, shape }, got ${describe(out)}`);
  }
  if (!sameShape(out.shape, shape)) {
    refuse(where, `out: expected shape ${describe(shape)}, got ${describe(out.shape)}`);
  }
  if (out instanceof Resident) {
    checkHeld(out, 'out', where);
    return;
  }
  checkSizes(out.data, shape, 'out', where);
  if (!hasNoStrides(out) && inCOrder(out.data, shape, out, 'out', where) !== out.data)
    refuse(where, 'out: must be contiguous, in C order');
}

/** Checks that `add` has this shape, and either coincides with `out` or does not overlap it. */
function checkAdd(add: Tensor, shape: readonly number[], out: Tensor | undefined, where: Where): void {
  if (!sameShape(add.shape, shape))
    refuse(where, `add: expected shape ${describe(shape)}, got ${describe(add.shape)}`);
  if (!out || add === out || !shareNumbers(add, out)) return;
  if (stepOf(add) !== stepOf(out) || numbersIn(add).byteOffset !== numbersIn(out).byteOffset)
    refuse(where, 'add: overlaps a part of out; pass out itself, or allocate it separately');
}

function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null) return false;
  const { data, shape } = value as Partial<Tensor>;
  return isFloat32(data) && Array.isArray(shape);
}
