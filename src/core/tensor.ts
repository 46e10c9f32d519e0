// Tensors (a Float32Array and a shape), and the conversion of everything that is accepted as a tensor.

import { isIterable, LARGEST_SIZE, listOf } from './arguments.js';
import { FLOAT_BYTES } from './bytes.js';
import { asList, describe, refuse, refuseKind, type Where } from './errors.js';
import { type Foreign, hasNoStrides, inCOrder, numbersOf } from './foreign.js';
import { product } from './lists.js';
import { type HalfArray, isBaseFloat32, isTypedArray, type TypedArray, toFloat32 } from './typed-array.js';

/** Sizes of a tensor, outermost first. */
export type Shape = readonly number[];

/** Nested arrays of numbers, such as `[[1, 2], [3, 4]]`; the innermost may be typed arrays. */
export type NestedArray = number | readonly (NestedArray | TypedArray | HalfArray)[];

/** Elements in C order (the last axis is contiguous) and their shape. */
export interface Tensor {
  /** the elements */
  readonly data: Float32Array;
  /** the sizes, outermost first, such as (batch, channels, height, width) */
  readonly shape: number[];
}

/**
 * What is accepted as a tensor: a tensor of this or another library (with `shape` or `dims`), nested arrays, or a typed array, which has one
 * axis.
 */
export type TensorLike =
  | (Foreign & { readonly data: TypedArray | HalfArray | readonly number[]; readonly shape: Shape })
  | (Foreign & { readonly data: TypedArray | HalfArray | readonly number[]; readonly dims: Shape })
  | NestedArray
  | TypedArray
  | HalfArray;

/**
 * Creates a tensor. A `Float32Array` is wrapped, not copied; everything else is converted to float32. A resident tensor stays resident:
 * the result is a view of its memory in another shape, like torch's `view`.
 *
 * @param data a typed array, nested arrays, or a tensor of this or another library
 * @param shape the sizes, outermost first; one of them may be -1, which the others then determine, unless there are no elements. Default:
 * the shape of `data`, or one axis for a typed array
 * @returns a tensor; there is nothing to dispose
 * @throws TypeError if `data` is none of these, or nested arrays are ragged
 * @throws RangeError if a size is not an integer from 0 to 2^31 - 1, or the product of the sizes is not the data's length
 * @see https://pytorch.org/docs/stable/generated/torch.tensor.html
 * @example
 * import { tensor } from 'convnd';
 * const image = tensor(new Float32Array(3 * 4 * 5), [1, 3, 4, 5]);
 * const kernel = tensor([[1, 0, -1]]);
 * console.log(image.shape.join(), kernel.shape.join()); // 1,3,4,5 1,3
 * console.log(tensor(image, [1, -1]).shape.join()); // 1,60
 */
export function tensor(data: TensorLike, shape?: Shape): Tensor {
  // a Float32Array is that of the result, also if it is of a subclass
  const given: Reshapable = isTypedArray(data)
    ? { data: toFloat32(data), shape: [data.length] }
    : asTensor(data, 'tensor');
  if (!shape) return given;
  const sizes = completed(listOf(shape, 'tensor'), given.data);
  const plain = checked(given.data, sizes, 'tensor');
  return given.residentView?.(sizes) ?? plain;
}

/** Replaces a size of -1, if there is one, by what the other sizes leave of the data's elements. */
function completed(shape: number[], data: Float32Array): number[] {
  const others = shape.filter((size) => size !== -1);
  if (others.length === shape.length) return shape;
  const rest = data.length / countOfSizes(others, 'tensor');
  // one size can be inferred; nothing is inferred from no data, which a detached array has too
  if (others.length < shape.length - 1 || data.length === 0 || !Number.isInteger(rest))
    refuseShape(data, shape, 'tensor');
  return shape.map((size) => (size === -1 ? rest : size));
}

/**
 * A tensor that gives its numbers another shape itself, because its `data` is detached when memory grows. No tensor of another library has
 * a method of this name.
 */
interface Reshapable extends Tensor {
  residentView?(sizes: Shape): Tensor | undefined;
}

/**
 * Converts anything that is accepted as a tensor to a plain one. A Float32Array in C order is not copied.
 * @param name the argument's name, for error messages
 * @param where the layer or function, for error messages
 * @throws TypeError for anything else, RangeError for invalid sizes or strides
 */
