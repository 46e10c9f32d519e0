// Tensors of other libraries: what they say beside data and shape is looked at, so that no bits are taken for numbers and no element for
// another.

import { isShapeLike } from './arguments.js';
import { describe, refuse, refuseKind, type Where } from './errors.js';
import { widenBF16, widenF16 } from './halves.js';
import { product } from './lists.js';
import { type HalfArray, type TypedArray, toFloat32, viewName } from './typed-array.js';

/** What a tensor of another library may say beside its data and shape. What is left out is C order, and the type of its array. */
export interface Foreign {
  readonly data?: unknown;
  /** type of the elements: of ONNX Runtime */
  readonly type?: unknown;
  /** type of the elements: of safetensors, ndarrays, numpy */
  readonly dtype?: unknown;
  /** type of the elements: of WebNN */
  readonly dataType?: unknown;
  /** elements from one to the next along each axis: of ndarrays, zarr */
  readonly stride?: unknown;
  /** elements from one to the next along each axis: of Pyodide, stdlib */
  readonly strides?: unknown;
  /** place of the first element */
  readonly offset?: unknown;
  /** the first axis runs fastest: of npy files */
  readonly fortranOrder?: unknown;
}

/** Names of 16-bit floats: float16, F16, half, <f2, torch.float16; with a b, bfloat16, BF16. */
const HALF = /^(?:torch\.)?(b?)(?:float16|f16|half|<?f2)$/i;

/** Names of types whose bits integers don't tell. */
const NO_INTEGER = /(?:^|[^a-z])(?:b?float|b?f\d|half|double|complex|u?int4)/i;

/**
 * The numbers as float32, of the type that the tensor names. Half precision may come as bits; for other bits than those of the
 * array's own type there is a TypeError.
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
  return toFloat32(data);
}

/** Whether a tensor says nothing of where its elements lie: that is C order. */
export function isPlain({ stride, strides, offset, fortranOrder }: Foreign): boolean {
  return (stride ?? strides ?? offset ?? fortranOrder) === undefined;
}

/**
 * The elements in C order: `data` itself where they lie so, a view of it where others stand around them, else a copy.
 * @throws RangeError if the strides and the offset name elements that there are not
 */
export function inOrder<T extends TypedArray | HalfArray>(
  data: T,
  shape: readonly number[],
  { stride, strides = stride, offset, fortranOrder }: Foreign,
  name: string,
  where?: Where,
): T {
  const count = product(shape);
  const dense = runningProducts([...shape].reverse()).reverse();
  const given: unknown = strides ?? (fortranOrder ? runningProducts(shape) : dense);
  const steps = isShapeLike(given) ? [...given] : [];
  const first = (offset ?? 0) as number;
  const mustBe = (condition: boolean): void => {
    if (condition) return;
    const layout = `strides ${describe(given)} and offset ${describe(first)}`;
    const room = `shape ${describe(shape)} and data of ${data.length} elements`;
    refuse(where, `${name}: ${layout} are invalid for ${room}`);
  };
  mustBe(count <= data.length && steps.length === shape.length && [first, ...steps].every(Number.isInteger));
  if (steps.every((step, axis) => shape[axis] < 2 || step === dense[axis])) {
    mustBe(first >= 0 && first + count <= data.length);
    return count === data.length ? data : ((data as TypedArray).subarray(first, first + count) as T);
  }
  const ordered = new (data.constructor as new (length: number) => number[] & T)(count);
  let filled = 0;
  const walk = (axis: number, at: number): void => {
    if (axis === shape.length) {
      mustBe(at in data);
      ordered[filled++] = data[at] as number;
    } else for (let i = 0; i < shape[axis]; i++) walk(axis + 1, at + i * steps[axis]);
  };
  walk(0, first);
  return ordered;
}

/** For each size the product of those before it. */
function runningProducts(sizes: readonly number[]): number[] {
  return sizes.map((_, axis) => product(sizes.slice(0, axis)));
}
