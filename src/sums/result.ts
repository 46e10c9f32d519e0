// Result: where a function's numbers go, and of which type they are.

import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { inOrder, isPlain } from '../core/foreign.js';
import { product } from '../core/lists.js';
import { sameShape } from '../core/tensor.js';
import { viewName } from '../core/typed-array.js';
import { arraysOverlap } from '../engine/heap.js';
import { NO_COMPLEX } from './complex.js';
import type { Dtype, Samples } from './samples.js';

/**
 * The type of a result, float32 unless it was asked for.
 * @throws TypeError for another
 */
export function dtypeOf(dtype: unknown, where: Where): Dtype {
  if (dtype === undefined) return 'float32';
  if (dtype === 'float32' || dtype === 'float64') return dtype;
  if (typeof dtype === 'string' && /complex/i.test(dtype))
    refuseKind(where, `dtype ${describe(dtype)}: ${NO_COMPLEX}`);
  refuseKind(where, `dtype must be 'float32' or 'float64', but got ${describe(dtype)}`);
}

/**
 * Checks a tensor that a result is to be written to.
 * @param inputs what is read meanwhile: it must lie elsewhere
 * @throws TypeError if it is not a tensor of the type, RangeError if it has another shape or shares memory with an input
 */
export function checkOut(
  out: unknown,
  shape: readonly number[],
  dtype: Dtype,
  inputs: readonly Samples[],
  where: Where,
): void {
  const array = dtype === 'float64' ? 'Float64Array' : 'Float32Array';
  const { data, shape: sizes } = (out ?? {}) as Partial<Samples>;
  if (viewName(data) !== array || !Array.isArray(sizes))
    refuseKind(where, `out: expected { data: ${array}, shape }, got ${describeOut(out)}`);
  if (!sameShape(sizes, shape))
    refuse(where, `out: expected shape ${describe(shape)}, got ${describe(sizes)}`);
  if (data!.length !== product(shape))
    refuse(where, `out: shape ${describe(shape)} is invalid for data of ${data!.length} elements`);
  if (!isPlain(out as object) && inOrder(data!, sizes, out as object, 'out', where) !== data)
    refuse(where, 'out: its elements must lie in C order');
  for (const input of inputs)
    if (shareMemory(out as Samples, input))
      refuse(where, 'out: shares memory with an input; give it memory of its own');
}

function describeOut(out: unknown): string {
  const data = (out as { data?: unknown } | null | undefined)?.data;
  return data === undefined ? describe(out) : `${describe(data)} as data`;
}

/** Whether numbers of one are numbers of the other. */
export function shareMemory(one: Samples, other: Samples): boolean {
  return one === other || arraysOverlap(one.data, other.data);
}