export function asTensor(given: TensorLike, name: string, where?: Where): Tensor {
  if (typeof given === 'number' || Array.isArray(given))
    return fromNested(given as NestedArray, Float32Array, name, where);
  if (isTypedArray(given)) return asTensor({ data: given, shape: [given.length] }, name, where);
  if (typeof given !== 'object' || given === null || !('data' in given)) {
    refuseKind(
      where,
      `${name}: expected a tensor such as tensor(array, shape), or nested arrays, got ${describe(given)}`,
    );
  }
  const { data, dims, shape = dims } = given as { data: unknown; dims?: unknown; shape?: unknown };
  if (!isIterable(shape))
    refuseKind(where, `${name}: expected a tensor with a shape, got ${describe(given)}`);
  const plain = hasNoStrides(given);
  // a tensor as it is, unless it calls its sizes `dims`
  if (plain && isBaseFloat32(data) && Array.isArray(shape) && shape !== dims) {
    checkSizes(data, shape, name, where);
    return given as Tensor;
  }
  if (!isTypedArray(data) && !isNumbers(data)) {
    refuseKind(where, `${name}: expected data in a typed array, got ${describe(data)}`);
  }
  const sizes = Array.from(shape);
  const numbers = numbersOf(data, given, name, where);
  if (!plain) countOfSizes(sizes, name, where);
  return checked(plain ? numbers : inCOrder(numbers, sizes, given, name, where), sizes, name, where);
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

const WHY_DETACHED =
  'its buffer was transferred, or that of wasm memory, which grew; pass the resident tensor or a copy of its data';

/** The error for numbers whose buffer is gone. */
export function detachedError(name: string): RangeError {
  return new RangeError(`${name} is detached: ${WHY_DETACHED}`);
}

/**
 * The data of a tensor, checked to be still attached.
 * @throws RangeError if its buffer was transferred, or it is a view of wasm memory that was detached because the memory grew
 */
export function attached<D extends Float32Array | Float64Array>(tensor: {
  readonly data: D;
  readonly shape: Shape;
}): D {
  const { data, shape } = tensor;
  if (data.length === 0 && product(shape) > 0) throw detachedError('a tensor');
  return data;
}

/**
 * Allocates a tensor of zeros.
 * @param purpose returns what it is for; called only for the error message
 * @throws RangeError if there is not enough memory, with the size and the purpose
 */
export function allocate(shape: number[], purpose: () => string): Tensor {
  const count = product(shape);
  try {
    return { data: new Float32Array(count), shape };
  } catch {
    throw new RangeError(`not enough memory: ${FLOAT_BYTES * count} bytes for ${purpose()}`);
  }
}

/**
 * Checks the sizes of a shape.
 * @returns the number of elements
 * @throws RangeError if a size is not an integer from 0 to 2^31 - 1
 */
export function countOfSizes(shape: Shape, name: string, where?: Where): number {
  let count = 1;
  // an index loop, for the reason that `product` gives
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis];
    if (!Number.isInteger(size) || size < 0 || size > LARGEST_SIZE) {
      refuse(
        where,
        `${name}: a size must be a whole number from 0 to ${LARGEST_SIZE}, got shape ${describe(shape)}`,
      );
    }
    count *= size;
  }
  return count;
}

function checked(data: Float32Array, shape: number[], name: string, where?: Where): Tensor {
  checkSizes(data, shape, name, where);
  return { data, shape };
}

/**
 * Checks a shape against its data.
 * @throws RangeError if a size is not an integer from 0 to 2^31 - 1, or the product of the sizes is not the data's length
 */
export function checkSizes(
  data: Float32Array | Float64Array,
  shape: Shape,
  name: string,
  where?: Where,
): void {
  if (countOfSizes(shape, name, where) !== data.length) refuseShape(data, shape, name, where);
}

/** The error for a shape of another number of elements than its data. */
function refuseShape(data: Float32Array | Float64Array, shape: Shape, name: string, where?: Where): never {
  const detached = data.length === 0 && data.buffer.byteLength === 0 ? ` (perhaps ${WHY_DETACHED})` : '';
  refuse(where, `${name}: shape ${asList(shape)} is invalid for data of ${data.length} elements${detached}`);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

/**
 * Converts nested arrays to a typed array and a shape.
 * @throws TypeError if they are ragged or contain anything but numbers, RangeError for more than 64 axes
 */
export function fromNested<A extends Float32Array | Float64Array>(
  nested: NestedArray,
  kind: new (count: number) => A,
  name: string,
  where?: Where,
): { data: A; shape: number[] } {
  const shape = nestedShape(nested, name, where);
  const data = new kind(product(shape));
  let filled = 0;
  const fill = (level: NestedArray | TypedArray | HalfArray, axis: number): void => {
    if (axis === shape.length) {
      if (typeof level !== 'number') {
        refuseKind(where, `${name}: expected a number at depth ${axis}, got ${describe(level)}`);
      }
      data[filled++] = level;
      return;
    }
    const isRow = isTypedArray(level);
    if (!(isRow || Array.isArray(level)) || level.length !== shape[axis]) {
      refuseKind(
        where,
        `${name}: expected arrays of ${shape[axis]} at depth ${axis}, got ${describe(level)}`,
      );
    }
    // the items of a typed array may be bigints
    for (const item of level as Iterable<NestedArray>) fill(isRow ? Number(item) : item, axis + 1);
  };
  fill(nested, 0);
  return { data, shape };
}

/** The most axes of nested arrays, as in torch. It stops the recursion for an array that contains itself. */
const MAX_AXES = 64;

/** The shape, from the first item of each level. `fromNested` checks all items. */
function nestedShape(nested: NestedArray, name: string, where?: Where): number[] {
  const shape: number[] = [];
  for (let level: unknown = nested; isTypedArray(level) || Array.isArray(level); level = level[0]) {
    if (shape.length === MAX_AXES) refuse(where, `${name}: nested arrays have more than ${MAX_AXES} axes`);
    shape.push(level.length);
  }
  return shape;
}
