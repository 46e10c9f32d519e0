// The options dtype and out: the type of a result, and the tensor it is written to.

import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { hasNoStrides, inCOrder } from '../core/foreign.js';
import { checkSizes, sameShape } from '../core/tensor.js';
import { viewName } from '../core/typed-array.js';
import { arraysOverlap } from '../engine/heap.js';
import { NO_COMPLEX } from './complex.js';
import type { Dtype, Samples } from './samples.js';

/**
 * The type of a result; default float32, as the callers' `D` has it.
 * @throws TypeError for another type
 */
export function dtypeOf<D extends Dtype>(dtype: D | undefined, where: Where): D;
export function dtypeOf(dtype: unknown, where: Where): Dtype {
  if (dtype === undefined) return 'float32';
  if (dtype === 'float32' || dtype === 'float64') return dtype;
  if (typeof dtype === 'string' && /complex/i.test(dtype))
    refuseKind(where, `dtype ${describe(dtype)}: ${NO_COMPLEX}`);
  refuseKind(where, `dtype must be 'float32' or 'float64', but got ${describe(dtype)}`);
}

/**
 * Checks a tensor that a result will be written to.
 * @param inputs tensors that are read meanwhile and must not share its memory
 * @throws TypeError unless it is a tensor of the type, RangeError if it has another shape or shares memory with an input
 */
export function checkOut(
  out: unknown,
  shape: readonly number[],
  dtype: Dtype,
  inputs: readonly (Samples | undefined)[],
  where: Where,
): void {
  const array = dtype === 'float64' ? 'Float64Array' : 'Float32Array';
  const { data, shape: sizes } = (out ?? {}) as Partial<Samples>;
  if (viewName(data) !== array || !Array.isArray(sizes))
    refuseKind(where, `out: expected { data: ${array}, shape }, got ${describe(data ?? out)}`);
  if (!sameShape(sizes, shape))
    refuse(where, `out: expected shape ${describe(shape)}, got ${describe(sizes)}`);
  checkSizes(data!, sizes, 'out', where);
  if (!hasNoStrides(out as object) && inCOrder(data!, sizes, out as object, 'out', where) !== data)
    refuse(where, 'out: its elements must be in C order');
  for (const input of inputs)
    if (input && shareMemory(out as Samples, input))
      refuse(where, 'out: shares memory with an input; allocate it separately');
}

/** Whether two tensors overlap in memory. */
export function shareMemory(one: Samples, other: Samples): boolean {
  return one === other || arraysOverlap(one.data, other.data);
}
