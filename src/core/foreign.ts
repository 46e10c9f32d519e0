// Converts tensors of other libraries by their type and stride fields, so that bits of half floats and strided elements are read correctly.

import { isIterable } from './arguments.js';
import { describe, refuse, refuseKind, type Where } from './errors.js';
import { widenBF16, widenF16 } from './halves.js';
import { product, sum } from './lists.js';
import { type HalfArray, ofBaseClass, type TypedArray, toFloat32, viewName } from './typed-array.js';

/** Further fields of tensors of other libraries. Defaults: C order, and the element type of the data array. */
export interface Foreign {
  readonly data?: unknown;
  /** element type, in ONNX Runtime */
  readonly type?: unknown;
  /** element type, in safetensors, ndarray and numpy */
  readonly dtype?: unknown;
  /** element type, in WebNN */
  readonly dataType?: unknown;
  /** strides in elements, in ndarray and zarr */
  readonly stride?: unknown;
  /** strides in elements, in Pyodide and stdlib */
  readonly strides?: unknown;
  /** index of the first element */
  readonly offset?: unknown;
  /** whether the elements are in Fortran order (the first axis is contiguous), in npy files */
  readonly fortranOrder?: unknown;
}

/** Names of 16-bit floats: float16, F16, half, <f2, torch.float16; with a b, bfloat16, BF16. */
const HALF = /^(?:torch\.)?(b?)(?:float16|f16|half|<?f2)$/i;

/** Names of types whose bits may be stored in an integer array, but are not decoded here. */
const NO_INTEGER = /(?:^|[^a-z])(?:b?float|b?f\d|half|double|complex|u?int4)/i;

/**
 * Converts elements to float32 according to the type that the tensor names. Decodes float16 and bfloat16 in a 16-bit integer array. A
 * Float32Array is not copied; for one of a subclass, a view is returned.
 * @throws TypeError if an integer array holds the bits of another type
 */
export function numbersOf(
  data: TypedArray | HalfArray | readonly number[],
  { type, dtype = type, dataType = dtype }: Foreign,
  name: string,
  where: Where | undefined,
): Float32Array {
  const held = viewName(data);
  if (typeof dataType === 'string' && held && !held.startsWith('Float')) {
    const half = HALF.exec(dataType);
    if (half && held.endsWith('nt16Array'))
      return half[1] ? widenBF16(data as Uint16Array) : widenF16(data as Uint16Array);
    if (NO_INTEGER.test(dataType))
      refuseKind(where, `${name}: expected the numbers of type ${describe(dataType)}, got ${describe(data)}`);
  }
  return ofBaseClass(toFloat32(data), Float32Array);
}

/** Whether a tensor has no stride fields, so that it is in C order. */
export function hasNoStrides({ stride, strides, offset, fortranOrder }: Foreign): boolean {
  return (stride ?? strides ?? offset ?? fortranOrder) === undefined;
}

/**
 * The elements in C order: `data` or a subarray of it if it is contiguous, else a copy.
 * @throws RangeError if strides and offset are outside of the data
 */
export function inCOrder<T extends TypedArray | HalfArray>(
  data: T,
  shape: readonly number[],
  { stride, strides = stride, offset, fortranOrder }: Foreign,
  name: string,
  where?: Where,
): T {
  const count = product(shape);
  const dense = runningProducts([...shape].reverse()).reverse();
  const given: unknown = strides ?? (fortranOrder ? runningProducts(shape) : dense);
  const steps = isIterable(given) ? [...given] : [];
  const first = (offset ?? 0) as number;
  // an axis of stride 0 repeats its elements; float32 elements beyond 2^30 do not fit into wasm memory
  const reach = (end: typeof Math.min) =>
    first + sum(steps.map((step, axis) => end(0, step * (shape[axis] - 1))));
  const isValid =
    steps.length === shape.length &&
    [first, ...steps].every(Number.isInteger) &&
    (count === 0 || (reach(Math.min) >= 0 && reach(Math.max) < data.length && count <= 2 ** 30));
  if (!isValid) {
    const layout = `strides ${describe(given)} and offset ${describe(first)}`;
    const room = `shape ${describe(shape)} and data of ${data.length} elements`;
    refuse(where, `${name}: ${layout} are invalid for ${room}`);
  }
  if (steps.every((step, axis) => shape[axis] < 2 || step === dense[axis]))
    return count === data.length ? data : ((data as TypedArray).subarray(first, first + count) as T);
  const ordered = new (data.constructor as new (length: number) => number[] & T)(count);
  let filled = 0;
  const walk = (axis: number, begin: number): void => {
    const isLast = axis === shape.length - 1;
    const step = steps[axis];
    for (let i = 0, at = begin; i < shape[axis]; i++, at += step)
      if (isLast) ordered[filled++] = data[at] as number;
      else walk(axis + 1, at);
  };
  walk(0, first);
  return ordered;
}

/** For each size, the product of the preceding sizes. */
function runningProducts(sizes: readonly number[]): number[] {
  return sizes.map((_, axis) => product(sizes.slice(0, axis)));
}
